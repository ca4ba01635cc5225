"""When answers are recorded and when they are given from the records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from trading.settings import CoreSettings
from trading.worlds.answers import RecordedModels, are_replayed, recorder


def settings(tmp_path: Path, **told: Any) -> CoreSettings:
    return CoreSettings(market="simulated", model_answers=tmp_path / "answers.jsonl", **told)


def test_without_a_file_nothing_is_recorded_and_nothing_replayed() -> None:
    model = object()
    assert not are_replayed(CoreSettings())
    assert recorder(CoreSettings())(model) is model  # type: ignore[arg-type]


def test_a_file_alone_is_replayed_so_that_nothing_is_spent_by_accident(tmp_path: Path) -> None:
    assert are_replayed(settings(tmp_path))


def test_recording_is_asked_for(tmp_path: Path) -> None:
    model = object()
    told = settings(tmp_path, model_answers_mode="record")
    assert not are_replayed(told)
    assert recorder(told)(model) is not model  # type: ignore[arg-type]


def test_each_model_is_asked_as_often_as_it_was(tmp_path: Path) -> None:
    told = settings(tmp_path, openai_model="a", model_agree_with="b", model_samples=2)
    (tmp_path / "answers.jsonl").touch()
    models = RecordedModels(told)
    assert [model.name for model in models.panel] == ["a", "a", "b", "b"]
    assert models.questions(tmp_path) is None


def test_prices_of_now_are_never_decided_on_by_answers_of_then(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="where no question comes twice; set MARKET=recorded or simulated"):
        CoreSettings(model_answers=tmp_path / "answers.jsonl")
    assert CoreSettings(model_answers=tmp_path / "answers.jsonl", model_answers_mode="record")

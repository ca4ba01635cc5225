"""Prices of models: what is shipped, what the user adds, and what is not known."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from trading.brain.prices import PriceTable
from trading.errors import SettingsError

SHIPPED = Path(__file__).parents[4] / "data" / "model_prices.json"


def test_tokens_cost_what_the_table_says_for_a_million() -> None:
    table = PriceTable.load(SHIPPED)
    assert table.estimate("gpt-4o", 1_000_000, 100_000) == Decimal("3.50")
    assert table.estimate("gpt-4o-mini", 4_200, 900) == Decimal("0.00117")


def test_a_model_fixed_to_a_date_costs_what_the_model_costs() -> None:
    table = PriceTable.load(SHIPPED)
    assert table.estimate("gpt-4o-2024-08-06", 1_000_000, 0) == table.estimate("GPT-4o", 1_000_000, 0)
    assert table.cutoff("o3-2025-04-16") == table.cutoff("o3") == date(2024, 6, 1)


@pytest.mark.parametrize("name", ["llama-3", "gpt-4o-realtime-preview", "vendor/gpt-4o", ""])
def test_what_is_not_in_the_table_has_no_price_and_no_cutoff(name: str) -> None:
    table = PriceTable.load(SHIPPED)
    assert table.estimate(name, 1, 1) is None
    assert table.cutoff(name) is None


def test_every_shipped_price_is_above_zero_and_output_is_the_dearer() -> None:
    names = json.loads(SHIPPED.read_text())["models"]
    table = PriceTable.load(SHIPPED)
    for name in names:
        taken, given = table.estimate(name, 1, 0), table.estimate(name, 0, 1)
        assert taken and given and 0 < taken < given
        assert table.cutoff(name)


def test_the_users_entries_win(tmp_path: Path) -> None:
    mine = tmp_path / "mine.json"
    models = {"GPT-4o": {"input": "1", "output": "2"}, "llama-3": {"input": "0", "output": "0"}}
    mine.write_text(json.dumps({"as_of": "2026-01-02", "models": models}))
    table = PriceTable.load(SHIPPED, mine)
    assert table.estimate("gpt-4o", 1_000_000, 1_000_000) == 3
    assert table.estimate("llama-3", 1_000_000, 1_000_000) == 0
    assert table.estimate("o3", 1_000_000, 0) == 2
    assert table.as_of == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "the whole is wrong"),
        ('{"as_of": "2026-01-02", "models": {"a": {"input": 2.5, "output": "1"}}}', "models.a.input is wrong"),
        ('{"as_of": "2026-01-02", "models": {"a": {"input": "-1", "output": "1"}}}', "models.a.input is wrong"),
        ('{"as_of": "2026-01-02", "models": {"a": {"input": "NaN", "output": "1"}}}', "models.a.input is wrong"),
        ('{"as_of": "2026-01-02", "models": {"a": {"input": "1"}}}', "models.a.output is wrong"),
        ('{"models": {}}', "as_of is wrong"),
    ],
)
def test_a_file_that_is_wrong_is_told_with_the_place(tmp_path: Path, text: str, place: str) -> None:
    mine = tmp_path / "mine.json"
    mine.write_text(text)
    with pytest.raises(SettingsError, match=place):
        PriceTable.load(SHIPPED, mine)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"MODEL_PRICES is .*absent\.json, which cannot be read"):
        PriceTable.load(SHIPPED, tmp_path / "absent.json")

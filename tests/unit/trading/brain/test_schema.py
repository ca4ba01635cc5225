"""The schema that is sent and the models that check are the same shape, and strict mode takes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.flows.model_server import complaint_about
from tests.unit.trading.brain.answers import ALLOWED, CYCLE, HASH, REQUEST, holding
from trading.brain.plan_schema import plan_schema
from trading.brain.request import PlanRequest
from trading.brain.schema import DecisionAnswer, EvidenceAnswer, PlanAnswer, PredictionAnswer, ThesisAnswer


def properties(request: PlanRequest = REQUEST) -> dict[str, Any]:
    return dict(plan_schema(request).schema["properties"])


def decision(request: PlanRequest = REQUEST) -> dict[str, Any]:
    return dict(properties(request)["decisions"]["items"]["properties"])


def prediction(request: PlanRequest = REQUEST) -> dict[str, Any]:
    return dict(properties(request)["thesis"]["properties"]["predictions"]["items"]["properties"])


def test_the_sent_schema_has_the_keys_that_are_checked() -> None:
    assert list(properties()) == list(PlanAnswer.model_fields)
    assert list(decision()) == list(DecisionAnswer.model_fields)
    assert list(decision()["evidence"]["items"]["properties"]) == list(EvidenceAnswer.model_fields)
    assert list(properties()["thesis"]["properties"]) == list(ThesisAnswer.model_fields)
    assert list(prediction()) == list(PredictionAnswer.model_fields)


def test_only_the_symbols_and_figures_of_the_request_may_be_named() -> None:
    assert decision()["symbol"]["enum"] == list(ALLOWED)
    assert decision(holding(OLD="0.2"))["symbol"]["enum"] == [*ALLOWED, "OLD/USD"]
    assert prediction()["symbol"]["enum"] == list(ALLOWED)
    assert decision()["evidence"]["items"]["properties"]["reference"]["enum"] == list(REQUEST.figures)


def test_the_answer_can_only_be_about_this_cycle_and_this_snapshot() -> None:
    assert properties()["cycle_id"]["enum"] == [CYCLE]
    assert properties()["snapshot_hash"]["enum"] == [HASH]


def references(count: int, length: int = 8) -> dict[str, Any]:
    figures = {f"{number:0{length}}": "1" for number in range(count)}
    described = decision(replace(REQUEST, figures=figures))["evidence"]["items"]["properties"]["reference"]
    return dict(described)


def test_more_figures_than_a_schema_takes_are_plain_text() -> None:
    assert len(references(900)["enum"]) == 900
    assert references(1001) == {"type": "string"}
    assert references(0) == {"type": "string"}
    assert references(300, length=60) == {"type": "string"}


def test_strict_mode_takes_the_schema() -> None:
    wanted = plan_schema(REQUEST)
    described = {"name": wanted.name, "strict": True, "schema": wanted.schema}
    request = {
        "model": "m",
        "messages": [{"role": "user", "content": "decide"}],
        "response_format": {"type": "json_schema", "json_schema": described},
    }
    assert complaint_about(request, frozenset({"json_schema"})) == ""

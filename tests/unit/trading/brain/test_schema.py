"""The schema that is sent and the models that check are the same shape, and strict mode takes it."""

from __future__ import annotations

from tests.flows.model_server import complaint_about
from tests.unit.trading.brain.answers import ALLOWED
from trading.brain.schema import DecisionAnswer, PlanAnswer, plan_schema


def test_the_sent_schema_has_the_keys_that_are_checked() -> None:
    schema = plan_schema(ALLOWED).schema
    assert list(schema["properties"]) == list(PlanAnswer.model_fields)
    assert list(schema["properties"]["decisions"]["items"]["properties"]) == list(DecisionAnswer.model_fields)


def test_only_the_given_symbols_may_be_named() -> None:
    decision = plan_schema(ALLOWED).schema["properties"]["decisions"]["items"]
    assert decision["properties"]["symbol"]["enum"] == list(ALLOWED)


def test_strict_mode_takes_the_schema() -> None:
    wanted = plan_schema(ALLOWED)
    described = {"name": wanted.name, "strict": True, "schema": wanted.schema}
    request = {
        "model": "m",
        "messages": [{"role": "user", "content": "decide"}],
        "response_format": {"type": "json_schema", "json_schema": described},
    }
    assert complaint_about(request, frozenset({"json_schema"})) == ""

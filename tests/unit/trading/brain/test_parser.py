"""The plan parser: a right answer becomes a plan that sums to one; everything else becomes sentences, never a plan."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.brain.answers import ALLOWED, HELD, answer, decision
from trading.brain.parser import parse_plan
from trading.domain.plan import Hold, PlanOutcome, TargetPlan

MALFORMED = Path(__file__).parents[4].parent / "shared" / "data" / "llm_json" / "malformed.jsonl"


def parse(text: str | dict[str, Any]) -> PlanOutcome | list[str]:
    return parse_plan(text if isinstance(text, str) else json.dumps(text), ALLOWED, HELD, "model-1")


def errors_of(text: str | dict[str, Any]) -> list[str]:
    parsed = parse(text)
    assert isinstance(parsed, list)
    assert parsed
    return parsed


def test_a_right_answer_becomes_a_plan() -> None:
    plan = parse(answer())
    assert isinstance(plan, TargetPlan)
    assert plan.decided_by == "model-1"
    assert [(w.symbol, w.weight, w.confidence) for w in plan.weights] == [
        ("BTC/USD", Decimal("0.5"), 0.6),
        ("ETH/USD", Decimal("0.2"), 0.6),
    ]
    assert plan.cash_weight == Decimal("0.3")
    assert plan.reason == "Bitcoin trends, Ether does less."
    assert plan.thesis.startswith("Bitcoin leads")


def test_thirds_are_rounded_down_and_the_rest_is_cash() -> None:
    thirds = [decision(symbol, "buy", 0.3333333) for symbol in ALLOWED]
    plan = parse(answer(thirds, cash=0.0000001))
    assert isinstance(plan, TargetPlan)
    assert {w.weight for w in plan.weights} == {Decimal("0.3333")}
    assert plan.cash_weight == Decimal("0.0001")


def test_all_holds_are_a_chosen_hold() -> None:
    held = parse(answer([decision("ETH/USD", "hold", 0.2)], cash=0.8))
    assert held == Hold("model-1", "Bitcoin trends, Ether does less.", chosen=True)


def test_no_decisions_with_nothing_held_are_a_chosen_hold() -> None:
    held = parse_plan(json.dumps(answer([], cash=1)), ALLOWED, (), "model-1")
    assert isinstance(held, Hold)
    assert held.chosen


def test_text_for_people_is_brought_onto_one_line() -> None:
    plan = parse(answer(reason="Up\n\u202e and\ud800 away\x00."))
    assert isinstance(plan, TargetPlan)
    assert plan.reason == "Up and away ."


BITCOIN = decision("BTC/USD", "buy", 0.5)
ETHER = decision("ETH/USD", "sell", 0.2)


@pytest.mark.parametrize(
    ("spoilt", "sentence"),
    [
        (answer([BITCOIN], cash=0.5), "ETH/USD is held but has no decision"),
        (answer([BITCOIN, BITCOIN, ETHER], cash=0), "BTC/USD is decided 2 times; decide each symbol once"),
        (answer(cash=0.31), "target weights and cash sum to 1.010000, not to 1"),
        (answer(cash=0.300002), "target weights and cash sum to 1.000002, not to 1"),
        (answer([decision("BTC/USD", "buy", 1.2), ETHER], cash=0), "decisions.0.target_weight is above 1"),
        (answer([decision("BTC/USD", "buy", -0.1), ETHER], cash=0.9), "decisions.0.target_weight is below 0"),
        (answer([decision("BTC/USD", "buy", "0.5"), ETHER]), "decisions.0.target_weight is not a number"),
        (answer([decision("BTC/USD", "buy", True), ETHER]), "decisions.0.target_weight is not a number"),
        (answer([decision("BTC/USD", "buy", None), ETHER]), "decisions.0.target_weight is not a number"),
        (answer([decision("BTC/USD", "short", 0.5), ETHER]), "decisions.0.action is not one of buy, sell, hold, close"),
        (answer([decision("BTC/USD", "buy", 0.5, confidence=2), ETHER]), "decisions.0.confidence is above 1"),
        (
            answer([decision("BTC/USD", "buy", 0.5, leverage=3), ETHER]),
            "decisions.0.leverage is not a key of the answer",
        ),
        (answer([decision("BTC/USD", "buy", 0.5, reason=" "), ETHER]), "decisions.0.reason is empty"),
        (answer(orders=[]), "orders is not a key of the answer"),
        (answer(thesis="x" * 801), "thesis is longer than 800 characters"),
        (
            answer([BITCOIN, decision("ETH/USD", "close", 0.2)]),
            "ETH/USD is to be closed, so its target weight must be 0",
        ),
        (
            answer([decision("BTC/USD", "buy", 0), ETHER], cash=0.8),
            "BTC/USD is to be bought, so its target weight must be",
        ),
        (
            answer([decision("BTC/USD", "hold", 0.5), ETHER]),
            "BTC/USD is not held, so it cannot be told to hold at 0.5000",
        ),
        (
            answer([decision("BTC/USD", "sell", 0.5), ETHER]),
            "BTC/USD is not held, so it cannot be told to sell at 0.5000",
        ),
    ],
)
def test_what_is_wrong_is_said_in_the_answers_own_terms(spoilt: dict[str, Any], sentence: str) -> None:
    assert any(error.startswith(sentence) for error in errors_of(spoilt)), errors_of(spoilt)


@pytest.mark.parametrize("symbol", ["btc/usd", "BTC", "BTC/USD ", "BTC-USD", "DOGE/USD", "", "\u0412\u0422\u0421/USD"])
def test_a_symbol_is_exactly_an_allowed_one(symbol: str) -> None:
    errors = errors_of(answer([decision(symbol, "buy", 0.5), ETHER]))
    assert "is not one of the allowed symbols: BTC/USD, ETH/USD, SOL/USD" in errors[0]


def test_what_is_held_but_no_longer_allowed_may_be_sold_and_not_bought() -> None:
    sale = json.dumps(answer([decision("OLD/USD", "close", 0)], cash=1))
    assert isinstance(parse_plan(sale, ALLOWED, ("OLD/USD",), "m"), TargetPlan)
    purchase = json.dumps(answer([decision("OLD/USD", "buy", 0.5)], cash=0.5))
    assert parse_plan(purchase, ALLOWED, ("OLD/USD",), "m") == ["OLD/USD is held but may no longer be bought"]


VALID = json.dumps(answer())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        f"[{VALID}]",
        f"```json\n{VALID}\n```",
        f"Here you are: {VALID}",
        f"{VALID} Good luck",
        f"{VALID}{VALID}",
        f"\ufeff{VALID}",
        VALID[:-1],
        VALID.replace('"', "'"),
        VALID.replace('"cash_weight": 0.3', '"cash_weight": 0.3, "cash_weight": 0.3'),
        VALID.replace('"action": "buy"', '"action": "buy", "action": "sell"'),
        VALID.replace("0.3", "NaN"),
        VALID.replace("0.3", "Infinity"),
        VALID.replace("0.3", "1e400"),
        VALID.replace("0.3", "1e99999999999999999999"),
        VALID.replace("0.3", "9" * 5000),
        "[" * 100_000,
        '{"a":' * 50_000,
        " " * 100_001,
    ],
)
def test_anything_but_one_plain_object_is_no_plan(text: str) -> None:
    assert len(errors_of(text)) >= 1


def test_errors_are_few_and_short_however_much_is_wrong() -> None:
    invented = [decision("x" * 500 + str(i), "buy", 0.5) for i in range(50)]
    errors = errors_of(answer(invented))
    assert len(errors) == 12
    assert max(map(len, errors)) < 200


def malformed_text(line: str) -> str:
    """The text of one recorded case; two cases have none, and there the record itself serves."""
    case = json.loads(line)
    return str(case.get("input", case.get("params", {}).get("raw", line)))


@pytest.mark.skipif(not MALFORMED.is_file(), reason="malformed texts are absent: ../shared/data/llm_json")
def test_no_malformed_text_is_ever_a_plan() -> None:
    texts = [malformed_text(line) for line in MALFORMED.read_text(encoding="utf-8").split("\n") if line.strip()]
    assert len(texts) == 143
    assert all(errors_of(text) for text in texts)


numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True), st.integers(), st.sampled_from([0, 0.1, 0.25, 0.5, 1, 1e-9, -0.0])
)
junk = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
decisions = st.fixed_dictionaries(
    {
        "symbol": st.sampled_from([*ALLOWED, "DOGE/USD"]),
        "action": st.sampled_from(["buy", "sell", "hold", "close", "short"]),
        "target_weight": numbers,
        "confidence": st.sampled_from([0, 0.5, 1, 7]),
        "reason": st.text(max_size=310),
    }
)
answers = st.fixed_dictionaries(
    {
        "regime": st.sampled_from(["up", "", "x" * 90]),
        "decisions": st.lists(decisions, max_size=4),
        "cash_weight": numbers,
        "thesis": st.text(max_size=20),
        "reason": st.text(max_size=20),
    },
    optional={"extra": junk},
)


def assert_within_the_rules(parsed: PlanOutcome | list[str]) -> None:
    if isinstance(parsed, TargetPlan):
        symbols = [weight.symbol for weight in parsed.weights]
        assert set(HELD) <= set(symbols) <= set(ALLOWED)
        assert len(set(symbols)) == len(symbols)
        assert all(0 <= weight.weight <= 1 for weight in parsed.weights)
        assert parsed.cash_weight >= 0
        assert parsed.cash_weight + sum(weight.weight for weight in parsed.weights) == 1
        parsed.reason.encode()
    elif isinstance(parsed, list):
        assert parsed
        assert all(parsed)


@given(st.one_of(answers, junk))
def test_no_answer_breaks_the_parser_or_the_rules(value: object) -> None:
    assert_within_the_rules(parse(json.dumps(value)))


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    assert_within_the_rules(parse(text))


@given(
    weights=st.lists(st.integers(0, 10_000), min_size=3, max_size=3).filter(lambda parts: sum(parts) <= 10_000),
    dust=st.integers(-9, 9),
)
def test_every_right_answer_is_kept(weights: list[int], dust: int) -> None:
    given_weights = [
        decision(symbol, "buy" if weight else "close", weight / 10_000)
        for symbol, weight in zip(ALLOWED, weights, strict=True)
    ]
    cash = max(0.0, 1 - sum(weights) / 10_000 + dust / 1e7)
    parsed = parse(answer(given_weights, cash=cash))
    assert isinstance(parsed, TargetPlan)
    assert_within_the_rules(parsed)
    assert [weight.weight for weight in parsed.weights] == [Decimal(weight) / 10_000 for weight in weights]


@given(position=st.integers(0, len(VALID) - 1), character=st.characters())
def test_one_changed_character_never_breaks_the_rules(position: int, character: str) -> None:
    assert_within_the_rules(parse(VALID[:position] + character + VALID[position + 1 :]))

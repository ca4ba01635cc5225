"""The plan parser: a right answer becomes a plan that sums to one; everything else becomes sentences, never a plan."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.brain.answers import (
    ALLOWED,
    CYCLE,
    HASH,
    REQUEST,
    answer,
    decision,
    evidence,
    holding,
    prediction,
    thesis,
)
from trading.brain.parser import parse_plan
from trading.brain.request import PlanRequest
from trading.domain.plan import Direction, Evidence, Hold, PlanOutcome, Prediction, TargetPlan

MALFORMED = Path(__file__).parents[4].parent / "shared" / "data" / "llm_json" / "malformed.jsonl"


def parse(text: str | dict[str, Any], request: PlanRequest = REQUEST) -> PlanOutcome | list[str]:
    return parse_plan(text if isinstance(text, str) else json.dumps(text), request, "model-1")


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
    assert plan.regime == "trending up"
    assert plan.predictions == (
        Prediction("BTC/USD", Direction.UP, Decimal(95000), Decimal(80000), days=30, confidence=0.6),
    )


def test_a_decision_keeps_its_bounds_its_horizon_what_would_prove_it_wrong_and_its_evidence() -> None:
    bounded = decision("BTC/USD", "buy", 0.5, lowest_price=80000, highest_price=90000.5, evidence=[evidence()])
    plan = parse(answer([bounded, ETHER]))
    assert isinstance(plan, TargetPlan)
    bitcoin = plan.weights[0]
    assert (bitcoin.action, bitcoin.lowest, bitcoin.highest) == ("buy", Decimal(80000), Decimal("90000.5"))
    assert (bitcoin.horizon, bitcoin.invalidation) == (14, "It closes below its 20-day average.")
    assert bitcoin.evidence == (Evidence("BTC/USD.1d.rsi14", "61.2"),)


def test_evidence_is_kept_as_the_snapshot_spells_it() -> None:
    plan = parse(answer([decision("BTC/USD", "buy", 0.5, evidence=[evidence(value="61.20")]), ETHER]))
    assert isinstance(plan, TargetPlan)
    assert plan.weights[0].evidence == (Evidence("BTC/USD.1d.rsi14", "61.2"),)


def test_thirds_are_rounded_down_and_the_rest_is_cash() -> None:
    thirds = [decision(symbol, "buy", 0.3333333) for symbol in ALLOWED]
    plan = parse(answer(thirds, cash=0.0000001), holding())
    assert isinstance(plan, TargetPlan)
    assert {w.weight for w in plan.weights} == {Decimal("0.3333")}
    assert plan.cash_weight == Decimal("0.0001")


def test_all_holds_are_a_chosen_hold_that_keeps_its_plan() -> None:
    held = parse(answer([decision("ETH/USD", "hold", 0.3)], cash=0.7))
    assert isinstance(held, Hold)
    assert (held.decided_by, held.reason, held.chosen) == ("model-1", "Bitcoin trends, Ether does less.", True)
    assert held.plan is not None
    assert (held.plan.thesis, len(held.plan.predictions)) == ("Bitcoin leads until it closes below 80,000.", 1)


def test_abstaining_is_a_chosen_hold_that_says_so() -> None:
    held = parse(answer([decision("ETH/USD", "hold", 0.3)], cash=0.7, abstain=True))
    assert isinstance(held, Hold)
    assert (held.reason, held.chosen) == ("abstained: Bitcoin trends, Ether does less.", True)


def test_no_decisions_with_nothing_held_are_a_chosen_hold() -> None:
    held = parse(answer([], cash=1), holding())
    assert isinstance(held, Hold)
    assert held.chosen


def test_a_hold_may_be_off_by_as_much_as_is_never_traded() -> None:
    assert isinstance(parse(answer([decision("ETH/USD", "hold", 0.305)], cash=0.695)), Hold)
    assert errors_of(answer([decision("ETH/USD", "hold", 0.306)], cash=0.694)) == [
        "ETH/USD is to be held, so its target weight must be the 0.3000 held now, not 0.3060"
    ]


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
        (answer([decision("BTC/USD", "short", 0.5), ETHER]), "decisions.0.action is not one of 'buy', 'sell', 'hold'"),
        (answer([decision("BTC/USD", "buy", 0.5, lowest_price=0), ETHER]), "decisions.0.lowest_price must be above 0"),
        (
            answer([decision("BTC/USD", "buy", 0.5, lowest_price=90000, highest_price=80000), ETHER]),
            "BTC/USD: lowest_price 90000 is above highest_price 80000",
        ),
        (answer([decision("BTC/USD", "buy", 0.5, horizon_days=0), ETHER]), "decisions.0.horizon_days is below 1"),
        (answer([decision("BTC/USD", "buy", 0.5, horizon_days=366), ETHER]), "decisions.0.horizon_days is above 365"),
        (
            answer([decision("BTC/USD", "buy", 0.5, horizon_days=1.5), ETHER]),
            "decisions.0.horizon_days is not a whole number",
        ),
        (
            answer([decision("BTC/USD", "buy", 0.5, horizon_days=True), ETHER]),
            "decisions.0.horizon_days is not a whole number",
        ),
        (
            answer([decision("BTC/USD", "buy", 0.5, invalidation="x" * 201), ETHER]),
            "decisions.0.invalidation is longer",
        ),
        (answer([decision("BTC/USD", "buy", 0.5, evidence=[]), ETHER]), "decisions.0.evidence has fewer than 1"),
        (
            answer([decision("BTC/USD", "buy", 0.5, evidence=[evidence()] * 9), ETHER]),
            "decisions.0.evidence has more than 8 entries",
        ),
        (
            answer([decision("BTC/USD", "buy", 0.5, evidence=[evidence(value="61.3")]), ETHER]),
            "BTC/USD: BTC/USD.1d.rsi14 is 61.2, not 61.3",
        ),
        (
            answer([decision("BTC/USD", "buy", 0.5, evidence=[evidence(value=61.2)]), ETHER]),
            "decisions.0.evidence.0.value is not a string",
        ),
        (
            answer([decision("BTC/USD", "buy", 0.5, evidence=[evidence("BTC/USD.1d.rsi15")]), ETHER]),
            "BTC/USD: the snapshot has no figure BTC/USD.1d.rsi15",
        ),
        (answer(schema_version=2), "schema_version is above 1"),
        (answer(schema_version="1"), "schema_version is not a whole number"),
        (answer(cycle_id="another"), f"cycle_id is another, but this is cycle {CYCLE}"),
        (answer(snapshot_hash="ff" * 32), f"snapshot_hash is {'f' * 40}, but the snapshot is {HASH}"),
        (answer(abstain="false"), "abstain is not true or false"),
        (answer(abstain=True), "abstain is true, so every action must be hold, but BTC/USD, ETH/USD is to change"),
        (answer(thesis="Up."), "thesis is not an object"),
        (answer(thesis=thesis(*[prediction()] * 6)), "thesis.predictions has more than 5 entries"),
        (
            answer(thesis=thesis(prediction(symbol="DOGE/USD"))),
            "thesis: DOGE/USD cannot be predicted; name an allowed symbol",
        ),
        (
            answer(thesis=thesis(prediction(target_price=86000))),
            "thesis: BTC/USD is at 86000.1, so going up it cannot reach 86000",
        ),
        (
            answer(thesis=thesis(prediction(invalidation_price=86000.1))),
            "thesis: BTC/USD is at 86000.1, so 86000.1 cannot prove a way up wrong",
        ),
        (
            answer(thesis=thesis(prediction(direction="down", target_price=80000))),
            "thesis: BTC/USD is at 86000.1, so 80000 cannot prove a way down wrong",
        ),
        (answer(thesis=thesis(prediction(days=0))), "thesis.predictions.0.days is below 1"),
        (answer([decision("BTC/USD", "buy", 0.5, confidence=2), ETHER]), "decisions.0.confidence is above 1"),
        (
            answer([decision("BTC/USD", "buy", 0.5, leverage=3), ETHER]),
            "decisions.0.leverage is not a key of the answer",
        ),
        (answer([decision("BTC/USD", "buy", 0.5, reason=" "), ETHER]), "decisions.0.reason is empty"),
        (answer(orders=[]), "orders is not a key of the answer"),
        (answer(thesis=thesis(text="x" * 801)), "thesis.text is longer than 800 characters"),
        (
            answer([BITCOIN, decision("ETH/USD", "close", 0.2)]),
            "ETH/USD is to be closed, so its target weight must be 0",
        ),
        (
            answer([decision("BTC/USD", "buy", 0), ETHER], cash=0.8),
            "BTC/USD is to be bought, so its target weight must be above the 0.0000 held now",
        ),
        (
            answer([BITCOIN, decision("ETH/USD", "buy", 0.2)]),
            "ETH/USD is to be bought, so its target weight must be above the 0.3000 held now",
        ),
        (
            answer([BITCOIN, decision("ETH/USD", "sell", 0.4)], cash=0.1),
            "ETH/USD is to be sold in part, so its target weight must be above 0 and below 0.3000",
        ),
        (
            answer([BITCOIN, decision("ETH/USD", "sell", 0)], cash=0.5),
            "ETH/USD is to be sold in part, so its target weight must be above 0 and below 0.3000",
        ),
        (
            answer([decision("BTC/USD", "hold", 0.5), ETHER]),
            "BTC/USD is to be held, so its target weight must be the 0.0000 held now, not 0.5000",
        ),
        (
            answer([decision("BTC/USD", "sell", 0.5), ETHER]),
            "BTC/USD is to be sold in part, so its target weight must be above 0 and below 0.0000",
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
    old = holding(OLD="0.2")
    assert isinstance(parse(answer([decision("OLD/USD", "close", 0)], cash=1), old), TargetPlan)
    purchase = parse(answer([decision("OLD/USD", "buy", 0.5)], cash=0.5), old)
    assert purchase == ["OLD/USD is held but may no longer be bought"]


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
        VALID.replace("0.3", "0." + "3" * 5000),
        VALID.replace('"lowest_price": null', '"lowest_price": 1e-999999999', 1),
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
        "lowest_price": st.none() | numbers,
        "highest_price": st.none() | numbers,
        "confidence": st.sampled_from([0, 0.5, 1, 7]),
        "horizon_days": st.sampled_from([1, 30, 400]),
        "invalidation": st.sampled_from(["It falls.", ""]),
        "evidence": st.lists(st.sampled_from([evidence(), evidence(value="7")]), max_size=2),
        "reason": st.text(max_size=310),
    }
)
answers = st.fixed_dictionaries(
    {
        "schema_version": st.sampled_from([1, 1, 2]),
        "cycle_id": st.just(CYCLE),
        "snapshot_hash": st.just(HASH),
        "regime": st.sampled_from(["up", "", "x" * 90]),
        "abstain": st.booleans(),
        "decisions": st.lists(decisions, max_size=4),
        "cash_weight": numbers,
        "thesis": st.sampled_from([thesis(), thesis(prediction()), thesis(prediction(days=0))]),
        "reason": st.text(max_size=20),
    },
    optional={"extra": junk},
)


def assert_within_the_rules(parsed: PlanOutcome | list[str]) -> None:
    if isinstance(parsed, TargetPlan):
        symbols = [weight.symbol for weight in parsed.weights]
        assert {"ETH/USD"} <= set(symbols) <= set(ALLOWED)
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
    parsed = parse(answer(given_weights, cash=cash), holding())
    assert isinstance(parsed, TargetPlan)
    assert parsed.cash_weight + sum(weight.weight for weight in parsed.weights) == 1
    assert [weight.weight for weight in parsed.weights] == [Decimal(weight) / 10_000 for weight in weights]


@given(position=st.integers(0, len(VALID) - 1), character=st.characters())
def test_one_changed_character_never_breaks_the_rules(position: int, character: str) -> None:
    assert_within_the_rules(parse(VALID[:position] + character + VALID[position + 1 :]))

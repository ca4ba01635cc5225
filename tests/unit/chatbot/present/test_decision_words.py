"""What a decision rests on, in short sentences: figures by name, and each guard from what to what."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal as D

import pytest

from chatbot.present.cards import decisions
from chatbot.present.cards.decision_words import (
    bounds,
    clamp_words,
    evidence_words,
    guard_words,
    meant_for,
    remarks,
    seen,
)
from tests.unit.chatbot import facts
from trading.domain.plan import Clamp, CycleOutcome, Evidence, TargetWeight

BTC = TargetWeight("BTC/USD", D("0.5"), "It trends.")


@pytest.mark.parametrize(
    ("symbol", "before", "after", "unit", "guard", "words"),
    [
        ("BTC/USD", "0.5", "0.3", "weight", "largest position", "BTC 50.0 % → 30.0 % (largest position)"),
        ("BTC/USD", "0.5012", "0.5009", "weight", "minimum cash", "BTC 50.12 % → 50.09 % (minimum cash)"),
        ("BTC/USD", "1800", "50", "quote", "largest order", "BTC order 1,800.00 → 50.00 (largest order)"),
        ("", "900", "450.5", "quote", "cash", "Buys 900.00 → 450.50 (cash)"),
    ],
)
def test_a_clamp_says_what_became_of_what(
    symbol: str, before: str, after: str, unit: str, guard: str, words: str
) -> None:
    assert clamp_words(Clamp(guard, symbol, D(before), D(after), unit, None, "")) == words


def test_guards_come_before_what_was_left_out() -> None:
    cycle = replace(facts.cycle(), notes=("sell ETH for 3.00 USD left out: below the minimum of 5.00",))
    assert remarks(cycle) == [
        "Guard: ETH 25.0 % → 21.2 % (turnover per day)",
        "Note: sell ETH for 3.00 USD left out: below the minimum of 5.00",
    ]


def test_coins_that_one_guard_cut_alike_share_a_sentence() -> None:
    def cut(base: str, before: str, guard: str = "largest position") -> Clamp:
        return Clamp(guard, f"{base}/USD", D(before), D("0.12"), "weight", D("0.12"), "")

    cycle = replace(facts.cycle(), clamps=(cut("BTC", "0.16"), cut("ETH", "0.16"), cut("SOL", "0.2")), notes=())
    assert guard_words(cycle) == [
        "BTC, ETH 16.0 % → 12.0 % (largest position)",
        "SOL 20.0 % → 12.0 % (largest position)",
    ]
    other = replace(cycle, clamps=(cut("BTC", "0.16"), cut("ETH", "0.16", "turnover per day")))
    assert len(guard_words(other)) == 2
    many = replace(cycle, clamps=tuple(cut(f"C{number}", "0.16") for number in range(20)))
    assert guard_words(many) == ["C0, C1, C2, C3 and 16 more 16.0 % → 12.0 % (largest position)"]


def test_confidence_and_horizon_are_told_where_they_are_known() -> None:
    assert meant_for(BTC) == ""
    assert meant_for(replace(BTC, confidence=0.7)) == "confidence 70 %"
    assert meant_for(replace(BTC, confidence=0.7, horizon=1)) == "confidence 70 %, for 1 day"


def test_prices_within_which_a_decision_holds() -> None:
    assert bounds(BTC) == ""
    assert bounds(replace(BTC, lowest=D("80000.50"))) == "from 80,000.5 up"
    assert bounds(replace(BTC, highest=D(90000))) == "up to 90,000"
    assert bounds(replace(BTC, lowest=D(80000), highest=D(90000))) == "between 80,000 and 90,000"


def test_evidence_of_the_coin_itself_is_named_without_it() -> None:
    shown = (Evidence("BTC/USD.1d.rsi14", "61.2"), Evidence("portfolio.drawdown", "-0.04"), Evidence("x", "1"))
    target = replace(BTC, evidence=shown)
    assert evidence_words(target) == "1d.rsi14 61.2, portfolio.drawdown -0.04, x 1"
    assert evidence_words(target, 1) == "1d.rsi14 61.2"


def test_who_names_no_evidence_has_seen_the_snapshot() -> None:
    columns = ["1d.rsi14", "1d.volatility30", "1d.trend20", "1d.trend60", "1d.trend120"]
    table = {"name": "t", "columns": columns, "rows": ["BTC/USD"], "cells": [["61.2", "0.45", "0.031", None, "-0.2"]]}
    told = seen("BTC/USD", json.dumps({"tables": [table]}))
    assert told == "20 d +3.1 %, 120 d −20.0 %, RSI 61, volatility 45 % a year"
    assert seen("ETH/USD", json.dumps({"tables": [table]})) == seen("BTC/USD", "{}") == ""


def _unlike(count: int) -> tuple[Clamp, ...]:
    return tuple(replace(facts.TURNOVER, before=facts.TURNOVER.before + D(number) / 100) for number in range(count))


def test_of_many_coins_those_that_change_are_told_and_the_rest_is_counted() -> None:
    holds = [TargetWeight(f"C{number}/USD", D("0.01"), "It waits.", action="hold") for number in range(20)]
    plan = replace(facts.PLAN, weights=(*holds, replace(BTC, action="buy")))
    cycle = replace(facts.cycle(CycleOutcome.TRADED, plan=plan), clamps=_unlike(6))
    card = decisions.plan(replace(facts.plan_view(), cycle=cycle), facts.PAPER, facts.NOW).card
    assert card.index("BTC: It trends.") < card.index("C0: It waits.")
    assert "13 more coins: /cycle 7f3a1111" in card
    assert "C7: It waits." not in card
    assert card.count("Guard:") == 4
    assert "and 2 more: /cycle 7f3a1111" in card


def test_a_plan_that_its_guards_leave_nothing_of_is_no_hold_by_choice() -> None:
    cycle = replace(facts.cycle(CycleOutcome.HELD), held="")
    assert decisions.verdict(cycle) == "Held: the guards leave nothing of the plan to trade."
    long = replace(
        cycle, reason="It trends. Nothing to trade: ETH is kept at 25 %.", plan=replace(facts.PLAN, reason="It trends.")
    )
    assert decisions.why(long) == "It trends."
    assert decisions.why(replace(long, held="chosen")) == long.reason
    assert decisions.verdict(replace(cycle, held="forced")).startswith("Held, not by choice")
    assert decisions.verdict(replace(cycle, held="chosen")).startswith("Held by choice")


def test_a_refused_plan_says_why_it_was_refused() -> None:
    why = "Trading is halted (halted by @ana); /resume lifts it."
    cycle = replace(facts.cycle(CycleOutcome.REFUSED), reason=why)
    assert why in decisions.plan(replace(facts.plan_view(), cycle=cycle, batch=None), facts.PAPER, facts.NOW).text

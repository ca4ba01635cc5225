"""Cards of decisions on record: they fit a phone, and tell what was wanted from what was allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal as D

import pytest
from syrupy.assertion import SnapshotAssertion

from chatbot.message import Reply
from chatbot.present.cards import cycles
from chatbot.present.layout import WIDTH, columns
from tests.unit.chatbot import cycle_facts, facts
from trading.domain.plan import Clamp, CycleOutcome
from trading.domain.risk import ApprovalStatus

CARDS: dict[str, Callable[[], Reply]] = {
    "decision": lambda: cycles.story(cycle_facts.cycle_story(), facts.PAPER),
    "held by force": lambda: cycles.story(cycle_facts.held(), facts.PAPER),
    "decisions": lambda: cycles.listed(
        [cycle_facts.decided(), cycle_facts.decided(CycleOutcome.HELD)], facts.PAPER, ", newest first"
    ),
    "no decision yet": lambda: cycles.listed([], facts.PAPER),
    "no such decision": lambda: cycles.nothing_found("7f3a", facts.PAPER),
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_looks_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    reply = CARDS[name]()
    buttons = "  ".join(f"[{button.label}]" for button in reply.buttons)
    assert f"{reply.text}\n---\n{reply.card}\n---\n{buttons}" == snapshot


@pytest.mark.parametrize("name", CARDS)
def test_a_card_fits_a_phone_and_says_whose_money_it_is(name: str) -> None:
    reply = CARDS[name]()
    assert all(columns(line) <= WIDTH for line in reply.card.splitlines())
    assert "PAPER" in reply.text


def test_where_no_guard_cut_there_is_no_column_for_it() -> None:
    whole = cycle_facts.decided()
    assert "allowed" in cycles.story(cycle_facts.cycle_story(whole), facts.PAPER).card
    assert "allowed" not in cycles.story(cycle_facts.cycle_story(replace(whole, clamps=())), facts.PAPER).card


def test_a_decision_that_asked_for_approval_says_what_people_made_of_it() -> None:
    told = cycle_facts.cycle_story(cycle_facts.decided(CycleOutcome.WAITING))
    assert "It was approved and traded." in cycles.story(told, facts.PAPER).text
    rejected = replace(told, approval=facts.approval(ApprovalStatus.REJECTED, decided_by="@owner"))
    assert "It was rejected; nothing was traded." in cycles.story(rejected, facts.PAPER).text


def test_what_several_guards_left_of_a_weight_is_what_the_last_one_left() -> None:
    again = Clamp("turnover", "BTC/USD", D("0.45"), D("0.43"), "weight", None, "BTC 45.0 % → 43.0 % (turnover)")
    cycle = replace(cycle_facts.decided(), clamps=(cycle_facts.CUT, again))
    assert "43.0 %" in cycles.story(cycle_facts.cycle_story(cycle), facts.PAPER).card

"""Cards of predictions: what was said, what came of it, and no rate where there is too little to rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from chatbot.message import Reply
from chatbot.present.cards import periods, predictions, thesis
from chatbot.present.layout import WIDTH, columns
from tests.unit.chatbot import book_facts, facts, outcome_facts
from trading.contract import ThesisView
from trading.contract.books import ModelCosts
from trading.contract.outcomes import Bucket, Score

FEW = Score(open=2, hit=1, invalidated=2, said=0.6, buckets=(Bucket(0.6, 0.7, 0.6, 1 / 3, 3),))
CARDS: dict[str, Callable[[], Reply]] = {
    "thesis": lambda: thesis.thesis(outcome_facts.thesis(), facts.PAPER),
    "thesis with few": lambda: thesis.thesis(outcome_facts.thesis(FEW), facts.LIVE),
    "predictions alone": lambda: thesis.thesis(replace(outcome_facts.thesis(), current=None, earlier=()), facts.PAPER),
    "settled": lambda: predictions.settled(outcome_facts.settled(), facts.LIVE),
    "one settled": lambda: predictions.settled(outcome_facts.settled()[:1], facts.PAPER),
    "week": lambda: periods.report(replace(book_facts.report(), outcomes=outcome_facts.week()), None),
    "week with few": lambda: periods.report(replace(book_facts.report(), outcomes=outcome_facts.week(FEW)), None),
}


@pytest.mark.parametrize("name", CARDS)
def test_cards_of_outcomes(name: str, snapshot: SnapshotAssertion) -> None:
    reply = CARDS[name]()
    assert all(columns(line) <= WIDTH for line in reply.card.splitlines())
    assert f"{reply.text}\n---\n{reply.card}" == snapshot


def test_many_that_are_settled_at_once_are_one_message() -> None:
    text = predictions.settled(outcome_facts.settled() * 4, facts.PAPER).text
    assert "12 predictions are settled" in text
    assert text.endswith("And 6 more: /thesis")


def test_many_open_ones_are_counted() -> None:
    view = outcome_facts.thesis()
    assert "and 2 open predictions more" in thesis.thesis(replace(view, open=view.open * 4), facts.PAPER).card


def test_without_anything_to_tell_nothing_is_claimed() -> None:
    assert "No thesis has been written yet." in thesis.thesis(ThesisView(None, ()), facts.PAPER).text
    quiet = replace(outcome_facts.week(Score()), closed=0, best=None, worst=None, models=ModelCosts())
    report = periods.report(replace(book_facts.report(), outcomes=quiet), None)
    assert report.card == periods.report(book_facts.report(), None).card


def test_a_single_trade_is_neither_best_nor_worst() -> None:
    week = outcome_facts.week()
    single = replace(week, closed=1, worst=week.best)
    card = periods.report(replace(book_facts.report(), outcomes=single), None).card
    assert "Closed BTC" in card
    assert "Worst" not in card

"""What speaks against a run's results is said wherever its results are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal as D

import pytest

from chatbot.message import Reply
from chatbot.present.cards import periods, reports
from tests.unit.chatbot import book_facts, facts
from trading.contract import World
from trading.domain.event import RunEnded

CAVEAT = "The model's knowledge reaches to 2024-06-01: results before that date are not evidence."
REPORTS: dict[str, Callable[[World], Reply]] = {
    "daily": lambda w: reports.daily(replace(facts.report(w), world=w), b""),
    "weekly": lambda w: periods.report(book_facts.report("weekly", w), None),
    "run ended": lambda w: reports.run_ended(RunEnded(facts.NOW, D(0)), facts.performance(w), w, None),
    "run too short to measure": lambda w: reports.run_ended(RunEnded(facts.NOW, D(0)), None, w, None),
}


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_of_a_run_that_proves_little_says_so(name: str) -> None:
    assert CAVEAT in REPORTS[name](replace(facts.DEMO, caveat=CAVEAT)).text.splitlines()
    assert "evidence" not in REPORTS[name](facts.DEMO).text

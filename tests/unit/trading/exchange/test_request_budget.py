"""The venue's rate counter is never exceeded, and exits are never kept waiting by anything else."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trading.clock import SimulatedClock
from trading.exchange.request_budget import (
    KRAKEN_TIERS,
    PLACING,
    Limits,
    RequestBudget,
    Urgency,
    cancelling,
)

START = datetime(2026, 11, 21, tzinfo=UTC)
STARTER = KRAKEN_TIERS["starter"].trading
HOUR = 3600


class VenueCounter:
    """The counter on the venue's side: written separately, as its documentation tells it."""

    def __init__(self, threshold: float, decay: float) -> None:
        self._threshold, self._decay = threshold, decay
        self._points, self._at = 0.0, 0.0
        self.refused = 0

    def receive(self, cost: float, at: float) -> None:
        self._points = max(0.0, self._points - (at - self._at) * self._decay) + cost
        self._at = at
        self.refused += self._points > self._threshold


@pytest.mark.parametrize("tier", KRAKEN_TIERS)
@pytest.mark.parametrize("seed", range(3))
def test_an_hour_of_bursts_meets_no_refusal_and_every_exit_gets_through_at_once(tier: str, seed: int) -> None:
    chance, clock = random.Random(seed), SimulatedClock(START)
    limits = KRAKEN_TIERS[tier].trading
    budget, venue = RequestBudget(limits, clock), VenueCounter(limits.threshold, limits.decay)
    waiting: list[float] = []
    sent = exits = 0
    while clock.monotonic() < HOUR:
        # Far more entries and young cancels are wished for than the venue allows.
        waiting += [PLACING] * chance.randrange(24)
        if chance.random() < 0.02:
            assert budget.delay(PLACING, Urgency.EXIT) == 0.0
            budget.spend(PLACING)
            venue.receive(PLACING, clock.monotonic() + chance.random())
            exits += 1
        while waiting and not budget.delay(waiting[0], Urgency.ENTRY):
            budget.spend(waiting[0])
            venue.receive(waiting.pop(0), clock.monotonic() + 0.5)
            sent += 1
        clock.advance(chance.choice((0.1, 1.0, 3.0)))
    assert venue.refused == 0
    assert exits > 20
    # Nothing is wasted either: entries take what the counter forgets, less what exits took.
    assert sent > HOUR * limits.decay * 0.9 - exits


@given(st.lists(st.tuples(st.sampled_from(list(Urgency)), st.floats(0, 8), st.floats(0, 5)), max_size=200))
@settings(max_examples=60)
def test_whatever_is_asked_the_counter_stays_below_the_threshold(wishes: list[tuple[Urgency, float, float]]) -> None:
    clock = SimulatedClock(START)
    budget = RequestBudget(STARTER, clock)
    for urgency, cost, pause in wishes:
        clock.advance(budget.delay(cost, urgency))
        assert budget.delay(cost, urgency) == pytest.approx(0.0, abs=1e-5)
        budget.spend(cost)
        assert budget.points <= STARTER.threshold - STARTER.headroom + 1e-5
        clock.advance(pause)


def test_entries_leave_a_reserve_that_exits_can_use_at_once() -> None:
    budget = RequestBudget(STARTER, SimulatedClock(START))
    while not budget.delay(PLACING, Urgency.ENTRY):
        budget.spend(PLACING)
    assert budget.points == STARTER.threshold - STARTER.headroom - STARTER.reserve
    # Three orders cancelled within seconds of being placed are the dearest exits there are.
    for _ in range(3):
        assert budget.delay(cancelling(0), Urgency.EXIT) == 0.0
        budget.spend(cancelling(0))
    assert budget.delay(PLACING, Urgency.ENTRY) == pytest.approx(25.0)


def test_waiting_as_long_as_told_is_enough() -> None:
    clock = SimulatedClock(START)
    budget = RequestBudget(Limits(10, 0.3, 0, headroom=0), clock)
    budget.spend(10)
    clock.advance(budget.delay(1, Urgency.QUESTION))
    assert budget.delay(1, Urgency.QUESTION) == 0.0


def test_a_venue_that_says_the_counter_is_full_is_believed() -> None:
    budget = RequestBudget(STARTER, SimulatedClock(START))
    budget.exhaust()
    assert budget.delay(PLACING, Urgency.EXIT) == pytest.approx(3.0)


def test_what_can_never_fit_is_told_at_once() -> None:
    budget = RequestBudget(Limits(10, 1, 4, headroom=0), SimulatedClock(START))
    with pytest.raises(ValueError, match="never fit"):
        budget.delay(7, Urgency.ENTRY)


def test_cancelling_costs_less_the_older_the_order() -> None:
    costs = [cancelling(age) for age in (0, 4.9, 5, 10, 15, 45, 90, 300, 10_000)]
    assert costs == [8, 8, 6, 5, 4, 2, 1, 1, 1]

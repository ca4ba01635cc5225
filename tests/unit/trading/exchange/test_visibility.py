"""Absence is believed only after the venue had its time, and longer once it was seen to take longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trading.clock import SimulatedClock
from trading.exchange.visibility import FLOOR, MARGIN, Visibility

DEADLINE = timedelta(seconds=10)
USUAL = DEADLINE + FLOOR + MARGIN


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 11, 21, tzinfo=UTC))


@pytest.fixture
def visibility(clock: SimulatedClock) -> Visibility:
    return Visibility(DEADLINE, clock)


def test_a_venue_that_was_never_late_gets_two_minutes_and_the_deadline_and_a_margin(visibility: Visibility) -> None:
    assert visibility.span == timedelta(seconds=160)


def test_an_order_shown_later_than_that_lengthens_the_wait_for_all_others(
    visibility: Visibility, clock: SimulatedClock
) -> None:
    visibility.sent("a")
    clock.advance(1)
    visibility.missed("a")
    clock.advance(299)
    visibility.shown("a")
    assert visibility.span == DEADLINE + timedelta(seconds=300) + MARGIN


def test_a_jump_of_the_wall_clock_is_no_delay(visibility: Visibility, clock: SimulatedClock) -> None:
    visibility.sent("a")
    visibility.missed("a")
    clock.jump(timedelta(days=1))
    visibility.shown("a")
    assert visibility.span == USUAL


def test_being_shown_at_the_first_question_says_nothing_of_delays(
    visibility: Visibility, clock: SimulatedClock
) -> None:
    visibility.sent("a")
    clock.advance(10_000)
    visibility.shown("a")
    assert visibility.span == USUAL


def test_only_the_first_showing_counts_and_the_longest_delay_stays(
    visibility: Visibility, clock: SimulatedClock
) -> None:
    for delay in (200, 400, 150):
        visibility.sent("a")
        visibility.missed("a")
        clock.advance(delay)
        visibility.shown("a")
        clock.advance(5_000)
        visibility.shown("a")
    assert visibility.span == DEADLINE + timedelta(seconds=400) + MARGIN


def test_orders_that_were_never_shown_do_not_pile_up(visibility: Visibility, clock: SimulatedClock) -> None:
    visibility.sent("first")
    visibility.missed("first")
    for number in range(2_000):
        visibility.sent(f"{number}")
    clock.advance(9_999)
    visibility.shown("first")
    assert visibility.span == USUAL

"""The venue's time is carried on by the monotonic clock, so that no jump of the wall clock moves a deadline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trading.errors import Retryable
from trading.exchange.server_time import ServerTime

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class TwoClocks:
    """A wall clock that can be set, and a monotonic one that cannot."""

    def __init__(self) -> None:
        self.wall = START
        self.passed = 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.passed += seconds
        self.wall += timedelta(seconds=seconds)


class Venue:
    """A venue whose clock runs right, is `ahead` of ours at the start, and shows whole seconds."""

    def __init__(self, clock: TwoClocks, ahead: timedelta, travel: float = 0.0) -> None:
        self.clock, self.ahead, self.travel = clock, ahead, travel
        self.asked = 0
        self.down = False

    @property
    def truth(self) -> datetime:
        return START + self.ahead + timedelta(seconds=self.clock.passed)

    async def time(self) -> datetime:
        if self.down:
            raise Retryable("The venue cannot be reached.")
        self.asked += 1
        self.clock.advance(self.travel / 2)
        told = self.truth.replace(microsecond=0)
        self.clock.advance(self.travel / 2)
        return told


@given(
    st.floats(-86_400, 86_400),
    st.floats(0, 2),
    st.lists(st.tuples(st.floats(0, 400), st.floats(-86_400, 86_400)), max_size=8),
)
@settings(max_examples=150)
async def test_jumps_of_a_day_either_way_move_nothing(
    ahead: float, travel: float, history: list[tuple[float, float]]
) -> None:
    clock = TwoClocks()
    venue = Venue(clock, timedelta(seconds=ahead), travel)
    time = ServerTime(venue.time, clock)
    for pause, jump in [(0.0, 0.0), *history]:
        clock.advance(pause)
        clock.wall += timedelta(seconds=jump)
        off = abs((await time.now() - venue.truth).total_seconds())
        assert off <= 0.5 + travel / 2 + 1e-3


async def test_the_venue_is_asked_once_while_the_clocks_agree() -> None:
    clock = TwoClocks()
    venue = Venue(clock, timedelta(hours=3))
    time = ServerTime(venue.time, clock)
    for _ in range(50):
        clock.advance(10)
        await time.now()
    assert venue.asked == 1
    clock.advance(601)
    await time.now()
    assert venue.asked == 2


async def test_a_machine_that_slept_asks_again() -> None:
    clock = TwoClocks()
    venue = Venue(clock, timedelta())
    time = ServerTime(venue.time, clock)
    await time.now()
    clock.wall += timedelta(hours=8)
    await time.now()
    assert venue.asked == 2


async def test_the_offset_is_the_venues_lead_over_our_wall_clock() -> None:
    clock = TwoClocks()
    offset = await ServerTime(Venue(clock, timedelta(seconds=-40)).time, clock).offset()
    assert abs(offset - timedelta(seconds=-40)) <= timedelta(seconds=0.5)


async def test_a_time_that_cannot_be_had_is_not_made_up() -> None:
    clock = TwoClocks()
    venue = Venue(clock, timedelta())
    time = ServerTime(venue.time, clock)
    await time.now()
    time.forget()
    venue.down = True
    with pytest.raises(Retryable):
        await time.now()

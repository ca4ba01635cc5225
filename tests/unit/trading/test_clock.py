"""Clocks: the machine's, and one that moves only when it is told to."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from trading.clock import SimulatedClock, SystemClock, first_of

START = datetime(2025, 3, 3, 12, tzinfo=UTC)


async def test_the_system_clock_is_aware_and_never_jumps_back() -> None:
    clock = SystemClock()
    first, mark = clock.now(), clock.monotonic()
    await clock.sleep(-1)
    await clock.sleep(0)
    assert first.tzinfo is UTC
    assert clock.now() >= first
    assert clock.monotonic() >= mark


def test_a_simulated_clock_needs_an_aware_start_and_keeps_utc() -> None:
    with pytest.raises(ValueError, match="aware"):
        SimulatedClock(datetime(2025, 3, 3))  # noqa: DTZ001
    local = SimulatedClock(START.astimezone(ZoneInfo("America/Denver")))
    assert (local.now(), local.now().tzinfo) == (START, UTC)


def test_it_moves_forward_only() -> None:
    clock = SimulatedClock(START)
    clock.advance(90)
    clock.advance_to(START)
    assert clock.now() == START + timedelta(seconds=90)
    assert clock.monotonic() == 90


async def test_sleepers_wake_in_the_order_of_their_instants() -> None:
    clock, woken = SimulatedClock(START), list[int]()

    async def sleep(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    tasks = [asyncio.create_task(sleep(seconds)) for seconds in (30, 10, 20, 10)]
    await asyncio.sleep(0)
    clock.advance(9.999)
    await asyncio.sleep(0)
    assert woken == []
    clock.advance(15)
    await asyncio.sleep(0)
    assert woken == [10, 10, 20]
    clock.advance(100)
    await asyncio.gather(*tasks)
    assert woken == [10, 10, 20, 30]


async def test_not_sleeping_at_all_returns_at_once() -> None:
    await asyncio.wait_for(SimulatedClock(START).sleep(0), 5)
    await asyncio.wait_for(SimulatedClock(START).sleep(-5), 5)


async def test_a_cancelled_sleeper_disturbs_nobody() -> None:
    clock = SimulatedClock(START)
    gone, there = asyncio.create_task(clock.sleep(5)), asyncio.create_task(clock.sleep(5))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    clock.advance(5)
    await asyncio.wait_for(there, 5)
    assert gone.cancelled()


async def test_a_jump_sets_the_wall_clock_and_nothing_else() -> None:
    clock, woken = SimulatedClock(START), list[str]()

    async def sleep(seconds: int, name: str) -> None:
        await clock.sleep(seconds)
        woken.append(name)

    tasks = [asyncio.create_task(sleep(20, "late")), asyncio.create_task(sleep(10, "early"))]
    await asyncio.sleep(0)
    clock.advance(5)
    clock.jump(timedelta(days=1))
    assert (clock.now(), clock.monotonic()) == (START + timedelta(days=1, seconds=5), 5)
    clock.jump(timedelta(days=-2))
    assert (clock.now(), clock.monotonic()) == (START - timedelta(days=1) + timedelta(seconds=5), 5)
    await asyncio.sleep(0)
    assert woken == []
    clock.advance(5)
    await asyncio.sleep(0)
    assert woken == ["early"]
    clock.advance(10)
    await asyncio.gather(*tasks)
    assert woken == ["early", "late"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux stops its usual monotonic clock in sleep")
def test_the_machine_s_sleep_counts_as_time_that_passed() -> None:
    """No test can put a machine to sleep: this names the clock that goes on meanwhile."""
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= SystemClock().monotonic() <= time.clock_gettime(time.CLOCK_BOOTTIME)


async def test_the_first_to_end_ends_the_wait_and_the_others_are_cancelled() -> None:
    clock, forever = SimulatedClock(START), asyncio.Event()
    waiting = asyncio.ensure_future(forever.wait())
    asleep = asyncio.ensure_future(clock.sleep(5))
    both = asyncio.ensure_future(first_of(asleep, waiting))
    await asyncio.sleep(0)
    clock.advance(5)
    await both
    await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()


async def test_what_the_first_to_end_raised_is_raised() -> None:
    async def fails() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await first_of(fails(), asyncio.Event().wait())

"""The watchdog measures how late the loop is, and names what blocked it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from structlog.testing import capture_logs

from tests.world import START
from trading.clock import SimulatedClock
from trading.watchdog import ASLEEP, LoopLag, Watchdog


@asynccontextmanager
async def watching(clock: SimulatedClock, window: timedelta = timedelta(minutes=5)) -> AsyncIterator[Watchdog]:
    watchdog = Watchdog(clock, window=window)
    service = asyncio.create_task(watchdog.run())
    await turns()
    try:
        yield watchdog
    finally:
        service.cancel()
        await asyncio.gather(service, return_exceptions=True)


async def beat(clock: SimulatedClock, seconds: float) -> None:
    """The loop comes round after `seconds`."""
    clock.advance(seconds)
    await turns()


async def turns() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_loop_that_is_on_time_has_no_lag() -> None:
    clock = SimulatedClock(START)
    async with watching(clock) as watchdog:
        assert watchdog.lag() == LoopLag(0.0, 0.0, 0)
        for _ in range(100):
            await beat(clock, 0.1)
        assert watchdog.lag().beats == 100
        assert watchdog.lag().maximum < 1e-6


async def test_the_figures_tell_the_rare_from_the_usual() -> None:
    clock = SimulatedClock(START)
    async with watching(clock) as watchdog:
        for number in range(200):
            await beat(clock, 0.3 if number == 50 else 0.11)
        lag = watchdog.lag()
    assert (round(lag.p99, 3), round(lag.maximum, 3)) == (0.01, 0.2)


async def test_old_measurements_are_forgotten() -> None:
    clock = SimulatedClock(START)
    async with watching(clock, window=timedelta(seconds=2)) as watchdog:
        await beat(clock, 0.3)
        for _ in range(20):
            await beat(clock, 0.1)
        assert watchdog.lag().beats == 20
        assert watchdog.lag().maximum < 1e-6


async def test_a_blocked_loop_is_logged_with_the_place_that_blocks_it() -> None:
    clock = SimulatedClock(START)

    def a_long_calculation(watchdog: Watchdog) -> None:
        clock.advance(0.5)
        watchdog.look()  # what the thread beside the loop does

    async with watching(clock) as watchdog:
        with capture_logs() as logs:
            a_long_calculation(watchdog)
            await turns()
            await beat(clock, 0.1)
    (entry,) = logs
    assert (entry["event"], entry["milliseconds"]) == ("the event loop was blocked", 400)
    assert "a_long_calculation" in entry["at"]


async def test_a_short_delay_is_counted_and_not_logged() -> None:
    clock = SimulatedClock(START)
    async with watching(clock) as watchdog:
        with capture_logs() as logs:
            await beat(clock, 0.34)
        assert round(watchdog.lag().maximum, 2) == 0.24
    assert logs == []


async def test_a_machine_that_slept_did_not_block_the_loop() -> None:
    clock = SimulatedClock(START)
    async with watching(clock) as watchdog:
        with capture_logs() as logs:
            await beat(clock, ASLEEP + 3600)
        assert watchdog.lag().beats == 0
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("the program stood still", "info")]

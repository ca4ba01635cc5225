"""Promise 31: a daily job that was missed runs late by two hours at most, once or not at all."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.proof import Proof
from trading.clock import SimulatedClock
from trading.schedule import DailyAt, Job, LiveSchedule, catch_up
from trading.slots import Slot, once_per_day
from trading.store.memory import MemoryStore

ZONE = ZoneInfo("America/Denver")
BEGIN = datetime(2025, 3, 6, 12, tzinfo=UTC)
"""Three days before Denver's clocks go forward, so that long sleeps go over the change."""

LENGTHS = (1, 29, 31, 600, 3600, 7199, 7200, 7201, 14_400, 43_200, 86_399, 86_400, 90_000, 172_800, 345_600, 604_800)
STEP = 600
"""Seconds between two looks while the machine is awake."""

LATEST = timedelta(hours=2)
JOBS = {"rebalance": time(2, 30), "report": time(18)}


@dataclass(frozen=True, slots=True)
class Life:
    """Instants at which somebody was awake, and which days each job ran."""

    awake: Sequence[datetime]
    ran: Sequence[tuple[str, str]]


@pytest.mark.parametrize("switched_off", [False, True], ids=["the machine sleeps", "the program is stopped"])
async def test_a_missed_day_is_caught_up_within_two_hours_and_never_twice(
    switched_off: bool, proof: Proof, scale: int
) -> None:
    rng = random.Random(31)
    cases, violations = 0, list[tuple[int, int]]()
    for length in LENGTHS:
        for _ in range(6 * scale):
            before = rng.randrange(0, 86_400, 7)
            life = await lived(before, length, switched_off)
            cases += 1
            if sorted(life.ran) != sorted(expected(life.awake)):
                violations.append((before, length))
    assert violations == [], f"seconds before the sleep, seconds of sleep: {violations[:5]}"
    proof(31, cases)


def expected(awake: Sequence[datetime]) -> list[tuple[str, str]]:
    """The policy, written down a second time: due, and somebody awake no later than two hours after."""
    found = []
    for name, at in JOBS.items():
        trigger = DailyAt(at, ZONE)
        due = trigger.on_or_after(BEGIN)
        while due <= awake[-1]:
            first_look = next(instant for instant in awake if instant >= due)
            if first_look - due <= LATEST:
                found.append((name, due.astimezone(ZONE).date().isoformat()))
            due = trigger.on_or_after(due + timedelta(seconds=1))
    return found


async def lived(before: int, length: int, switched_off: bool) -> Life:
    """Awake for `before` seconds, gone for `length`, awake for four hours more."""
    clock, store, ran = SimulatedClock(BEGIN), MemoryStore(), list[tuple[str, str]]()

    def job(name: str, at: time) -> Job:
        async def run(slot: Slot) -> None:
            async with store.transaction() as tx:
                await slot.claim(tx)
            ran.append((slot.job, slot.day))

        return Job(name, DailyAt(at, ZONE), once_per_day(name, store, ZONE, run))

    jobs = [job(name, at) for name, at in JOBS.items()]
    awake = [BEGIN]
    running = await _up(jobs, clock)
    awake += await _awake(clock, before)
    if switched_off:
        await _down(running)
    clock.advance(length)
    awake.append(clock.now())
    if switched_off:
        running = await _up(jobs, clock)
    await _turns()
    awake += await _awake(clock, 4 * 3600)
    await _down(running)
    return Life(awake, ran)


async def _up(jobs: Sequence[Job], clock: SimulatedClock) -> asyncio.Task[None]:
    """A start: what was missed while nobody was there, then what comes."""
    await catch_up(jobs, clock.now(), BEGIN)
    running = asyncio.create_task(LiveSchedule(jobs, clock, _failed).run())
    await _turns()
    return running


async def _down(running: asyncio.Task[None]) -> None:
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def _awake(clock: SimulatedClock, seconds: int) -> list[datetime]:
    instants = []
    while seconds > 0:
        clock.advance(min(seconds, STEP))
        seconds -= STEP
        instants.append(clock.now())
        await _turns()
    return instants


async def _turns() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


async def _failed(name: str, error: Exception) -> None:
    raise AssertionError(f"{name} failed: {error}")

"""Jobs run once per local day, in every time zone there is, whatever clocks do and however often they are woken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.world import START, ZONE
from trading.clock import SimulatedClock
from trading.errors import ConcurrentUpdate, Fatal
from trading.schedule import CATCH_UP, DailyAt, Job, LiveSchedule, Walk, catch_up, hourly
from trading.slots import Slot, once_per_day
from trading.store.memory import MemoryStore
from trading.store.port import Store

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_a_time_that_the_clock_change_skips_moves_to_right_after_the_gap() -> None:
    due = DailyAt(time(2, 30), ZONE).on_or_after(datetime(2025, 3, 9, 6, tzinfo=UTC))
    assert due == datetime(2025, 3, 9, 9, 30, tzinfo=UTC)
    assert due.astimezone(ZONE).time() == time(3, 30)


def test_a_time_that_comes_twice_is_taken_the_first_time() -> None:
    trigger = DailyAt(time(1, 30), ZONE)
    first = trigger.on_or_after(datetime(2025, 11, 2, 6, tzinfo=UTC))
    assert first == datetime(2025, 11, 2, 7, 30, tzinfo=UTC)
    assert trigger.get_next_fire_time(first, first) == datetime(2025, 11, 3, 8, 30, tzinfo=UTC)


def test_an_instant_is_on_or_after_itself() -> None:
    due = datetime(2025, 3, 3, 14, tzinfo=UTC)
    trigger = DailyAt(time(7), ZONE)
    assert trigger.on_or_after(due) == due
    assert trigger.on_or_after(due + timedelta(microseconds=1)) == due + DAY


async def test_a_day_is_claimed_once_in_a_hundred_wakes_at_once(any_store: Store) -> None:
    runs: list[datetime] = []

    async def run(slot: Slot) -> None:
        async with any_store.transaction() as tx:
            await slot.claim(tx)
        runs.append(slot.due)

    guarded = once_per_day("rebalance", any_store, ZONE, run)
    await asyncio.gather(*(guarded(START + n * MINUTE) for n in range(100)))
    assert len(runs) == 1
    again = once_per_day("rebalance", any_store, ZONE, run)
    await again(START + HOUR)
    assert len(runs) == 1
    await again(START + DAY)
    await once_per_day("report", any_store, ZONE, run)(START)
    assert len(runs) == 3


async def test_a_job_that_is_cut_short_before_its_result_is_kept_runs_again(any_store: Store) -> None:
    attempts: list[datetime] = []

    async def run(slot: Slot) -> None:
        attempts.append(slot.due)
        async with any_store.transaction() as tx:
            await slot.claim(tx)
            await tx.put_meta("result", str(len(attempts)))
            if len(attempts) == 1:
                raise asyncio.CancelledError

    guarded = once_per_day("rebalance", any_store, ZONE, run)
    with pytest.raises(asyncio.CancelledError):
        await guarded(START)
    await guarded(START)
    await guarded(START)
    async with any_store.reading() as read:
        assert await read.meta("result") == "2"
    assert len(attempts) == 2


async def test_a_turn_that_is_taken_rolls_the_second_result_back(any_store: Store) -> None:
    slot = Slot("rebalance", "2025-03-03", START)
    async with any_store.transaction() as tx:
        await slot.claim(tx)
    with pytest.raises(ConcurrentUpdate):
        async with any_store.transaction() as tx:
            await tx.put_meta("result", "twice")
            await slot.claim(tx)
    async with any_store.reading() as read:
        assert await read.meta("result") is None


async def test_a_slot_is_the_local_day_and_not_the_utc_day() -> None:
    runs: list[datetime] = []

    store = MemoryStore()

    async def run(slot: Slot) -> None:
        async with store.transaction() as tx:
            await slot.claim(tx)
        runs.append(slot.due)

    guarded = once_per_day("job", store, ZONE, run)
    for due in (
        datetime(2025, 3, 4, 1, tzinfo=UTC),
        datetime(2025, 3, 3, 23, tzinfo=UTC),
        datetime(2025, 3, 4, 8, tzinfo=UTC),
    ):
        await guarded(due)
    assert [due.day for due in runs] == [4, 4]


def recording(told: list[tuple[str, datetime]], name: str, trigger: object) -> Job:
    async def run(due: datetime) -> None:
        told.append((name, due))

    return Job(name, trigger, run)


async def test_a_walk_runs_what_is_due_in_time_order_and_then_in_the_given_order() -> None:
    told: list[tuple[str, datetime]] = []
    noon = datetime(2025, 3, 3, 12, tzinfo=UTC)
    jobs = [
        recording(told, "hourly", hourly()),
        recording(told, "daily", DailyAt(time(14), ZoneInfo("UTC"))),
        recording(told, "early", DailyAt(time(13, 30), ZoneInfo("UTC"))),
    ]
    walk = Walk(jobs, noon + MINUTE)
    await walk.run_due(noon + HOUR - MINUTE)
    assert told == []
    await walk.run_due(noon + 2 * HOUR)
    assert told == [
        ("hourly", noon + HOUR),
        ("early", noon + 1.5 * HOUR),
        ("hourly", noon + 2 * HOUR),
        ("daily", noon + 2 * HOUR),
    ]
    await walk.run_due(noon + 2 * HOUR)
    assert len(told) == 4


async def test_a_walk_that_begins_at_a_due_instant_runs_it() -> None:
    told: list[tuple[str, datetime]] = []
    walk = Walk([recording(told, "hourly", hourly())], START)
    await walk.run_due(START)
    assert told == [("hourly", START)]


@pytest.mark.parametrize(
    ("late", "first_start", "runs"),
    [
        (timedelta(0), -DAY, True),
        (MINUTE, -DAY, True),
        (CATCH_UP, -DAY, True),
        (CATCH_UP + MINUTE, -DAY, False),
        (-MINUTE, -DAY, False),
        (HOUR, timedelta(minutes=-30), False),
    ],
    ids=["on time", "a little late", "as late as allowed", "too late", "early", "before the first start"],
)
async def test_a_missed_job_is_caught_up_within_reason(late: timedelta, first_start: timedelta, runs: bool) -> None:
    told: list[tuple[str, datetime]] = []
    due = datetime(2025, 3, 3, 14, tzinfo=UTC)
    now = due + late
    await catch_up([recording(told, "rebalance", DailyAt(time(7), ZONE))], now, now + first_start)
    assert told == ([("rebalance", due)] if runs else [])


async def test_hourly_jobs_are_not_caught_up() -> None:
    told: list[tuple[str, datetime]] = []
    await catch_up([recording(told, "equity", hourly())], START, START - DAY)
    assert told == []


async def test_what_was_caught_up_does_not_run_again_at_its_time(any_store: Store) -> None:
    told: list[tuple[str, datetime]] = []

    async def run(slot: Slot) -> None:
        async with any_store.transaction() as tx:
            await slot.claim(tx)
        told.append((slot.job, slot.due))

    job = Job("rebalance", DailyAt(time(7), ZONE), once_per_day("rebalance", any_store, ZONE, run))
    now = datetime(2025, 3, 3, 14, 30, tzinfo=UTC)
    for _ in range(3):
        await catch_up([job], now, now - DAY)
    assert len(told) == 1


async def test_the_live_schedule_wakes_jobs_and_survives_their_faults() -> None:
    faults, worked = list[tuple[str, str]](), list[tuple[str, datetime]]()

    async def fails(due: datetime) -> None:
        raise RuntimeError("no paper")

    async def told(name: str, error: Exception) -> None:
        faults.append((name, str(error)))

    clock = SimulatedClock(START)
    jobs = [Job("printer", hourly(), fails), recording(worked, "worker", hourly())]
    async with scheduled(jobs, clock, told) as running:
        await passing(clock, 2 * HOUR)
        assert not running.done()
    assert faults == [("printer", "no paper")] * 2
    assert worked == [("worker", START + HOUR), ("worker", START + 2 * HOUR)]


async def test_a_fault_that_cannot_even_be_written_down_ends_the_schedule() -> None:
    async def fails(due: datetime) -> None:
        raise RuntimeError("no paper")

    async def cannot_tell(name: str, error: Exception) -> None:
        raise Fatal("the disk is full")

    clock = SimulatedClock(START)
    async with scheduled([Job("printer", hourly(), fails)], clock, cannot_tell) as running:
        await passing(clock, HOUR)
        with pytest.raises(ExceptionGroup) as ended:
            await asyncio.wait_for(running, 5)
    assert ended.group_contains(Fatal, match="the disk is full")


async def test_a_job_that_takes_long_does_not_hold_up_another_and_runs_once_at_a_time() -> None:
    worked, slow, finish = list[tuple[str, datetime]](), list[datetime](), asyncio.Event()

    async def takes_long(due: datetime) -> None:
        slow.append(due)
        await finish.wait()

    clock = SimulatedClock(START)
    jobs = [Job("slow", hourly(), takes_long), recording(worked, "worker", hourly())]
    async with scheduled(jobs, clock, _not_told):
        await passing(clock, 3 * HOUR)
        assert (len(slow), len(worked)) == (1, 3)
        finish.set()
        await passing(clock, MINUTE)
        assert len(slow) == 2


@pytest.mark.parametrize(("late", "runs"), [(HOUR, True), (timedelta(hours=16), False)])
async def test_a_wake_that_comes_hours_late_runs_the_day_it_was_meant_for_or_none(late: timedelta, runs: bool) -> None:
    """A machine that slept over night must not use up the new day's slot for yesterday's job."""
    told: list[tuple[str, datetime]] = []
    due = datetime(2025, 3, 3, 14, tzinfo=UTC)
    clock = SimulatedClock(due - MINUTE)
    async with scheduled([recording(told, "rebalance", DailyAt(time(7), ZONE))], clock, _not_told):
        await asleep(clock, MINUTE + late)
        await passing(clock, MINUTE)
    assert told == ([("rebalance", due)] if runs else [])


async def test_a_clock_set_back_over_a_job_runs_the_day_once() -> None:
    runs, store = list[Slot](), MemoryStore()

    async def run(slot: Slot) -> None:
        async with store.transaction() as tx:
            await slot.claim(tx)
        runs.append(slot)

    clock = SimulatedClock(datetime(2025, 3, 3, 13, 59, tzinfo=UTC))
    job = Job("rebalance", DailyAt(time(7), ZONE), once_per_day("rebalance", store, ZONE, run))
    async with scheduled([job], clock, _not_told):
        await passing(clock, 2 * MINUTE)
        assert len(runs) == 1
        clock.jump(-HOUR)
        await passing(clock, 2 * HOUR)
        clock.jump(-DAY)
        await passing(clock, HOUR)
    assert [slot.day for slot in runs] == ["2025-03-03"]


async def test_a_job_is_not_missed_while_the_clock_is_set_back_just_before_it() -> None:
    told: list[tuple[str, datetime]] = []
    due = datetime(2025, 3, 3, 14, tzinfo=UTC)
    clock = SimulatedClock(due - timedelta(seconds=100))
    async with scheduled([recording(told, "rebalance", DailyAt(time(7), ZONE))], clock, _not_told):
        clock.jump(timedelta(seconds=-45))
        await passing(clock, 5 * MINUTE)
    assert told == [("rebalance", due)]


Told = Callable[[str, Exception], Awaitable[None]]


@asynccontextmanager
async def scheduled(jobs: Sequence[Job], clock: SimulatedClock, failed: Told) -> AsyncIterator[asyncio.Task[None]]:
    running = asyncio.create_task(LiveSchedule(jobs, clock, failed).run())
    await turns()
    try:
        yield running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def turns() -> None:
    for _ in range(12):
        await asyncio.sleep(0)


async def passing(clock: SimulatedClock, span: timedelta) -> None:
    """Time goes by while the machine is awake."""
    for _ in range(int(span / timedelta(seconds=30))):
        clock.advance(30)
        await turns()


async def asleep(clock: SimulatedClock, span: timedelta) -> None:
    """The machine sleeps, and every timer comes late."""
    clock.advance(span.total_seconds())
    await turns()


async def _not_told(name: str, error: Exception) -> None:
    raise AssertionError(f"{name} failed: {error}")

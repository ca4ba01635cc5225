"""Jobs run once per local day, in every time zone there is, whatever clocks do and however often they are woken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from apscheduler.triggers.date import DateTrigger

from tests.world import START, ZONE
from trading.clock import SimulatedClock, SystemClock
from trading.errors import ConcurrentUpdate
from trading.schedule import CATCH_UP, DailyAt, Job, LiveSchedule, Slot, Walk, catch_up, hourly, once_per_day
from trading.store.memory import MemoryStore
from trading.store.port import Store

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ODD_ZONES = (
    "America/Denver",
    "America/Havana",
    "America/Sao_Paulo",
    "America/Scoresbysund",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Europe/Paris",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)


def instants(at: time, zone: ZoneInfo, first: date, last: date) -> Iterator[datetime]:
    trigger, end = DailyAt(at, zone), datetime.combine(last, at, zone).astimezone(UTC) + HOUR
    due = trigger.get_next_fire_time(None, datetime.combine(first, time(), zone).astimezone(UTC))
    while due < end:
        yield due
        due = trigger.get_next_fire_time(due, due)


def local_dates(at: time, name: str, first: date, last: date) -> list[date]:
    zone = ZoneInfo(name)
    return [due.astimezone(zone).date() for due in instants(at, zone, first, last)]


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize("at", [time(2, 30), time(23, 30), time(0, 0)])
@pytest.mark.parametrize("name", ODD_ZONES)
def test_there_is_exactly_one_instant_per_local_day_through_ten_years(name: str, at: time) -> None:
    first, last = date(2020, 1, 2), date(2030, 12, 30)
    assert local_dates(at, name, first, last) == every_day(first, last)


@pytest.mark.parametrize("year", [2024])
def test_and_in_every_zone_of_the_world(year: int) -> None:
    first, last = date(year, 1, 2), date(year, 12, 30)
    expected = every_day(first, last)
    wrong = [name for name in sorted(available_timezones()) if local_dates(time(2, 30), name, first, last) != expected]
    assert wrong == []


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
    done, faults = asyncio.Event(), list[tuple[str, str]]()

    async def fails(due: datetime) -> None:
        raise RuntimeError("no paper")

    async def works(due: datetime) -> None:
        done.set()

    async def told(name: str, error: Exception) -> None:
        faults.append((name, str(error)))

    clock = SystemClock()
    now = DateTrigger(clock.now() - HOUR)
    schedule = LiveSchedule(
        [Job("printer", now, fails), Job("worker", now, works)],
        clock,
        told,
    )
    schedule.start()
    await asyncio.wait_for(done.wait(), 5)
    schedule.stop()
    schedule.stop()
    assert faults == [("printer", "no paper")]


class WokenNow(DailyAt):
    """A daily trigger whose alarm rings at once, whenever it is due."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:  # type: ignore[override]
        return None if previous_fire_time else now


@pytest.mark.parametrize(("late", "runs"), [(HOUR, True), (timedelta(hours=16), False)])
async def test_a_wake_that_comes_hours_late_runs_the_day_it_was_meant_for_or_none(late: timedelta, runs: bool) -> None:
    """A machine that slept over night must not use up the new day's slot for yesterday's job."""
    told: list[tuple[str, datetime]] = []
    due = datetime(2025, 3, 3, 14, tzinfo=UTC)
    ran = asyncio.Event()
    after = Job("after", DateTrigger(SystemClock().now()), lambda due: _set(ran))
    jobs = [recording(told, "rebalance", WokenNow(time(7), ZONE)), after]
    schedule = LiveSchedule(jobs, SimulatedClock(due + late), _not_told)
    schedule.start()
    await asyncio.wait_for(ran.wait(), 5)
    await asyncio.sleep(0)
    schedule.stop()
    assert told == ([("rebalance", due)] if runs else [])


async def _not_told(name: str, error: Exception) -> None:
    raise AssertionError(f"{name} failed: {error}")


async def _set(event: asyncio.Event) -> None:
    event.set()

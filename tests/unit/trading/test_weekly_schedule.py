"""A weekly job: one instant per local week, over changes of the clock and of the zone, and caught up for a day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trading.schedule import CATCH_UP, WEEKLY_CATCH_UP, DailyAt, Job, WeeklyAt, catch_up
from trading.slots import Slot, once_per_day
from trading.store.port import Store

SUNDAY = 6
DENVER = ZoneInfo("America/Denver")
ZONES = ["America/Denver", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu", "Pacific/Apia"]


def due_from(trigger: DailyAt, start: datetime, count: int) -> list[datetime]:
    found, due = [], start
    for _ in range(count):
        due = trigger.on_or_after(due)
        found.append(due)
        due += timedelta(microseconds=1)
    return found


def test_it_falls_on_its_weekday_at_its_local_time() -> None:
    trigger = WeeklyAt(SUNDAY, time(18), DENVER)
    first, second = due_from(trigger, datetime(2026, 7, 1, tzinfo=UTC), 2)
    assert first.astimezone(DENVER) == datetime(2026, 7, 5, 18, tzinfo=DENVER)
    assert second - first == timedelta(days=7)


def test_where_the_clock_changes_the_week_is_an_hour_longer_or_shorter() -> None:
    trigger = WeeklyAt(SUNDAY, time(2, 30), DENVER)
    spring = due_from(trigger, datetime(2026, 2, 28, tzinfo=UTC), 3)
    # On 8 March 2026 02:30 is skipped: the job runs right after the gap, at 03:30.
    assert spring[1].astimezone(DENVER).hour == 3
    assert [b - a for a, b in pairwise(spring)] == [timedelta(days=7), timedelta(days=7, hours=-1)]
    autumn = due_from(trigger, datetime(2026, 10, 24, tzinfo=UTC), 3)
    assert sorted(b - a for a, b in pairwise(autumn)) == [
        timedelta(days=7),
        timedelta(days=7, hours=1),
    ]


@settings(max_examples=40, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    at=st.times(),
    day=st.integers(0, 1100),
)
def test_every_local_week_has_one(zone: str, weekday: int, at: time, day: int) -> None:
    local, start = ZoneInfo(zone), datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day)
    dates = [due.astimezone(local).date() for due in due_from(WeeklyAt(weekday, at.replace(fold=0), local), start, 8)]
    assert {date.weekday() for date in dates} == {weekday}
    assert [b - a for a, b in pairwise(dates)] == [timedelta(days=7)] * 7


async def test_woken_twice_or_restarted_it_runs_once_a_week(any_store: Store) -> None:
    ran: list[str] = []

    async def run(slot: Slot) -> None:
        async with any_store.transaction() as tx:
            await slot.claim(tx)
        ran.append(slot.day)

    trigger = WeeklyAt(SUNDAY, time(18), DENVER)
    for due in due_from(trigger, datetime(2026, 7, 1, tzinfo=UTC), 2):
        await once_per_day("weekly report", any_store, DENVER, run)(due)
        await once_per_day("weekly report", any_store, DENVER, run)(due)
    assert ran == ["2026-07-05", "2026-07-12"]


@pytest.mark.parametrize(("late", "runs"), [(timedelta(hours=3), 1), (WEEKLY_CATCH_UP, 1), (timedelta(hours=25), 0)])
async def test_a_missed_one_is_caught_up_within_a_day(late: timedelta, runs: int) -> None:
    ran: list[datetime] = []

    async def run(due: datetime) -> None:
        ran.append(due)

    due = datetime(2026, 7, 5, 18, tzinfo=DENVER).astimezone(UTC)
    start = due - timedelta(days=30)
    weekly = Job("weekly report", WeeklyAt(SUNDAY, time(18), DENVER), run)
    await catch_up([weekly], due + late, start)
    assert ran == [due] * runs
    daily = Job("report", DailyAt(time(18), DENVER), run)
    await catch_up([daily], due + CATCH_UP + timedelta(hours=1), start)
    assert ran == [due] * runs, "a daily one is not"


async def test_before_the_first_start_there_was_none() -> None:
    async def run(due: datetime) -> None:
        raise AssertionError("it was not running then")

    due = datetime(2026, 7, 5, 18, tzinfo=DENVER).astimezone(UTC)
    job = Job("weekly report", WeeklyAt(SUNDAY, time(18), DENVER), run)
    await catch_up([job], due + timedelta(hours=1), due + timedelta(minutes=1))

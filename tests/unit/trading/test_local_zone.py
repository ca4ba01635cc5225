"""A time zone that changes at run time: shown and understood at once, and still one run per local date."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.world import START, ZONE, SmallWorld, small_world, started
from trading.clock import SimulatedClock
from trading.domain.event import CycleDecided, ReportDue, SettingChanged
from trading.errors import Fatal
from trading.schedule import DailyAt, Job, LiveSchedule, Walk
from trading.slots import APART, Slot, next_open, once_per_day
from trading.store.memory import MemoryStore
from trading.store.memory_transaction import MemoryTransaction
from trading.store.port import Store

BERLIN, AUCKLAND, LOS_ANGELES = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Los_Angeles")
DAY = timedelta(days=1)


async def live_until(world: SmallWorld, end: datetime, walk: Walk | None = None) -> None:
    walk = walk or Walk(world.core.jobs(), world.clock.now())
    while world.clock.now() < end:
        world.clock.advance(3600)
        await walk.run_due(world.clock.now())


async def test_it_holds_for_what_is_shown_and_understood_at_once_and_over_restarts(any_store: Store) -> None:
    world = await started(any_store)
    assert world.desk.world.timezone == ZONE
    view = await world.desk.controls.set_zone(BERLIN, "@ana")
    assert (view.old, view.now) == (ZONE, BERLIN) and world.desk.world.timezone == BERLIN
    assert (await world.desk.status()).world.timezone == BERLIN
    today = world.desk.window("today")
    assert today is not None and today.end == world.clock.now()
    again = await world.restarted()
    await again.core.start()
    assert again.desk.world.timezone == BERLIN
    assert await again.events(SettingChanged) == [
        SettingChanged(START, "Time zone", "America/Denver", "Europe/Berlin", "@ana")
    ]


async def test_today_begins_at_the_new_midnight() -> None:
    world = await started(clock=SimulatedClock(START), people=SimulatedClock(START))
    await live_until(world, START + 2 * DAY)
    await world.desk.controls.set_zone(AUCKLAND, "@ana")
    today = world.desk.window("today")
    assert today is not None
    assert today.start.astimezone(AUCKLAND).time() == time()


async def test_the_same_zone_again_changes_and_tells_nothing() -> None:
    world = await started()
    await world.desk.controls.set_zone(ZoneInfo(ZONE.key), "@ana")
    assert await world.events(SettingChanged) == []


async def test_a_setting_that_was_changed_since_is_the_newer_word(any_store: Store) -> None:
    world = await started(any_store)
    await world.desk.controls.set_zone(BERLIN, "@ana")
    tokyo = ZoneInfo("Asia/Tokyo")
    again = await world.restarted(world=replace(world.rules.world, timezone=tokyo))
    assert again.desk.world.timezone == tokyo


async def test_daily_jobs_follow_at_once(any_store: Store) -> None:
    world = await started(any_store)
    walk = Walk(world.core.jobs(), world.clock.now())
    view = await world.desk.controls.set_zone(BERLIN, "@ana")
    # 12:00 UTC is 13:00 in Berlin: today's 07:00 is over there and not made up for, today's report is ahead.
    assert view.next_rebalance.astimezone(BERLIN).strftime("%d %H:%M") == "04 07:00"
    assert view.next_report.astimezone(BERLIN).strftime("%d %H:%M") == "03 18:00"
    await live_until(world, view.next_rebalance - timedelta(hours=1), walk)
    assert len(await world.events(ReportDue)) == 1 and await world.events(CycleDecided) == []
    await live_until(world, view.next_rebalance, walk)
    assert [event.at for event in await world.events(CycleDecided)] == [view.next_rebalance]


async def test_a_date_that_had_its_run_has_no_second_one_and_the_status_knows() -> None:
    world = await started(clock=SimulatedClock(START), people=SimulatedClock(START))
    await world.desk.controls.set_zone(AUCKLAND, "@ana")
    walk = Walk(world.core.jobs(), world.clock.now())
    first = (await world.desk.status()).next_rebalance
    assert first is not None
    await live_until(world, first, walk)
    await world.desk.controls.set_zone(LOS_ANGELES, "@ana")
    # Auckland's date has been served: Los Angeles comes to it 21 hours later, and waits for the day after.
    served = first.astimezone(AUCKLAND).date()
    following = (await world.desk.status()).next_rebalance
    assert following is not None
    assert following.astimezone(LOS_ANGELES).date() == served + DAY
    await live_until(world, following, walk)
    assert [event.at for event in await world.events(CycleDecided)] == [first, following]


async def test_a_skip_goes_with_the_next_run_into_the_new_zone(any_store: Store) -> None:
    world = await started(any_store)
    await world.desk.controls.skip(True, "@ana")
    view = await world.desk.controls.set_zone(BERLIN, "@ana")
    await live_until(world, view.next_rebalance)
    assert await world.events(CycleDecided) == []
    await live_until(world, view.next_rebalance + DAY)
    assert len(await world.events(CycleDecided)) == 1


async def test_a_change_that_is_not_kept_is_not_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await started()
    due = (await world.desk.controls.skip(True, "@ana")).due

    async def full(*_: object) -> int:
        raise Fatal("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(MemoryTransaction, "append", full)
        with pytest.raises(Fatal):
            await world.desk.controls.set_zone(BERLIN, "@ana")
    assert world.desk.world.timezone == ZONE
    assert (await world.desk.status()).next_rebalance == due
    assert (await world.desk.controls.skip(True, "@ana")).changed is False


async def test_a_running_schedule_takes_the_new_zone_without_running_what_it_would_have_run_before() -> None:
    world = await small_world()
    await world.core.start()
    failures: list[str] = []

    async def failed(name: str, error: Exception) -> None:
        failures.append(f"{name}: {error}")

    async def pass_time(half_hours: int) -> None:
        for _ in range(half_hours):
            for _ in range(30):
                await asyncio.sleep(0)
            world.clock.advance(1800)

    schedule = asyncio.create_task(LiveSchedule(world.core.jobs(), world.clock, failed).run())
    await pass_time(3)
    # 13:30 UTC: 07:00 in Denver is half an hour ahead, in Chicago it was half an hour ago.
    await world.desk.controls.set_zone(ZoneInfo("America/Chicago"), "@ana")
    await pass_time(6)
    assert await world.events(CycleDecided) == []
    await pass_time(48)
    schedule.cancel()
    assert failures == []
    assert [event.at for event in await world.events(CycleDecided)] == [START + timedelta(days=1, hours=1)]


NAMES = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("posix", "right")))
EXTREMES = (
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Cairo",
    "America/Scoresbysund",
)


@given(
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.lists(st.tuples(st.sampled_from([*NAMES, *EXTREMES]), st.integers(0, 60)), min_size=1, max_size=8),
    st.integers(-400 * 24, 1500 * 24),
)
@example(time(7), [("Pacific/Kiritimati", 26), ("Etc/GMT+12", 3), ("Pacific/Kiritimati", 3)], 5)
@example(time(7), [("Pacific/Auckland", 1), ("America/Los_Angeles", 1), ("Pacific/Auckland", 1)], 5)
async def test_however_the_zone_changes_no_date_has_two_runs_and_no_day_three(
    at: time, moves: Sequence[tuple[str, int]], hours_later: int
) -> None:
    clock, store, ran = (
        SimulatedClock(START + timedelta(hours=hours_later)),
        MemoryStore(),
        list[tuple[datetime, str]](),
    )
    zone, since = ZoneInfo("UTC"), clock.now()

    async def run(slot: Slot) -> None:
        async with store.transaction() as tx:
            await slot.claim(tx)
        ran.append((slot.due, slot.day))

    once = once_per_day("rebalance", store, lambda: zone, run)

    async def unless_before(due: datetime) -> None:
        if due > since:
            await once(due)

    walk = Walk([Job("rebalance", DailyAt(at, lambda: zone), unless_before)], clock.now())
    for name, hours in [*moves, ("UTC", 72)]:
        zone, since = ZoneInfo(name), clock.now()
        for _ in range(hours):
            clock.advance(3600)
            await walk.run_due(clock.now())
    days = [day for _, day in ran]
    assert len(days) == len(set(days)), ran
    for earlier, later in itertools.pairwise(due for due, _ in ran):
        assert later - earlier >= APART, ran
    # Where the zone stays, every local day has its run, the first one at the latest after the next date begins.
    assert sum(due >= clock.now() - timedelta(hours=72) for due, _ in ran) >= 1


async def test_the_next_run_passes_over_days_that_are_served() -> None:
    store, trigger = MemoryStore(), DailyAt(time(7), ZONE)

    async def run(slot: Slot) -> None:
        async with store.transaction() as tx:
            await slot.claim(tx)

    async def following(after: datetime) -> datetime:
        async with store.reading() as read:
            return await next_open("rebalance", trigger, after, read)

    first = await following(START)
    await once_per_day("rebalance", store, ZONE, run)(first)
    assert await following(START) == first + DAY

"""A rebalance that is left out: once, over restarts, told, and with its turn taken."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.world import ZONE, FixedPlanner, SmallWorld, started
from trading.domain.event import CycleDecided, RunSkipped, SettingChanged
from trading.schedule import Walk
from trading.store.port import Store

DAY = timedelta(days=1)


async def live_until(world: SmallWorld, end: datetime) -> None:
    """Let the schedule run, hour by hour."""
    walk = Walk(world.core.jobs(), world.clock.now())
    while world.clock.now() < end:
        world.clock.advance(3600)
        await walk.run_due(world.clock.now())


async def decided(world: SmallWorld) -> int:
    return len(await world.events(CycleDecided))


async def test_the_next_one_is_left_out_and_the_one_after_runs(any_store: Store) -> None:
    world = await started(any_store)
    view = await world.desk.controls.skip(True, "@ana")
    assert (view.skipped, view.changed) == (True, True)
    assert view.due.astimezone(ZONE).hour == 7
    await live_until(world, view.due + timedelta(hours=3))
    assert await decided(world) == 0
    assert [(e.job, e.due, e.by) for e in await world.events(RunSkipped)] == [("rebalance", view.due, "@ana")]
    await live_until(world, view.due + DAY)
    assert await decided(world) == 1


async def test_it_is_left_out_after_a_restart_too_and_the_turn_stays_taken(any_store: Store) -> None:
    world = await started(any_store)
    view = await world.desk.controls.skip(True, "@ana")
    again = await world.restarted()
    await again.core.start()
    await live_until(again, view.due)
    assert len(await again.events(RunSkipped)) == 1
    third = await again.restarted()
    await third.core.start()
    job = next(job for job in third.core.jobs() if job.name == "rebalance")
    await job.run(view.due)
    assert await decided(third) == 0 and len(await third.events(RunSkipped)) == 1


async def test_asking_twice_changes_nothing_and_is_told_once() -> None:
    world = await started()
    await world.desk.controls.skip(True, "@ana")
    assert not (await world.desk.controls.skip(True, "@bob")).changed
    assert [event.by for event in await world.events(SettingChanged)] == ["@ana"]


async def test_it_can_be_withdrawn() -> None:
    world = await started()
    assert not (await world.desk.controls.skip(False, "@ana")).changed
    due = (await world.desk.controls.skip(True, "@ana")).due
    view = await world.desk.controls.skip(False, "@ana")
    assert (view.skipped, view.changed) == (False, True)
    await live_until(world, due)
    assert await decided(world) == 1 and await world.events(RunSkipped) == []


async def test_the_status_says_so_until_it_is_over() -> None:
    world = await started()
    assert (await world.desk.status()).alerts == ()
    due = (await world.desk.controls.skip(True, "@ana")).due
    assert (await world.desk.status()).alerts == ("The next rebalance is left out: /schedule",)
    await live_until(world, due)
    assert (await world.desk.status()).alerts == ()


@pytest.mark.parametrize("hours", [3, 30])
async def test_a_run_that_was_missed_altogether_uses_it_up(hours: int) -> None:
    world = await started()
    due = (await world.desk.controls.skip(True, "@ana")).due
    world.clock.advance_to(due + timedelta(hours=hours))
    again = await world.restarted()
    await again.core.start()
    assert (await again.desk.status()).alerts == ()
    await live_until(again, again.clock.now() + DAY)
    assert await decided(again) == 1 and await again.events(RunSkipped) == []


async def test_who_asks_for_a_rebalance_now_gets_one() -> None:
    world = await started()
    assert isinstance(world.planner, FixedPlanner)
    await world.desk.controls.skip(True, "@ana")
    await world.desk.preview_rebalance("@ana")
    assert len(world.planner.seen) == 1


async def test_the_schedule_shows_what_runs_next_soonest_first() -> None:
    world = await started()
    planned = (await world.desk.controls.schedule()).planned
    assert [p.name for p in planned] == ["Equity reading", "Rebalance", "Report"]
    assert not any(p.skipped for p in planned)
    await world.desk.controls.skip(True, "@ana")
    rebalance = next(p for p in (await world.desk.controls.schedule()).planned if p.name == "Rebalance")
    assert rebalance.skipped and rebalance.note == "left out, asked by @ana"

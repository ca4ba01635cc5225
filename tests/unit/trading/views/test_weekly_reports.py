"""The weekly report: made at its hour, the same as /report weekly, and the same after a restart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.unit.trading.decision.predictions import UP, made
from tests.world import START, ZONE, SmallWorld, rules, started
from trading.clock import SimulatedClock
from trading.contract.books import PeriodReport
from trading.domain.event import ThesisSettled, WeeklyReportDue
from trading.domain.outcome import PredictionStatus
from trading.domain.usage import ModelCall, Purpose
from trading.schedule import Walk
from trading.store.port import Store

SUNDAY = "2025-03-09"
DUE = datetime(2025, 3, 9, 18, tzinfo=ZONE).astimezone(UTC)
"""The clock was put forward that morning: the week was an hour short."""
ON_SUNDAYS = rules(report_weekly_on=6)


async def a_week(store: Store | None = None) -> SmallWorld:
    """BTC bought on Monday and sold higher on Thursday, a prediction that is hit, a model that was asked."""
    world = await started(store, ON_SUNDAYS)
    async with world.store.transaction() as tx:
        await tx.add_predictions([made(replace(UP, target=Decimal(101), days=30)), made(replace(UP, days=1), name="q")])
        for number in range(2):
            await tx.add_model_call(
                ModelCall(str(number), START, Purpose.REBALANCE, "", "m", 10, 1, Decimal("0.02"), 1.0, "ok")
            )
    await world.buy("5")
    for day in (1, 2, 3, 4, 5):
        world.clock.advance_to(START + timedelta(days=day))
        for symbol, cost in (("BTC/USD", 100 if day < 3 else 110), ("ETH/USD", 10), ("SOL/USD", 1)):
            world.tell(symbol, cost)
        if day == 3:
            await world.sell("5")
        await world.core.curve.sample()
    walk = Walk(world.core.jobs(), DUE)
    world.clock.advance_to(DUE)
    await walk.run_due(DUE)
    return world


async def report(world: SmallWorld, day: str = SUNDAY) -> PeriodReport:
    found = await world.desk.books.report_of_week(day)
    assert found is not None
    return found


async def test_it_is_posted_once_on_its_day(any_store: Store) -> None:
    world = await a_week(any_store)
    assert await world.events(WeeklyReportDue) == [WeeklyReportDue(DUE, SUNDAY)]


async def test_it_tells_the_week(any_store: Store) -> None:
    found = await report(await a_week(any_store))
    assert (found.name, found.at, found.equity) == ("weekly", DUE, Decimal("1045.8"))
    assert (found.whole.change, found.whole.trades, found.whole.fees) == (Decimal("45.8"), 2, Decimal("4.2"))
    assert found.period is not None
    assert [line.name for line in found.period.lines][:3] == ["Portfolio", "BTC", "ETH"]
    assert found.outcomes is not None
    assert (found.outcomes.closed, found.outcomes.models.calls, found.outcomes.models.cost) == (1, 2, Decimal("0.04"))
    assert found.outcomes.best is not None
    assert found.outcomes.best.realized == Decimal("45.8")
    assert (found.outcomes.score.expired, found.outcomes.score.open) == (1, 1)


async def test_what_is_asked_for_at_the_same_moment_is_the_same() -> None:
    world = await a_week()
    posted, asked = await report(world), await world.desk.books.report("weekly")
    assert posted == asked


async def test_it_stays_as_it_was_made() -> None:
    world = await a_week()
    before = await report(world)
    world.clock.advance(60)
    world.tell("BTC/USD", 50)
    assert await report(world) == before


async def test_after_a_restart_its_figures_are_the_same(any_store: Store) -> None:
    world = await a_week(any_store)
    before = await report(world)
    world.clock.advance(7200)
    again = await world.restarted()
    await again.core.start()
    after = await report(again)
    assert (after.at, after.equity, after.outcomes) == (before.at, before.equity, before.outcomes)
    assert (after.whole.change, after.whole.realized) == (before.whole.change, before.whole.realized)
    assert after.period is not None
    assert before.period is not None
    assert after.period.lines == before.period.lines


async def test_consecutive_weeks_neither_overlap_nor_leave_a_gap() -> None:
    world = await a_week()
    first = await report(world)
    world.clock.advance_to(DUE + timedelta(days=7))
    await world.core.weekly_reports.make(DUE + timedelta(days=7))
    second = await report(world, "2025-03-16")
    assert second.whole.window.start == first.whole.window.end


async def test_over_a_change_of_the_clock_a_week_begins_at_the_same_local_time() -> None:
    world = await started(None, ON_SUNDAYS, clock=SimulatedClock(DUE - timedelta(days=10)))
    world.clock.advance_to(DUE)
    await world.core.weekly_reports.make(DUE)
    start = (await report(world)).whole.window.start.astimezone(ZONE)
    assert (start.day, start.hour) == (2, 18)
    assert (DUE - start) < timedelta(days=7)


async def test_where_it_is_off_there_is_none() -> None:
    world = await started(None, rules())
    assert "weekly report" not in {job.name for job in world.core.jobs()}
    assert "Weekly report" not in {planned.name for planned in (await world.desk.controls.schedule()).planned}
    on = await started(None, ON_SUNDAYS)
    assert "Weekly report" in {planned.name for planned in (await on.desk.controls.schedule()).planned}


async def test_a_thesis_is_shown_with_what_it_predicts_and_how_far_that_is() -> None:
    world = await started(None, ON_SUNDAYS)
    async with world.store.transaction() as tx:
        await tx.add_predictions([made(name="late"), made(replace(UP, days=1), name="soon"), made(name="over")])
        over = made(name="over", status=PredictionStatus.HIT, settled_at=START, settled_price=Decimal(110))
        await tx.settle_prediction(over)
    world.clock.advance(3600)
    world.tell("BTC/USD", 100)
    view = await world.desk.thesis()
    assert [waiting.made.id for waiting in view.open] == ["soon", "late"]
    assert [(w.to_target, w.to_invalidation) for w in view.open] == [(Decimal("0.1"), Decimal("-0.05"))] * 2
    assert view.open[0].left == timedelta(hours=23)
    assert [one.id for one in view.settled] == ["over"]
    assert (view.score.hit, view.score.open) == (1, 2)


async def test_a_thesis_that_is_settled_is_told() -> None:
    world = await a_week()
    assert [len(event.settled) for event in await world.events(ThesisSettled)] == [1]

"""The daily report: made at its hour, kept as it was made, and its figures the same after a restart."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from tests.world import START, SmallWorld, rules, started
from trading.domain.event import ReportDue
from trading.store.port import Store

DUE = START + timedelta(hours=13)
"""18:00 in Denver on the first day is 01:00 UTC on the next."""
TODAY = "2025-03-03"


async def a_day(store: Store | None = None) -> SmallWorld:
    """BTC bought at 100 in the morning; hourly points until the report, at 110."""
    world = await started(store)
    await world.buy("5")
    while world.clock.now() < DUE:
        world.clock.advance(3600)
        world.tell("BTC/USD", 110)
        await world.core.curve.sample()
    return world


async def test_a_report_tells_the_day_and_everything_since_the_start(any_store: Store) -> None:
    world = await a_day(any_store)
    await world.core.reports.make(DUE)
    assert await world.events(ReportDue) == [ReportDue(DUE, TODAY)]
    report = await world.desk.report(TODAY)
    assert report is not None
    assert (report.at, report.local_date, report.equity, report.cash) == (DUE, TODAY, Decimal(1048), Decimal(498))
    assert (report.day.change, report.day.trades, report.day.fees) == (48, 1, 2)
    assert report.trades.total == 1
    assert [holding.symbol for holding in report.holdings] == ["BTC/USD"]
    assert report.since_start.lines[0].total_return == Decimal("0.048")
    assert [line.name for line in report.since_start.lines][:3] == ["Portfolio", "BTC", "ETH"]


async def test_it_stays_as_it_was_made_whatever_happens_after() -> None:
    world = await a_day()
    await world.core.reports.make(DUE)
    before = await world.desk.report(TODAY)
    world.clock.advance(60)
    world.tell("BTC/USD", 50)
    await world.sell("5")
    assert await world.desk.report(TODAY) == before


async def test_after_a_restart_its_figures_are_the_same(any_store: Store) -> None:
    world = await a_day(any_store)
    await world.core.reports.make(DUE)
    before = await world.desk.report(TODAY)
    world.clock.advance(3600)
    again = await world.restarted()
    await again.core.start()
    after = await again.desk.report(TODAY)
    assert before is not None
    assert after is not None
    assert (after.at, after.equity, after.trades) == (before.at, before.equity, before.trades)
    assert (after.day.change, after.day.realized) == (before.day.change, before.day.realized)
    assert after.since_start.lines == before.since_start.lines


async def test_consecutive_reports_neither_overlap_nor_leave_a_gap() -> None:
    world = await a_day()
    await world.core.reports.make(DUE)
    world.clock.advance(1)
    await world.sell("1")
    world.clock.advance_to(DUE + timedelta(days=1))
    world.tell("BTC/USD", 110)
    await world.core.curve.sample()
    await world.core.reports.make(DUE + timedelta(days=1))
    first, second = await world.desk.report(TODAY), await world.desk.report("2025-03-04")
    assert first is not None
    assert second is not None
    assert first.day.window.end == second.day.window.start
    assert first.day.window.end - DUE < timedelta(seconds=1)
    assert (first.trades.total, second.trades.total) == (1, 1)


async def test_what_is_filled_at_the_very_instant_of_the_report_is_in_its_equity_and_in_its_trades() -> None:
    world = await a_day()
    await world.sell("1")
    await world.core.reports.make(DUE)
    report = await world.desk.report(TODAY)
    assert report is not None
    assert (report.equity, report.trades.total) == (world.core.account.equity(), 2)


async def test_there_is_no_report_of_a_day_before_the_portfolio(world: SmallWorld) -> None:
    assert await world.desk.report("2025-03-01") is None


async def test_only_the_newest_reports_are_kept_in_memory_and_older_ones_are_made_again() -> None:
    world = await a_day()
    for day in range(12):
        world.clock.advance_to(DUE + timedelta(days=day))
        world.tell("BTC/USD", 110 + day)
        await world.core.curve.sample()
        await world.core.reports.make(world.clock.now())
    oldest = await world.desk.report(TODAY)
    assert oldest is not None
    assert oldest.equity == 1048


async def test_the_report_of_a_day_is_due_at_its_local_time() -> None:
    told = rules()
    world = await started(told=told)
    due = {job.name: job.trigger.get_next_fire_time(None, START) for job in world.core.jobs()}
    assert due["report"] == DUE
    assert due["rebalance"] == START + timedelta(hours=2)
    assert due["day"] == START + timedelta(hours=19)
    assert due["equity"] == START
    assert isinstance(due["report"], datetime)

"""A daily report tells its own hour, however late a channel asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chatbot.present.cards import reports as cards
from tests.world import SmallWorld, started
from trading.contract import DailyReport

DUE = datetime(2025, 3, 4, 1, tzinfo=UTC)
"""18:00 in Denver on 3 March."""
DAY = "2025-03-03"


async def _make(world: SmallWorld, due: datetime) -> None:
    world.clock.advance_to(due)
    world.tell("BTC/USD", 100)
    job = next(job for job in world.core.jobs() if job.name == "report")
    await job.run(due)


async def _report(world: SmallWorld, day: str = DAY) -> DailyReport:
    report = await world.desk.report(day)
    assert report is not None
    return report


async def test_a_fill_at_the_hour_of_the_report_is_in_its_trades_as_it_is_in_its_equity() -> None:
    world = await started()
    world.clock.advance_to(DUE)
    world.tell("BTC/USD", 100)
    await world.buy("5")
    await _make(world, DUE)
    report = await _report(world)
    assert (int(report.equity), report.day.trades, int(report.day.fees), report.since_start.trades) == (998, 1, 2, 1)


async def test_a_fill_at_the_hour_of_a_report_is_told_by_one_report_only() -> None:
    world = await started()
    world.clock.advance_to(DUE)
    world.tell("BTC/USD", 100)
    await world.buy("5")
    await _make(world, DUE)
    await _make(world, DUE + timedelta(days=1))
    assert (await _report(world, "2025-03-04")).day.trades == 0


async def test_a_channel_that_lags_weeks_behind_still_reads_what_was_held_then() -> None:
    world = await started()
    await world.buy("5")
    await _make(world, DUE)
    await world.sell("5")
    for days in range(1, 14):
        await _make(world, DUE + timedelta(days=days))
    report = await _report(world)
    assert [(held.symbol, int(held.quantity)) for held in report.holdings] == [("BTC/USD", 5)]
    assert report.cash == Decimal(498)
    assert report.day.unrealized_now == Decimal(-2)


async def test_after_a_restart_a_report_leaves_out_holdings_rather_than_telling_todays() -> None:
    world = await started()
    await world.buy("5")
    await _make(world, DUE)
    await world.sell("5")
    world.clock.advance(3600)
    again = await world.restarted()
    await again.core.open()
    report = await _report(again)
    assert (report.at, report.equity, report.cash) == (DUE, Decimal(998), Decimal(498))
    assert not report.holdings
    assert report.day.unrealized_now is None
    assert "not kept" in cards.daily(report, b"").card

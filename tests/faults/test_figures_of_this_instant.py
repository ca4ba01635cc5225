"""A simulated clock stands still while a card waits: what was filled at that very instant has happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from tests.world import START, SmallWorld, started
from trading.contract import Window

TODAY = "today"


async def _bought_after_the_sample() -> SmallWorld:
    """The hourly point of this instant is stored, then a card of this instant is approved."""
    world = await started()
    world.clock.advance(3600)
    world.tell("BTC/USD", 100)
    await world.core.curve.sample()
    await world.buy("5")
    return world


def _window(world: SmallWorld, words: str) -> Window:
    window = world.desk.window(words)
    assert window is not None
    return window


async def test_trades_and_profit_include_a_fill_of_now() -> None:
    world = await _bought_after_the_sample()
    pnl = await world.desk.pnl(_window(world, TODAY))
    assert (await world.desk.trades(_window(world, TODAY))).total == 1
    assert (pnl.trades, pnl.fees, pnl.change) == (1, Decimal(2), Decimal(-2))


async def test_performance_and_status_measure_up_to_now_not_to_the_stored_point_of_now() -> None:
    world = await _bought_after_the_sample()
    performance, status = await world.desk.performance(), await world.desk.status()
    assert performance is not None
    assert (performance.trades, performance.fees) == (1, Decimal(2))
    assert performance.lines[0].total_return == status.change == Decimal("-0.002")
    assert status.today_amount == Decimal(-2)


async def test_a_window_that_begins_now_has_no_change_instead_of_an_unknown_one() -> None:
    world = await started()
    pnl = await world.desk.pnl(_window(world, "all"))
    assert pnl.change == 0


async def test_a_window_of_the_past_still_ends_before_its_end() -> None:
    world = await started()
    await world.buy("1")
    world.clock.advance(3600)
    world.tell("BTC/USD", 100)
    await world.buy("1")
    world.clock.advance(3600)
    first_hour = Window(START, START + timedelta(hours=1), "the first hour")
    assert (await world.desk.trades(first_hour)).total == 1


async def test_today_begins_at_midnight_in_status_as_in_profit() -> None:
    world = await started()
    await world.buy("5")
    midnight = datetime(2025, 3, 4, 7, tzinfo=START.tzinfo)  # Midnight in Denver; no point of it is stored yet.
    world.clock.advance_to(midnight)
    world.tell("BTC/USD", 120)
    status, pnl = await world.desk.status(), await world.desk.pnl(_window(world, TODAY))
    assert status.today_amount == pnl.change == 0

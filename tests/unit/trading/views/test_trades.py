"""Trades with their reasons, and the profit they booked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.world import START, SmallWorld, started
from trading.contract import Window
from trading.domain.order import Side
from trading.store.port import Store

HOUR = timedelta(hours=1)


async def traded(store: Store | None = None) -> SmallWorld:
    """At START buy 4 BTC at 100; hourly after that: sell 1 at 120, 1 at 90, buy 10 ETH at 10."""
    world = await started(store)
    await world.buy("4")
    for hour, (symbol, price, side, quantity) in enumerate(
        [("BTC/USD", "120", Side.SELL, "1"), ("BTC/USD", "90", Side.SELL, "1"), ("ETH/USD", "10", Side.BUY, "10")], 1
    ):
        world.clock.advance_to(START + hour * HOUR)
        world.tell("BTC/USD", "120" if hour == 1 else "90")
        world.tell(symbol, price)
        await world.core.curve.sample()
        await (world.buy if side is Side.BUY else world.sell)(quantity, symbol)
    return world


def window(first: int, last: int) -> Window:
    return Window(START + first * HOUR, START + last * HOUR, "then")


async def test_trades_come_newest_first_with_order_and_batch(any_store: Store) -> None:
    world = await traded(any_store)
    trades = await world.desk.trades()
    assert trades.total == 4
    assert [(t.fill.symbol, t.fill.side) for t in trades.trades] == [
        ("ETH/USD", Side.BUY),
        ("BTC/USD", Side.SELL),
        ("BTC/USD", Side.SELL),
        ("BTC/USD", Side.BUY),
    ]
    for view in trades.trades:
        assert view.order.client_order_id == view.fill.client_order_id
        assert view.batch.id == view.order.intent.batch_id


async def test_they_can_be_narrowed_and_the_total_is_of_what_matches() -> None:
    world = await traded()
    assert (await world.desk.trades(limit=1)).total == 4
    assert len((await world.desk.trades(limit=1)).trades) == 1
    assert (await world.desk.trades(symbol="BTC/USD", side=Side.SELL)).total == 2
    assert (await world.desk.trades(limit=0)).trades == ()
    world.clock.advance(1)
    assert [t.fill.at for t in (await world.desk.trades(window(1, 3))).trades] == [START + 2 * HOUR, START + HOUR]


async def test_a_window_that_reaches_now_has_what_happened_at_this_very_instant() -> None:
    world = await traded()
    assert (await world.desk.trades(window(0, 3))).total == 4
    world.clock.advance(1)
    assert (await world.desk.trades(window(0, 3))).total == 3


async def test_profit_over_everything() -> None:
    world = await traded()
    world.clock.advance(3600)
    pnl = await world.desk.pnl(window(0, 9))
    gain, loss = 120 * Decimal("0.996") - Decimal("100.4"), 90 * Decimal("0.996") - Decimal("100.4")
    assert (pnl.trades, pnl.wins, pnl.losses) == (4, 1, 1)
    assert pnl.realized == gain + loss
    assert pnl.by_symbol == {"BTC/USD": gain + loss}
    assert pnl.fees == Decimal("0.004") * (400 + 120 + 90 + 100)
    assert pnl.unrealized_now == 180 - Decimal("200.8") + 100 - Decimal("100.4")
    equity = world.core.account.equity()
    assert equity is not None
    assert pnl.change == equity - 1000
    assert pnl.change == pnl.realized + pnl.unrealized_now
    assert pnl.change_fraction == pnl.change / 1000


async def test_profit_over_a_window_counts_what_happened_in_it() -> None:
    world = await traded()
    pnl = await world.desk.pnl(window(1, 2))
    assert (pnl.trades, pnl.wins, pnl.losses) == (1, 1, 0)
    first, last = (world.core.curve.at(START + hour * HOUR) for hour in (1, 2))
    assert first is not None
    assert last is not None
    assert pnl.change == last.equity - first.equity


async def test_profit_before_the_portfolio_began_is_unknown_and_not_zero() -> None:
    world = await traded()
    pnl = await world.desk.pnl(window(-9, -5))
    assert (pnl.change, pnl.change_fraction, pnl.trades, pnl.realized) == (None, None, 0, 0)


async def test_a_trade_is_explained_by_the_decision_behind_it(any_store: Store) -> None:
    world = await started(any_store)
    world.planner.wants(BTC="0.5")  # type: ignore[attr-defined]
    cycle = await world.core.rebalance.run("schedule")
    explanation = await world.desk.explain("BTC/USD", Side.BUY)
    assert explanation is not None
    assert explanation.cycle == cycle
    assert explanation.trade.order.intent.reason == "BTC looks good"
    assert await world.desk.explain("ETH/USD") is None
    assert await world.desk.explain("BTC/USD", Side.SELL) is None


async def test_the_newest_matching_trade_is_explained() -> None:
    world = await traded()
    explanation = await world.desk.explain(side=Side.SELL)
    assert explanation is not None
    assert (explanation.trade.fill.price, explanation.cycle) == (Decimal(90), None)

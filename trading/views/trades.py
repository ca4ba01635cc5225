"""Trades, and the profit they booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from trading.clock import Clock
from trading.contract import Explanation, Pnl, Trades, TradeView, Window
from trading.domain.money import ZERO
from trading.domain.order import Fill, Side
from trading.domain.portfolio import EquityPoint, Traded
from trading.portfolio.equity import EquityCurve
from trading.portfolio.performance import places
from trading.portfolio.traded_days import TradedDays
from trading.store.port import Queries, Store
from trading.views.holdings import Holdings


@dataclass(frozen=True, slots=True)
class _Curve:
    """Points of equity, oldest first, and the places of those that external money came with."""

    points: Sequence[EquityPoint]
    came: Sequence[int]

    def change(self, window: Window) -> tuple[EquityPoint | None, Decimal | None]:
        """The point that `window` starts from, and by how much equity changed since then without external money."""
        first, last = places(self.points, window)
        if first >= last:
            return None, None
        start = self.points[first]
        if last - first < 2 and start.at < window.end:
            return start, None
        flows = (self.points[place].flows for place in self.came if first < place < last)
        return start, self.points[last - 1].equity - start.equity - sum(flows, ZERO)


class TradeViews:
    """Fills joined with the orders and batches they came from."""

    def __init__(self, store: Store, curve: EquityCurve, holdings: Holdings, days: TradedDays, clock: Clock) -> None:
        self._store = store
        self._curve = curve
        self._holdings = holdings
        self._clock = clock
        self.days = days

    async def trades(self, window: Window | None, symbol: str | None, side: Side | None, limit: int) -> Trades:
        """The newest `limit` trades, newest first."""
        async with self._store.reading() as read:
            since, until = self._span(window)
            fills = await read.fills(since=since, until=until, symbol=symbol, side=side, limit=limit)
            total = await read.count_fills(since=since, until=until, symbol=symbol, side=side)
            views = await joined(read, list(reversed(fills)))
        return Trades(window, symbol, views, total)

    async def explain(self, symbol: str | None, side: Side | None) -> Explanation | None:
        """The newest trade that matches, with the decision behind it."""
        async with self._store.reading() as read:
            fills = await read.fills(symbol=symbol, side=side, limit=1)
            if not fills:
                return None
            (trade,) = await joined(read, fills)
            cycle = await read.cycle(trade.batch.cycle_id) if trade.batch.cycle_id else None
        return Explanation(trade, cycle)

    async def pnl(self, window: Window) -> Pnl:
        """Profit over `window`: the change of equity without flows, and what sales realized."""
        (found,) = await self.pnls([window])
        return found

    async def pnls(self, windows: Sequence[Window]) -> tuple[Pnl, ...]:
        """Profit over each of `windows`, all at the same prices, so that parts add up to their whole."""
        points = self._curve.up_to(max(window.end for window in windows))
        curve = _Curve(points, self._curve.columns.of(points).flows.nonzero()[0].tolist())
        unrealized = [holding.unrealized for holding in self._holdings.all()]
        now = None if None in unrealized else sum((u for u in unrealized if u is not None), ZERO)
        return tuple([await self._pnl(window, curve, now) for window in windows])

    async def _pnl(self, window: Window, curve: _Curve, unrealized: Decimal | None) -> Pnl:
        traded = await self._traded(window)
        start, change = curve.change(window)
        sales = [each for each in traded if each.side is Side.SELL]
        return Pnl(
            window=window,
            change=change,
            change_fraction=change / start.equity if start and change is not None and start.equity else None,
            realized=sum((each.realized for each in sales), ZERO),
            unrealized_now=unrealized,
            fees=sum((each.fees for each in traded), ZERO),
            trades=sum(each.trades for each in traded),
            wins=sum(each.wins for each in sales),
            losses=sum(each.trades - each.wins for each in sales),
            by_symbol={each.symbol: each.realized for each in sales},
        )

    async def cost_and_count(self, window: Window) -> tuple[Decimal, int]:
        """Fees and number of trades in `window`."""
        traded = await self._traded(window)
        return sum((each.fees for each in traded), ZERO), sum(each.trades for each in traded)

    async def _traded(self, window: Window) -> Sequence[Traded]:
        return await self.days.traded(*self._span(window))

    def _span(self, window: Window | None) -> tuple[datetime | None, datetime | None]:
        """From when until when to look."""
        if window is None:
            return None, None
        # What happened at this very instant has happened: a window that reaches now has no end yet.
        return window.start, window.end if window.end < self._clock.now() else None


async def joined(read: Queries, fills: Sequence[Fill]) -> tuple[TradeView, ...]:
    """`fills` with the orders and batches they came from, in the same order."""
    orders = {o.client_order_id: o for o in await read.orders_by_id([f.client_order_id for f in fills])}
    names = list(dict.fromkeys(order.intent.batch_id for order in orders.values()))
    batches = {batch.id: batch for batch in await read.batches_by_id(names)}
    pairs = [(fill, orders[fill.client_order_id]) for fill in fills]
    return tuple(TradeView(fill, order, batches[order.intent.batch_id]) for fill, order in pairs)

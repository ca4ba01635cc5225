"""Sales by what they brought: how many won, what they made and lost, and the largest of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from trading.clock import Clock
from trading.contract import TradeView, Window, World
from trading.contract.books import Sales
from trading.domain.money import ZERO
from trading.domain.order import Fill, Side
from trading.portfolio.traded_days import TradedDays
from trading.store.port import Store
from trading.views.rankings import Rankings
from trading.views.trades import joined


class SaleViews:
    """Reads sums and the largest few; never every sale."""

    def __init__(self, world: Callable[[], World], store: Store, clock: Clock, days: TradedDays) -> None:
        self._world = world
        self._store = store
        self._days = days
        self._clock = clock
        self._rankings = Rankings(store, clock, days)

    async def sales(self, window: Window, symbol: str | None) -> Sales:
        """What the sales of `symbol`, or all, brought over `window`."""
        traded = await self._days.traded(*self._span(window))
        sold = [each for each in traded if each.side is Side.SELL and symbol in (None, each.symbol)]
        made, realized = sum((each.made for each in sold), ZERO), sum((each.realized for each in sold), ZERO)
        wins = sum(each.wins for each in sold)
        losses = sum(each.trades for each in sold) - wins
        return Sales(self._world(), window, symbol, wins, losses, made, made - realized)

    async def best(self, window: Window, symbol: str | None) -> Sequence[TradeView]:
        return await self._joined(await self._rankings.best(*self._span(window), symbol))

    async def worst(self, window: Window, symbol: str | None) -> Sequence[TradeView]:
        return await self._joined(await self._rankings.worst(*self._span(window), symbol))

    async def _joined(self, sales: Sequence[Fill]) -> Sequence[TradeView]:
        async with self._store.reading() as read:
            return await joined(read, sales)

    def _span(self, window: Window) -> tuple[datetime, datetime | None]:
        # What happened at this very instant has happened: a window that reaches now has no end yet.
        return window.start, window.end if window.end < self._clock.now() else None

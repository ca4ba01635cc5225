"""The equity curve: hourly points with the benchmarks' prices beside them, in memory and in the store."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from trading.clock import Clock
from trading.domain.money import ZERO
from trading.domain.portfolio import EquityPoint
from trading.portfolio.book import Book
from trading.portfolio.equity_columns import EquityColumns
from trading.store.port import Store, Transaction

JUST_NOW = timedelta(minutes=1)
_PORTION = 4_000
"""Points that are converted in one go."""


class Valuation(Protocol):
    """The book at today's prices."""

    @property
    def book(self) -> Book: ...

    def equity(self) -> Decimal | None: ...

    def price(self, symbol: str) -> Decimal | None: ...


class EquityCurve:
    """Samples the portfolio. `benchmarks` maps an asset ("BTC") to the symbol it is priced by."""

    def __init__(self, store: Store, valuation: Valuation, benchmarks: Mapping[str, str], clock: Clock) -> None:
        self._store = store
        self._valuation = valuation
        self._benchmarks = benchmarks
        self._clock = clock
        self._points: list[EquityPoint] = []
        self.columns = EquityColumns()
        """The points as arrays, for who measures them."""
        self.pending = ZERO
        """External money that came in since the last point, in quote."""

    async def load(self) -> None:
        """Take up the curve of earlier runs."""
        async with self._store.reading() as read:
            self._points = list(await read.equity_points())
            flows = await read.cash_flows()
        if self._points:
            self.pending = sum((flow.worth for flow in flows if flow.at > self._points[-1].at), ZERO)
        await self._convert()

    async def _convert(self) -> None:
        """Now, and not when somebody asks; the event loop turns between two portions."""
        for count in range(_PORTION, len(self._points) + _PORTION, _PORTION):
            self.columns.of(self._points[:count])
            await asyncio.sleep(0)

    def note_flow(self, amount: Decimal) -> None:
        """Count external money into the next point's flows."""
        self.pending += amount

    @property
    def points(self) -> Sequence[EquityPoint]:
        """Every stored point, oldest first."""
        return self._points

    @property
    def inception(self) -> datetime | None:
        return self._points[0].at if self._points else None

    def at(self, instant: datetime) -> EquityPoint | None:
        """The last point at or before `instant`."""
        index = bisect_right(self._points, instant, key=lambda point: point.at)
        return self._points[index - 1] if index else None

    def up_to(self, end: datetime) -> Sequence[EquityPoint]:
        """The stored points and one of now, where now can be priced.

        Who asks for a window "until now" has said so a moment ago: now's point is dated `end` then, so that it lies
        inside.
        """
        now = self.now()
        if now is None:
            return self._points
        if timedelta(0) < now.at - end <= JUST_NOW:
            now = replace(now, at=end)
        if self._points and self._points[-1].at > now.at:
            return self._points
        # What was stored at this very instant may be older than a fill of the same instant.
        earlier = self._points[:-1] if self._points and self._points[-1].at == now.at else self._points
        return [*earlier, now]

    def now(self) -> EquityPoint | None:
        """The portfolio at this moment; None while something held has no price."""
        equity = self._valuation.equity()
        if equity is None:
            return None
        cash, at = self._valuation.book.cash, self._clock.now()
        # A point of the same instant is replaced: what came in with it comes in with this one.
        replaced = self._points[-1].flows if self._points and self._points[-1].at == at else ZERO
        prices = ((asset, self._valuation.price(symbol)) for asset, symbol in self._benchmarks.items())
        return EquityPoint(
            at=at,
            equity=equity,
            cash=cash,
            flows=self.pending + replaced,
            exposure=(equity - cash) / equity if equity else ZERO,
            benchmarks={asset: price for asset, price in prices if price is not None},
        )

    async def sample(self) -> EquityPoint | None:
        """Store a point of now."""
        point = self.now()
        if point is not None:
            async with self._store.transaction() as tx:
                await tx.add_equity_point(point)
            self.keep(point)
        return point

    async def sample_in(self, tx: Transaction) -> EquityPoint | None:
        """Store a point of now inside `tx`; `keep` it once that is committed."""
        point = self.now()
        if point is not None:
            await tx.add_equity_point(point)
        return point

    def keep(self, point: EquityPoint) -> None:
        """Take a stored point into the curve."""
        if self._points and self._points[-1].at == point.at:
            self._points.pop()
        self._points.append(point)
        self.pending = ZERO

"""Drives a world of candles: moves the clock from candle to candle, shows prices, and runs what is due.

The clock waits for the work it caused: the next instant comes only when everything that this one
started is done. It stands still while a card waits for a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from trading.clock import Clock, SimulatedClock
from trading.core import Core
from trading.domain.event import RunEnded
from trading.domain.market import TIMEFRAMES
from trading.exchange.candle_market import CandleMarket, candle_path
from trading.exchange.columns import CandleHistory, Columns
from trading.schedule import Walk

CHECKPOINT = "world_now"
"""Where the simulated clock stood, in the store's meta: a restarted run goes on from there."""


MOST_CREDIT = 0.5
"""Seconds of lateness that are made up for."""


class Pace:
    """Spreads simulated time over real time: `day` real seconds per simulated day, on the people's clock."""

    def __init__(self, day: float, people: Clock) -> None:
        self._rate = day / 86_400
        self._people = people
        self._debt = 0.0
        self._last = people.monotonic()

    async def spend(self, simulated: timedelta) -> None:
        """Let the real time pass that belongs to `simulated`, less what the work took.

        A little lateness is made up for, as timers overshoot; what a slow machine loses is not caught up.
        """
        now = self._people.monotonic()
        self._debt = max(-MOST_CREDIT, self._debt + simulated.total_seconds() * self._rate - (now - self._last))
        self._last = now
        if self._debt > 0.002:
            await self._people.sleep(self._debt)
        else:
            await self._people.sleep(0)

    def restart(self) -> None:
        """Count from now: what passed so far was waiting, not work."""
        self._last = self._people.monotonic()


class Simulation:
    """One run over a candle history, from `start` to `end` (or for ever)."""

    def __init__(
        self,
        core: Core,
        history: CandleHistory,
        market: CandleMarket,
        clock: SimulatedClock,
        pace: Pace,
        end: datetime | None,
    ) -> None:
        self._core = core
        self._history = history
        self._market = market
        self._clock = clock
        self._pace = pace
        self._end = end
        self._step = TIMEFRAMES[history.timeframe]
        self._walk = Walk(core.jobs(), clock.now())
        self._kept_at = core.adapters.people.monotonic()

    async def run(self) -> None:
        """Step until the end, then say so in the journal."""
        while self._end is None or self._clock.now() + self._step <= self._end:
            await self._candle(self._clock.now())
        await self._finish()

    async def _candle(self, opened_at: datetime) -> None:
        """The candle that opens now: its open, the jobs that are due, the levels it touches, its end."""
        self._history.extend(opened_at + self._step)
        await self._settled()
        rows = [(symbol, row) for symbol in self._core.watched if (row := self._row(symbol, opened_at))]
        for symbol, (first, *_) in rows:
            await self._show(symbol, Decimal(str(first)), opened_at)
        await self._walk.run_due(opened_at)
        await self._settled()
        await self._inside(opened_at, rows)
        await self._pace.spend(self._step)
        self._clock.advance_to(opened_at + self._step)
        await self._checkpoint()

    async def _inside(self, opened_at: datetime, rows: list[tuple[str, tuple[float, float, float, float]]]) -> None:
        """Show the exit levels that lie within each candle, between its two ends."""
        middle = opened_at + self._step / 2
        for symbol, row in rows:
            stop, target = self._core.monitor.levels(symbol)
            if stop is None and target is None:
                continue
            for price in candle_path(*row, stop, target)[1:-1]:
                self._clock.advance_to(middle)
                await self._show(symbol, price, middle)

    async def _show(self, symbol: str, price: Decimal, at: datetime) -> None:
        quote = self._market.publish(symbol, price, at)
        self._core.quotes.put(symbol, quote)
        await self._core.on_quote(symbol, quote)

    def _row(self, symbol: str, opened_at: datetime) -> tuple[float, float, float, float] | None:
        columns: Columns = self._history.columns(symbol, self._history.timeframe)
        index = columns.find(opened_at)
        if index is None:
            return None
        return tuple(float(c[index]) for c in (columns.open, columns.high, columns.low, columns.close))  # type: ignore[return-value]

    async def _settled(self) -> None:
        if self._core.approvals.waiting():
            await self._keep()
            await self._core.approvals.settled()
            self._pace.restart()

    async def _checkpoint(self) -> None:
        # Once per real second is enough: the journal and the fills carry their own times.
        now = self._core.adapters.people.monotonic()
        if now - self._kept_at >= 1:
            self._kept_at = now
            await self._keep()

    async def _keep(self) -> None:
        async with self._core.adapters.store.transaction() as tx:
            await tx.put_meta(CHECKPOINT, self._clock.now().isoformat())

    async def _finish(self) -> None:
        # The last price shown was inside the last candle; the result is told at its close.
        await self._core.refresh(self._core.watched)
        await self._core.curve.sample()
        residual = await self._core.residual()
        async with self._core.adapters.store.transaction() as tx:
            await tx.put_meta(CHECKPOINT, self._clock.now().isoformat())
            await tx.append(RunEnded(self._clock.now(), residual))

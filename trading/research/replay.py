"""The replay engine: the core's own intake, risk, orders and book over recorded candles.

It jumps from one bar in which something can happen to the next: a bar after which the strategy wants to
act, a bar that touches an exit level, the end of a UTC day. A decision made on a closed candle fills at
the next open. An exit inside a candle fills at its level, or at the open where the price gapped over it;
where stop and target both lie inside, the stop comes first.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from trading.clock import SimulatedClock
from trading.core import Core
from trading.decision.targets import Derivation, Portfolio, Terms
from trading.domain.market import TIMEFRAMES, Quote
from trading.domain.money import ONE, ZERO
from trading.domain.order import Batch, Source
from trading.domain.plan import TargetPlan, TargetWeight
from trading.domain.risk import Refused
from trading.exchange.candle_market import candle_path
from trading.exchange.columns import Columns, from_ms
from trading.research.grid import NEVER, Grid
from trading.strategy.port import Prepared, Strategy

Progress = Callable[[int, int], None]
"""Told the bars done and the bars there are."""


@dataclass(frozen=True, slots=True)
class ReplayCounts:
    """What the engine did: bars covered, decisions asked for, batches that risk refused, targets too small to trade."""

    bars: int
    decisions: int
    refused: int
    untradable: int


class Replay:
    """One run of `strategy` over `grid` on an assembled core whose venue has no spread and no slippage."""

    def __init__(self, core: Core, clock: SimulatedClock, grid: Grid, timeframe: str, strategy: Strategy) -> None:
        self._core = core
        self._clock = clock
        self._grid = grid
        self._bar = TIMEFRAMES[timeframe]
        self._strategy = strategy
        rules = core.rules
        self._terms = Terms(rules.limits, core.adapters.fees, rules.exits.take_profit)
        self._touches: dict[str, int] = {}
        self._levels: dict[str, tuple[Decimal | None, Decimal | None]] = {}
        self._decisions = self._refused = self._untradable = 0
        self._ids = itertools.count(1)

    async def run(self, progress: Progress) -> ReplayCounts:
        """Run to the last bar; `progress` is told how far it got, once per day."""
        prepared = self._strategy.prepare(self._grid.columns)
        wakeups = iter((prepared.wakeups.nonzero()[0] + 1).tolist())
        days = iter(self._grid.day_starts().tolist())
        wake, day, last = next(wakeups, NEVER), next(days, NEVER), len(self._grid)
        while (bar := min(wake, day, min(self._touches.values(), default=NEVER))) < last:
            self._open(bar)
            if bar == day:
                await self._core.curve.sample()
                progress(bar, last)
                day = next(days, NEVER)
            await self._gapped(bar)
            if bar == wake:
                await self._decide(prepared, bar)
                wake = next(wakeups, NEVER)
            await self._inside(bar)
            self._watch(bar + 1)
        await self._close()
        progress(last, last)
        return ReplayCounts(last, self._decisions, self._refused, self._untradable)

    def _open(self, bar: int) -> None:
        """The clock at the bar's first instant, every symbol at its open."""
        at = from_ms(int(self._grid.opened_at[bar]))
        self._clock.advance_to(at)
        for symbol, columns in self._grid.columns.items():
            price = float(columns.open[bar])
            if not math.isnan(price):
                self._show(symbol, Decimal(str(price)))

    async def _gapped(self, bar: int) -> None:
        """Exits that the open has already passed."""
        for symbol, touch in self._touches.items():
            if touch == bar:
                await self._tick(symbol)

    async def _decide(self, prepared: Prepared, bar: int) -> None:
        """Ask about the candle before this bar, and trade at this bar's open."""
        targets = prepared.decide(bar - 1, self._weights(bar - 1))
        self._decisions += 1
        if targets is None:
            return
        weights = {**self._weights_now(), **targets}
        named = tuple(TargetWeight(s, w, prepared.reason(bar - 1, s)) for s, w in weights.items())
        cash = ONE - sum(weights.values(), ZERO)
        await self._trade(TargetPlan(self._strategy.name, named, max(cash, ZERO), self._strategy.name))

    async def _trade(self, plan: TargetPlan) -> None:
        core, account = self._core, self._core.account
        equity = account.equity()
        if equity is None:
            return
        batch = Batch(self._new_id(), Source.STRATEGY, plan.decided_by, plan.reason, self._clock.now())
        held = {position.symbol: position.quantity for position in account.book.positions()}
        quotes = {symbol: quote for symbol in core.instruments if (quote := core.quotes.latest(symbol))}
        portfolio = Portfolio(equity, account.free_cash(), held)
        derivation = Derivation(portfolio, core.instruments, quotes, self._terms, batch.id, self._new_id)
        derived = derivation.orders(plan)
        self._untradable += derived.left_out
        if derived.intents and isinstance(await core.intake.submit(batch, derived.intents), Refused):
            self._refused += 1

    async def _inside(self, bar: int) -> None:
        """Levels that this bar touches between its open and its close."""
        middle = from_ms(int(self._grid.opened_at[bar])) + self._bar / 2
        for position in self._core.account.book.positions():
            stop, target = self._core.monitor.levels(position.symbol)
            row = self._row(self._grid.columns[position.symbol], bar)
            if row is None or (stop is None and target is None):
                continue
            for price in candle_path(*row, stop, target)[1:-1]:
                self._clock.advance_to(middle)
                self._show(position.symbol, price)
                await self._tick(position.symbol)

    def _watch(self, first: int) -> None:
        """Look up when each held position will next touch a level, where that may have changed."""
        held = {position.symbol for position in self._core.account.book.positions()}
        for symbol in self._touches.keys() - held:
            del self._touches[symbol], self._levels[symbol]
        for symbol in held:
            levels = self._core.monitor.levels(symbol)
            if self._levels.get(symbol) != levels or self._touches[symbol] < first:
                self._levels[symbol] = levels
                stop, target = (None if level is None else float(level) for level in levels)
                self._touches[symbol] = self._grid.first_touch(symbol, first, stop, target)

    async def _tick(self, symbol: str) -> None:
        quote = self._core.quotes.latest(symbol)
        if quote is not None:
            await self._core.on_quote(symbol, quote)

    async def _close(self) -> None:
        """Everything at its last close."""
        last = len(self._grid) - 1
        self._clock.advance_to(from_ms(int(self._grid.opened_at[last])) + self._bar)
        for symbol, columns in self._grid.columns.items():
            price = float(columns.close[last])
            if not math.isnan(price):
                self._show(symbol, Decimal(str(price)))
        await self._core.curve.sample()

    def _show(self, symbol: str, price: Decimal) -> None:
        self._core.quotes.put(symbol, Quote(price, price, price, self._clock.now()))

    def _weights(self, bar: int) -> Mapping[str, Decimal]:
        """Shares of equity at the close of `bar`."""
        return self._shares(lambda symbol: self._price(symbol, bar))

    def _weights_now(self) -> Mapping[str, Decimal]:
        """Shares of equity at the prices shown last."""
        return self._shares(lambda symbol: self._core.account.price(symbol) or ZERO)

    def _shares(self, price_of: Callable[[str], Decimal]) -> Mapping[str, Decimal]:
        book = self._core.account.book
        values = {position.symbol: position.quantity * price_of(position.symbol) for position in book.positions()}
        equity = book.cash + sum(values.values(), ZERO)
        return {symbol: value / equity for symbol, value in values.items()} if equity else {}

    def _price(self, symbol: str, bar: int) -> Decimal:
        close = float(self._grid.columns[symbol].close[bar])
        if not math.isnan(close):
            return Decimal(str(close))
        return self._core.account.price(symbol) or ZERO

    def _row(self, columns: Columns, bar: int) -> tuple[float, float, float, float] | None:
        row = float(columns.open[bar]), float(columns.high[bar]), float(columns.low[bar]), float(columns.close[bar])
        return None if math.isnan(row[0]) else row

    def _new_id(self) -> str:
        return f"{next(self._ids):032x}"


PRICES_NEVER_AGE = timedelta(days=36_500)
"""In a replay a missing bar means that nothing traded: the last price is still the price."""

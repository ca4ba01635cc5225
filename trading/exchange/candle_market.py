"""A market made of candles, simulated or recorded: it tells at each instant what was known then, and no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from trading.clock import Clock
from trading.domain.market import TIMEFRAMES, Candle, Instrument, Quote
from trading.domain.money import round_down, round_up
from trading.exchange.columns import EPOCH, CandleHistory, from_ms, length_ms


class CandleMarket:
    """`MarketData` over a `CandleHistory`, as of `clock.now()`.

    A price is the close of the newest candle that is over, or a tick published since. Bid and ask
    lie half of `spread` (a fraction of the price) below and above it, rounded outwards to the tick.
    """

    def __init__(
        self,
        history: CandleHistory,
        clock: Clock,
        *,
        spread: Decimal = Decimal("0.0005"),
        name: str = "simulated market",
    ) -> None:
        if not 0 <= spread < 1:
            raise ValueError(f"a spread is a fraction from 0 to below 1, not {spread}")
        self._history = history
        self._clock = clock
        self._name = name
        self._spread = spread
        self._below = 1 - spread / 2
        self._above = 1 + spread / 2
        self._ticks: dict[str, Quote] = {}
        self._steps_of_price = {symbol: rules.price_tick for symbol, rules in history.instruments().items()}

    @property
    def name(self) -> str:
        return self._name

    async def instruments(self) -> Mapping[str, Instrument]:
        return self._history.instruments()

    async def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        """What is known now of each symbol; a symbol without a price yet, or that is not traded here, is left out."""
        now = self._clock.now()
        self._history.extend(now)
        found = ((symbol, self._newest(symbol, now)) for symbol in symbols if symbol in self._steps_of_price)
        return {symbol: quote for symbol, quote in found if quote is not None}

    async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
        """The last `limit` candles that are over now, oldest first. Raises SettingsError for what cannot be had."""
        now = self._clock.now()
        self._history.extend(now)
        columns = self._history.columns(symbol, timeframe)
        closed = columns.closed_by(now, timeframe)
        return columns.slice(max(0, closed - limit), closed).to_candles(timeframe)

    @property
    def has_books(self) -> bool:
        return False

    async def depth(self, symbol: str, limit: int = 50) -> None:
        """None: candles do not tell who waited at which price."""

    def stream(self, symbols: Sequence[str]) -> None:
        """None: whoever moves the clock publishes the ticks, and polling sees them."""

    async def close(self) -> None:
        """Nothing is open."""

    def publish(self, symbol: str, price: Decimal, at: datetime) -> Quote:
        """Set what `symbol` trades at from `at` on, inside a candle that is not over yet."""
        tick = self._quote(symbol, price, at)
        self._ticks[symbol] = tick
        return tick

    def steps(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Every instant from `start` to `end`, both included, where a candle ends and one begins."""
        length = TIMEFRAMES[self._history.timeframe]
        instant = EPOCH + -((EPOCH - start) // length) * length
        while instant <= end:
            yield instant
            instant += length

    def _newest(self, symbol: str, now: datetime) -> Quote | None:
        tick = self._ticks.get(symbol)
        closed = self._last_close(symbol, now)
        if tick is not None and tick.at <= now and (closed is None or tick.at >= closed[1]):
            return tick
        return None if closed is None else self._quote(symbol, *closed)

    def _last_close(self, symbol: str, now: datetime) -> tuple[Decimal, datetime] | None:
        timeframe = self._history.timeframe
        columns = self._history.columns(symbol, timeframe)
        closed = columns.closed_by(now, timeframe)
        if closed == 0:
            return None
        at = from_ms(int(columns.opened_at[closed - 1]) + length_ms(timeframe))
        return Decimal(str(float(columns.close[closed - 1]))), at

    def _quote(self, symbol: str, price: Decimal, at: datetime) -> Quote:
        if not self._spread:
            return Quote(price, price, price, at)
        step = self._steps_of_price[symbol]
        bid = round_down(price * self._below, step) or price * self._below
        return Quote(bid, round_up(price * self._above, step), price, at)


def candle_path(
    open: float, high: float, low: float, close: float, stop: Decimal | None, target: Decimal | None
) -> tuple[Decimal, ...]:
    """The prices that a watcher of `stop` and `target` must see inside one candle, in order.

    The open, then at most one of the levels, then the close. The order of high and low inside a
    candle is unknown, so where both levels lie inside, the stop comes first: the worse of the two.
    Where the open is already beyond a level, the price gapped over it and only the open is seen.
    """
    first, last = Decimal(str(open)), Decimal(str(close))
    if stop is None and target is None:
        return first, last
    if (stop is not None and first <= stop) or (target is not None and first >= target):
        return first, last
    if stop is not None and Decimal(str(low)) <= stop:
        return first, stop, last
    if target is not None and Decimal(str(high)) >= target:
        return first, target, last
    return first, last

"""What a market is and what it says: instruments, quotes, order books, candles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

TIMEFRAMES: dict[str, timedelta] = {
    "1m": timedelta(minutes=1),
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "30m": timedelta(minutes=30),
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
}
"""Candle lengths we know, by their usual name, finest first."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A spot pair and the venue's rules for it. Steps and minimums are in base units, notional in quote."""

    symbol: str
    base: str
    quote: str
    price_tick: Decimal
    lot_step: Decimal
    min_quantity: Decimal
    min_notional: Decimal


def base_of(symbol: str) -> str:
    """The base currency of "BTC/USD": "BTC"."""
    return symbol.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Quote:
    """Best bid and ask and the last trade, as of `at`: venue time, or `ours` at receipt where the venue gives none."""

    bid: Decimal
    ask: Decimal
    last: Decimal
    at: datetime
    ours: bool = field(default=False, compare=False)

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2


Level = tuple[Decimal, Decimal]
"""One price of an order book and the quantity offered at it: quote per base, and base."""


@dataclass(frozen=True, slots=True)
class Depth:
    """The best levels of an order book as of `at`, best first on both sides."""

    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Candle:
    """One bar; `opened_at` is its first instant. Floats: candles feed indicators and charts, never the books."""

    timeframe: str
    opened_at: datetime
    open: float
    high: float
    low: float
    close: float
    volume: float

    @property
    def closed_at(self) -> datetime:
        return self.opened_at + TIMEFRAMES[self.timeframe]

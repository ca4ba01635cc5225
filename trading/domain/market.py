"""What a market is and what it says: instruments, quotes, candles."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Quote:
    """Best bid and ask and the last trade, as of `at` (venue time where the venue gives it)."""

    bid: Decimal
    ask: Decimal
    last: Decimal
    at: datetime

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2


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

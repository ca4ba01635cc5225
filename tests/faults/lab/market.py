"""The prices of the lab's exchange as market data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.faults.lab.exchange import Exchange
from tests.faults.lab.records import INSTRUMENTS
from trading.clock import Clock
from trading.domain.market import Candle, Depth, Instrument, Quote


class LabMarket:
    """`MarketData` without candles or depth; its quotes are always of this instant."""

    name = "the lab"
    has_books = False

    def __init__(self, exchange: Exchange, clock: Clock) -> None:
        self._exchange = exchange
        self._clock = clock

    def quote(self, symbol: str) -> Quote:
        price = self._exchange.prices[symbol]
        return Quote(price, price, price, self._clock.now())

    async def instruments(self) -> Mapping[str, Instrument]:
        return INSTRUMENTS

    async def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        return {symbol: self.quote(symbol) for symbol in symbols}

    async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
        return ()

    async def depth(self, symbol: str, limit: int = 50) -> Depth | None:
        return None

    def stream(self, symbols: Sequence[str]) -> None:
        return None

    async def close(self) -> None: ...

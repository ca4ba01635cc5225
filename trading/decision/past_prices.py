"""What a price was a while ago: from the quotes that came, and from candles for the time before they did."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from trading.clock import Clock
from trading.domain.market import Candle
from trading.errors import Retryable, SettingsError
from trading.exchange.ports import MarketData

LONGEST = timedelta(days=7)
"""How far back prices are kept."""

STEP = timedelta(minutes=1)
"""A price this soon after the last one that was kept is not kept."""

_CANDLES = 720
_TIMEFRAMES = {
    "1m": timedelta(minutes=1),
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
}

log = structlog.get_logger(__name__)


class PastPrices:
    """Prices of the symbols that somebody asks for. `clock` is the market's."""

    def __init__(self, market: MarketData, clock: Clock) -> None:
        self._market = market
        self._clock = clock
        self._kept: dict[str, list[tuple[datetime, Decimal]]] = {}

    def put(self, symbol: str, price: Decimal) -> None:
        """The price of now."""
        kept, now = self._kept.setdefault(symbol, []), self._clock.now()
        if kept and now - kept[-1][0] < STEP:
            return
        kept.append((now, price))
        # Now and then, as cutting a list at its front moves all of it.
        if now - kept[0][0] > LONGEST * 2:
            del kept[: self._upto(kept, now - LONGEST)]

    def ago(self, symbol: str, span: timedelta) -> Decimal | None:
        """What `symbol` cost `span` ago; None where the nearest price before is a quarter of the span off, or more."""
        kept, then = self._kept.get(symbol, []), self._clock.now() - span
        place = self._upto(kept, then)
        if not place or then - kept[place - 1][0] >= span / 4:
            return None
        return kept[place - 1][1]

    async def seed(self, symbol: str, span: timedelta) -> None:
        """Learn from candles what the quotes cannot tell yet. What cannot be had now stays unknown."""
        for timeframe, length in _TIMEFRAMES.items():
            if length * _CANDLES < span:
                continue
            try:
                self._learn(symbol, await self._market.candles(symbol, timeframe, _CANDLES))
                return
            except SettingsError:
                continue  # A recording has longer candles only.
            except Retryable as error:
                log.info("past prices not learned", symbol=symbol, why=str(error))
                return

    def _learn(self, symbol: str, candles: Sequence[Candle]) -> None:
        """Closes, for where no price was kept."""
        closes = {candle.closed_at: Decimal(str(candle.close)) for candle in candles}
        self._kept[symbol] = sorted({**closes, **dict(self._kept.get(symbol, []))}.items())

    def _upto(self, kept: Sequence[tuple[datetime, Decimal]], then: datetime) -> int:
        """How many of `kept` are from `then` or before."""
        return bisect_right(kept, then, key=lambda entry: entry[0])

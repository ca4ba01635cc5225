"""What candles prove about the prices between two instants, without a look behind either end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from trading.clock import Clock
from trading.domain.market import TIMEFRAMES, Candle
from trading.errors import SettingsError
from trading.exchange.ports import MarketData


class RecentCandles:
    """Closed candles of a market, as of the clock."""

    def __init__(self, market: MarketData, clock: Clock) -> None:
        self._market = market
        self._clock = clock

    async def since(self, symbol: str, timeframe: str, start: datetime) -> Sequence[Candle]:
        """Those that end after `start`, oldest first; none of a length that the market does not have. Raises Retryable.

        They need not reach back to `start`: a venue gives so many and no more.
        """
        now = self._clock.now()
        limit = (now - start) // TIMEFRAMES[timeframe] + 2
        try:
            candles = await self._market.candles(symbol, timeframe, limit)
        except SettingsError:
            return ()
        return [candle for candle in candles if start < candle.closed_at <= now]


def known_prices(candle: Candle, start: datetime, end: datetime) -> tuple[Decimal, ...]:
    """Prices of `candle` that certainly lie between `start` and `end`: its low and high where all of it does.

    Of one that began before `start` only the close came after it, and of one that ends after `end` only the open came
    before it; when its high was, nobody knows. One that does both proves nothing.
    """
    begins, ends = candle.opened_at >= start, candle.closed_at <= end
    if begins and ends:
        return _exact(candle.low), _exact(candle.high)
    if ends:
        return (_exact(candle.close),) if candle.closed_at > start else ()
    return (_exact(candle.open),) if begins and candle.opened_at <= end else ()


def last_price(candle: Candle, end: datetime) -> Decimal:
    """The newest price in `candle` at or before `end`: its close, or its open where it ends later."""
    return _exact(candle.close if candle.closed_at <= end else candle.open)


def _exact(price: float) -> Decimal:
    return Decimal(str(price))

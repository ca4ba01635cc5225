"""Indicators of one coin over its closed candles, for people who ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import numpy as np

from trading.contract import World
from trading.contract.books import IndicatorsView
from trading.domain.market import TIMEFRAMES, Candle, Instrument
from trading.errors import SettingsError
from trading.exchange.ports import MarketData
from trading.market import indicators as ta

CANDLES = 200
"""Enough for every period here, and for Wilder's smoothing to have forgotten its start."""
RANGE = 50
_DAY, _YEAR = timedelta(days=1), timedelta(days=365)

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


class IndicatorViews:
    """Asks the market for closed candles; what they are too few for is None."""

    def __init__(self, world: Callable[[], World], market: MarketData, instruments: Mapping[str, Instrument]) -> None:
        self._world = world
        self._market = market
        self._instruments = instruments

    async def indicators(self, symbol: str, timeframe: str) -> IndicatorsView:
        """Raises KeyError for a symbol that is not traded here."""
        instrument = self._instruments[symbol]
        return _view(self._world(), instrument, timeframe, await self._candles(symbol, timeframe))

    async def _candles(self, symbol: str, timeframe: str) -> Sequence[Candle]:
        try:
            return await self._market.candles(symbol, timeframe, CANDLES)
        except SettingsError:
            return ()  # A recording of longer candles has none as short as these.


def _view(world: World, instrument: Instrument, timeframe: str, candles: Sequence[Candle]) -> IndicatorsView:
    high, low, close = (_column(candles, name) for name in ("high", "low", "close"))
    length = TIMEFRAMES[timeframe]
    moving, bands = ta.macd(close), ta.bollinger(close)
    return IndicatorsView(
        world=world,
        instrument=instrument,
        timeframe=timeframe,
        closed_at=candles[-1].closed_at if candles else None,
        candles=len(candles),
        close=_last(close),
        rsi=_last(ta.rsi(close)),
        macd=_last(moving.macd),
        macd_signal=_last(moving.signal),
        sma_20=_last(ta.sma(close, 20)),
        sma_50=_last(ta.sma(close, 50)),
        atr=_last(ta.atr(high, low, close)),
        upper_band=_last(bands.upper),
        lower_band=_last(bands.lower),
        choppiness=_last(ta.choppiness(high, low, close)),
        volatility=_last(ta.volatility(close, per_year=round(_YEAR / length))),
        highest=high[-RANGE:].max().item() if len(high) >= RANGE else None,
        lowest=low[-RANGE:].min().item() if len(low) >= RANGE else None,
        volume=_traded(candles, length),
    )


def _traded(candles: Sequence[Candle], length: timedelta) -> float | None:
    """The base traded over the last 24 hours; None where the candles are fewer."""
    count = max(1, round(_DAY / length))
    return sum(candle.volume for candle in candles[-count:]) if len(candles) >= count else None


def _column(candles: Sequence[Candle], name: str) -> Floats:
    return np.array([getattr(candle, name) for candle in candles], dtype=np.float64)


def _last(values: Floats) -> float | None:
    return values[-1].item() if len(values) and np.isfinite(values[-1]) else None

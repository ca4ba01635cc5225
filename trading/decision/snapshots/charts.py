"""Candles of every length that a snapshot looks at, as far as the market has them and they are over."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import numpy as np

from trading.domain.market import TIMEFRAMES, Candle
from trading.errors import SettingsError
from trading.exchange.columns import Columns, from_ms
from trading.exchange.ports import MarketData

FRAMES = ("15m", "1h", "4h", "1d")
SHORTEST = FRAMES[0]
BARS = 200
"""Candles of each length: enough for the longest average, and for the smoothed ones to have forgotten their start."""

Charts = Mapping[str, Mapping[str, Columns]]
"""By timeframe and symbol; what the market does not have is not in it."""


class ChartReader:
    """Asks for candles, and asks again only once another one must be over."""

    def __init__(self, market: MarketData) -> None:
        self._market = market
        self._known: dict[tuple[str, str], Columns] = {}

    async def read(self, symbols: Sequence[str], closely: Collection[str], at: datetime) -> Charts:
        """Candles of `symbols` that were over `at`; the shortest only of those in `closely`. Raises Retryable."""
        charts: dict[str, dict[str, Columns]] = {frame: {} for frame in FRAMES}
        for symbol in symbols:
            frames = [frame for frame in FRAMES if frame != SHORTEST or symbol in closely]
            # Together: a symbol costs one round trip, and never more than four requests are under way.
            answers = await asyncio.gather(*(self._columns(symbol, f, at) for f in frames), return_exceptions=True)
            for frame, answer in zip(frames, answers, strict=True):
                if isinstance(answer, BaseException):
                    raise answer
                if answer is not None:
                    charts[frame][symbol] = answer.slice(0, answer.closed_by(at, frame))
        return charts

    async def _columns(self, symbol: str, frame: str, at: datetime) -> Columns | None:
        """None where the market knows longer candles only."""
        known = self._known.get((symbol, frame))
        if known is not None and _is_newest(known, frame, at):
            return known
        try:
            found = columns(await self._market.candles(symbol, frame, BARS))
        except SettingsError:
            return None
        self._known[symbol, frame] = found
        return found


def columns(candles: Sequence[Candle]) -> Columns:
    """Candles as columns."""
    if not candles:
        return Columns.empty()
    opened_at = np.array([int(candle.opened_at.timestamp() * 1000) for candle in candles], dtype=np.int64)
    rows = [(c.open, c.high, c.low, c.close, c.volume) for c in candles]
    return Columns(opened_at, *np.ascontiguousarray(np.array(rows, dtype=np.float64).T))


def _is_newest(known: Columns, frame: str, at: datetime) -> bool:
    """Whether the candle after the last one that is known is still running."""
    return len(known) > 0 and at < from_ms(int(known.opened_at[-1])) + 2 * TIMEFRAMES[frame]

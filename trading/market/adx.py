"""Average directional index: how strong a trend is, whichever way it goes (Wilder, 1978)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from trading.exchange.columns import Floats
from trading.market.indicators import true_range


def adx(high: Floats, low: Floats, close: Floats, period: int = 14) -> Floats:
    """0 (no trend) to 100, NaN for the first 2 * `period` - 1 candles.

    Wilder's sums begin with the first `period` moves, as published tables have them; TA-Lib's begin one earlier.
    """
    index = np.full(len(close), np.nan)
    if len(close) < 2 * period:
        return index
    strength = _directional(high, low, close, period)
    averages = accumulate(
        strength[period:], lambda mean, dx: mean + (dx - mean) / period, initial=strength[:period].mean()
    )
    index[2 * period - 1 :] = list(averages)
    return index


def _directional(high: Floats, low: Floats, close: Floats, period: int) -> Floats:
    """Directional movement index of each candle from `period` on: 0 where nothing moved."""
    up, down = np.diff(high), -np.diff(low)
    rises = _wilder_sums(np.where((up > down) & (up > 0), up, 0.0), period)
    falls = _wilder_sums(np.where((down > up) & (down > 0), down, 0.0), period)
    ranges = _wilder_sums(true_range(high, low, close)[1:], period)
    with np.errstate(divide="ignore", invalid="ignore"):
        plus, minus = rises / ranges, falls / ranges
        return np.nan_to_num(100 * np.abs(plus - minus) / (plus + minus), posinf=0.0)


def _wilder_sums(values: Floats, period: int) -> Floats:
    """The sum of the first `period` values, then each time less a `period`th of itself and plus the next value."""
    rest: Sequence[float] = values[period:].tolist()
    first = float(values[:period].sum())
    return np.array(list(accumulate(rest, lambda total, value: total - total / period + value, initial=first)))

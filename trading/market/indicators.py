"""Indicators over candles: float64 arrays in, float64 arrays of the same length out.

Values that need more candles than there are yet are NaN. Input with a NaN in it is refused with
ValueError: TA-Lib would turn one gap into plausible numbers. Where TA-Lib has an indicator it is
used, because its definitions are the ones other programs show.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import talib

from trading.exchange.columns import Floats

YEAR = 365
"""Days: crypto trades on all of them."""


class Macd(NamedTuple):
    """Three lines in price units."""

    macd: Floats
    signal: Floats
    histogram: Floats


class Bands(NamedTuple):
    """Three lines in price units."""

    upper: Floats
    middle: Floats
    lower: Floats


def rsi(close: Floats, period: int = 14) -> Floats:
    """Relative strength index, 0 to 100, with Wilder's smoothing (Wilder, 1978)."""
    return _floats(talib.RSI(_whole(close), timeperiod=period))


def true_range(high: Floats, low: Floats, close: Floats) -> Floats:
    """The candle's range including the gap from the previous close, in price units."""
    return _floats(talib.TRANGE(_whole(high), _whole(low), _whole(close)))


def atr(high: Floats, low: Floats, close: Floats, period: int = 14) -> Floats:
    """Average true range in price units, with Wilder's smoothing (Wilder, 1978)."""
    return _floats(talib.ATR(_whole(high), _whole(low), _whole(close), timeperiod=period))


def sma(close: Floats, period: int) -> Floats:
    """Simple moving average."""
    return _floats(talib.SMA(_whole(close), timeperiod=period))


def ema(close: Floats, period: int) -> Floats:
    """Exponential moving average with factor 2 / (period + 1), begun with the simple average of the first `period`."""
    return _floats(talib.EMA(_whole(close), timeperiod=period))


def macd(close: Floats, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """Difference of two exponential averages, its own average, and the gap between the two (Appel).

    Each average begins with its own first candles; TA-Lib's MACD begins the fast one later, which
    most charts do not.
    """
    line = ema(close, fast) - ema(close, slow)
    known = line[slow - 1 :]
    average = np.full(len(line), np.nan)
    if len(known) >= signal:
        average[slow - 1 :] = ema(known, signal)
    return Macd(line, average, line - average)


def bollinger(close: Floats, period: int = 20, deviations: float = 2.0) -> Bands:
    """Simple average and `deviations` population standard deviations to either side (Bollinger)."""
    upper, middle, lower = talib.BBANDS(_whole(close), timeperiod=period, nbdevup=deviations, nbdevdn=deviations)
    return Bands(_floats(upper), _floats(middle), _floats(lower))


def choppiness(high: Floats, low: Floats, close: Floats, period: int = 14) -> Floats:
    """Choppiness index, 0 (straight trend) to 100 (sideways), after Dreiss.

    100 log10(sum of true ranges / (highest true high - lowest true low)) / log10(period), over `period`
    candles; a true high or low includes the previous close.
    """
    ranges = true_range(high, low, close)
    index = np.full(len(close), np.nan)
    if len(close) <= period:
        return index
    true_high = np.maximum(high[1:], close[:-1])
    true_low = np.minimum(low[1:], close[:-1])
    span = talib.MAX(true_high, timeperiod=period) - talib.MIN(true_low, timeperiod=period)
    travelled = talib.SUM(ranges[1:], timeperiod=period)
    with np.errstate(divide="ignore", invalid="ignore"):
        index[1:] = np.where(span > 0, 100 * np.log10(travelled / span) / np.log10(period), np.nan)
    return index


def volatility(close: Floats, period: int = 30, per_year: int = YEAR) -> Floats:
    """Standard deviation (ddof 1) of the last `period` simple returns, times the root of candles `per_year`.

    `per_year` is 365 for daily candles. A fraction: 0.6 is 60 % a year.
    """
    annual = np.full(len(close), np.nan)
    if len(_whole(close)) > period:
        returns = close[1:] / close[:-1] - 1
        windows = np.lib.stride_tricks.sliding_window_view(returns, period)
        annual[period:] = windows.std(axis=1, ddof=1) * np.sqrt(per_year)
    return annual


def below_high(close: Floats, period: int) -> Floats:
    """How far each close lies below the highest of the last `period` closes, as a fraction, zero or negative."""
    return _floats(close / talib.MAX(_whole(close), timeperiod=period) - 1)


def change(close: Floats, period: int) -> float | None:
    """The last close against the one `period` candles before it, as a fraction; None with too few candles."""
    return float(_whole(close)[-1] / close[-1 - period] - 1) if len(close) > period else None


def volume_ratio(volume: Floats, period: int = 20) -> Floats:
    """Each volume over the mean of the last `period`, itself included; NaN where nothing traded at all."""
    mean = _floats(talib.SMA(_whole(volume), timeperiod=period))
    return _floats(np.divide(volume, mean, out=np.full(len(volume), np.nan), where=mean > 0))


def _whole(values: Floats) -> Floats:
    """`values` if every one is a finite number."""
    finite = np.isfinite(values)
    if not finite.all():
        raise ValueError(
            f"candle {int(np.argmin(finite))} of {len(values)} has no number; indicators need whole series"
        )
    return np.ascontiguousarray(values, dtype=np.float64)


def _floats(values: object) -> Floats:
    return np.asarray(values, dtype=np.float64)

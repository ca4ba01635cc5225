"""What is read off one chart: the last value of each indicator, None where the candles do not reach far enough."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from trading.domain.market import TIMEFRAMES
from trading.exchange.columns import Columns, Floats
from trading.market import swings
from trading.market.adx import adx
from trading.market.indicators import (
    atr,
    below_high,
    change,
    choppiness,
    macd,
    rsi,
    sma,
    volatility,
    volume_ratio,
)

Readings = Mapping[str, float | None]

TRENDS = (20, 60, 120)
AVERAGES = (20, 50, 200)
HIGHS = (20, 90)
LATELY = 40
"""Candles: more than the longest of the short indicators needs."""


def readings(chart: Columns, timeframe: str) -> Readings:
    """The indicators of `chart`, whose candles are `timeframe` long.

    `rsi14` and `chop14` are 0 to 100; averages, MACD, `support` and `resistance` are prices; `atr14_pct` and
    the distances below highs are fractions of a price; `volume_ratio` is the last volume over the mean of the last
    20; `volatility30` is a year's, as a fraction.
    """
    per_year = timedelta(days=365) // TIMEFRAMES[timeframe]
    # These forget what is further back, and need not look at it.
    lately = chart.slice(max(0, len(chart) - LATELY), len(chart))
    return {
        "rsi14": _last(rsi(chart.close)),
        "atr14_pct": _share(_last(atr(chart.high, chart.low, chart.close)), chart.close),
        **{f"sma{period}": _last(sma(chart.close, period)) for period in AVERAGES},
        **_macd(chart.close),
        "chop14": _last(choppiness(lately.high, lately.low, lately.close)),
        "volume_ratio": _last(volume_ratio(lately.volume)),
        "volatility30": _last(volatility(lately.close, per_year=per_year)),
        **{f"below_high{period}": _last(below_high(chart.close, period)) for period in HIGHS},
        "support": swings.support(chart.low, float(chart.close[-1])) if len(chart) else None,
        "resistance": swings.resistance(chart.high, float(chart.close[-1])) if len(chart) else None,
    }


def trends(daily: Columns) -> Readings:
    """Returns over 20, 60 and 120 days and the distance below the highest close of all, fractions; ADX, 0 to 100."""
    highest = float(daily.close.max()) if len(daily) else 0.0
    return {
        **{f"trend{days}": change(daily.close, days) for days in TRENDS},
        "adx14": _last(adx(daily.high, daily.low, daily.close)),
        "below_high_all": float(daily.close[-1]) / highest - 1 if highest else None,
    }


def _macd(close: Floats) -> Readings:
    lines = macd(close)
    return {"macd": _last(lines.macd), "macd_signal": _last(lines.signal), "macd_hist": _last(lines.histogram)}


def _share(amount: float | None, close: Floats) -> float | None:
    return None if amount is None else amount / float(close[-1])


def _last(values: Floats) -> float | None:
    return float(values[-1]) if len(values) and np.isfinite(values[-1]) else None

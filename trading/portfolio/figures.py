"""Performance figures on arrays, each with its definition.

Conventions, everywhere the same: returns are simple returns per period as fractions; `year` is the number of
periods in a year (365 for daily closes of a market that never closes); a risk-free rate is annual and is turned
into a rate per period geometrically, (1 + rate) ** (1 / year) - 1; `ddof` 1 is the sample standard deviation.
A figure that is undefined is None: too few values, no variation to divide by, nothing lost.
Year length, `ddof` and baseline are parameters so that other people's published figures can be reproduced.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

YEAR = 365
_NO_VARIATION = 1e-12
"""Deviations of returns below this are rounding of floats, not variation."""


def simple_returns(values: FloatArray) -> FloatArray:
    """values[i] / values[i-1] - 1; one element fewer than `values`, which must be positive."""
    return values[1:] / values[:-1] - 1.0


def growth_curve(returns: FloatArray, start: float = 1.0) -> FloatArray:
    """The value of `start` after each return, beginning with `start` itself; one element more than `returns`."""
    return start * np.concatenate(([1.0], np.cumprod(1.0 + returns)))


def total_return(curve: FloatArray) -> float | None:
    """Last value over first, less one. None for an empty curve or one that starts at nothing."""
    if len(curve) == 0 or curve[0] <= 0:
        return None
    return float(curve[-1] / curve[0] - 1.0)


def volatility(returns: FloatArray, year: float = YEAR, ddof: int = 1) -> float | None:
    """Standard deviation of the returns times sqrt(year)."""
    if len(returns) <= ddof:
        return None
    return float(np.std(returns, ddof=ddof) * math.sqrt(year))


def sharpe(returns: FloatArray, risk_free: float = 0.0, year: float = YEAR, ddof: int = 1) -> float | None:
    """Mean excess return over its standard deviation, times sqrt(year) (Sharpe 1994)."""
    excess = returns - per_period(risk_free, year)
    if len(excess) <= ddof:
        return None
    deviation = np.std(excess, ddof=ddof)
    if deviation < _NO_VARIATION:
        return None
    return float(np.mean(excess) / deviation * math.sqrt(year))


def downside_deviation(returns: FloatArray, required: float = 0.0, year: float = YEAR) -> float | None:
    """Square root of the mean squared shortfall below `required` (annual), over all periods, times sqrt(year)."""
    if len(returns) == 0:
        return None
    shortfall = np.minimum(returns - per_period(required, year), 0.0)
    return float(np.sqrt(np.mean(shortfall**2)) * math.sqrt(year))


def sortino(returns: FloatArray, required: float = 0.0, year: float = YEAR) -> float | None:
    """Mean excess over the downside deviation, annualised: only shortfalls count as risk (Sortino 1991)."""
    downside = downside_deviation(returns, required, year)
    if downside is None or downside < _NO_VARIATION:
        return None
    return float(np.mean(returns - per_period(required, year)) * year / downside)


def drawdowns(curve: FloatArray, baseline: float | None = None) -> FloatArray:
    """Each value against the highest so far, as a fraction, zero or negative.

    The curve's first value counts as a peak. `baseline` is a peak before it, for curves that leave out their start.
    """
    peaks = np.maximum.accumulate(curve)
    if baseline is not None:
        peaks = np.maximum(peaks, baseline)
    return curve / peaks - 1.0


def max_drawdown(curve: FloatArray, baseline: float | None = None) -> float | None:
    """The deepest fall from a peak, zero or negative; None for an empty curve."""
    if len(curve) == 0:
        return None
    return float(drawdowns(curve, baseline).min())


def cagr(total: float, days: float, year: float = YEAR) -> float | None:
    """Compound annual growth: (1 + total) ** (year / days) - 1, by calendar days. None without a span, or when it
    leaves the range of floats."""
    if days <= 0 or total < -1:
        return None
    try:
        return float((1.0 + total) ** (year / days) - 1.0)
    except OverflowError:
        return None


def calmar(annual_growth: float, deepest: float) -> float | None:
    """Compound annual growth over the deepest fall's size. None when nothing was lost."""
    return annual_growth / abs(deepest) if deepest < 0 else None


def beta(returns: FloatArray, benchmark: FloatArray, risk_free: float = 0.0, year: float = YEAR) -> float | None:
    """Covariance with the benchmark over the benchmark's variance, on excess returns (slope of least squares)."""
    rate = per_period(risk_free, year)
    ours, theirs = returns - rate, benchmark - rate
    if len(ours) < 2 or np.std(theirs) < _NO_VARIATION:
        return None
    centred = theirs - theirs.mean()
    return float(np.dot(centred, ours - ours.mean()) / np.dot(centred, centred))


def alpha(returns: FloatArray, benchmark: FloatArray, risk_free: float = 0.0, year: float = YEAR) -> float | None:
    """Jensen's alpha, arithmetic: (mean excess - beta * mean benchmark excess) * year."""
    slope = beta(returns, benchmark, risk_free, year)
    if slope is None:
        return None
    rate = per_period(risk_free, year)
    return float((np.mean(returns - rate) - slope * np.mean(benchmark - rate)) * year)


def per_period(annual: float, year: float) -> float:
    """An annual rate as a rate per period, geometrically."""
    return (1.0 + annual) ** (1.0 / year) - 1.0 if annual else 0.0

"""Returns from one UTC daily close to the next, out of a curve that has been measured already."""

from __future__ import annotations

import numpy as np

from trading.contract import Line, Performance
from trading.portfolio.figures import FloatArray, beta, simple_returns

ENOUGH_FOR_BETA = 30
ENOUGH_FOR_TAILS = 60
_TAIL = 5.0
"""Percent: the loss that one day in twenty exceeds."""


def daily_returns(performance: Performance, line: Line) -> FloatArray:
    """Simple returns between the UTC daily closes of one of its lines; empty where its value fell to nothing."""
    curve = np.array([line.values[place] for place in performance.closes])
    return simple_returns(curve) if len(curve) > 1 and (curve > 0).all() else np.array([])


def beta_against(ours: FloatArray, theirs: FloatArray) -> float | None:
    """Slope of our daily returns on theirs (least squares); None from fewer than 30, or where theirs do not vary."""
    if len(ours) < ENOUGH_FOR_BETA or len(ours) != len(theirs):
        return None
    return beta(ours, theirs)


def value_at_risk(returns: FloatArray) -> float | None:
    """Historical one-day value at risk at 95 %: the loss (a fraction, zero or above) that 5 % of the days exceeded.

    The empirical quantile, linear between two days; None from fewer than 60 returns.
    """
    if len(returns) < ENOUGH_FOR_TAILS:
        return None
    return max(0.0, -np.percentile(returns, _TAIL).item())

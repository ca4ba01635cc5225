"""Support and resistance: prices at which the market has turned lately."""

from __future__ import annotations

import numpy as np

from trading.exchange.columns import Floats

WINDOW = 90
"""Candles that are looked at."""

SIDE = 2
"""Candles on each side that a turning point stands out from (Williams' fractal: five candles in all)."""


def support(low: Floats, close: float) -> float | None:
    """The nearest swing low at or below `close`; None where there is none."""
    below = [price for price in _turns(-low[-WINDOW:]) if -price <= close]
    return -min(below) if below else None


def resistance(high: Floats, close: float) -> float | None:
    """The nearest swing high at or above `close`; None where there is none."""
    return min((price for price in _turns(high[-WINDOW:]) if price >= close), default=None)


def _turns(values: Floats) -> list[float]:
    """Values above all of their neighbours, `SIDE` to each side."""
    if len(values) < 2 * SIDE + 1:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(values, 2 * SIDE + 1)
    middle = windows[:, SIDE]
    neighbours = np.delete(windows, SIDE, axis=1).max(axis=1)
    return [float(value) for value in middle[middle > neighbours]]

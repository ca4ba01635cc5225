"""The yardstick: the same rules as plain arithmetic, with nothing around them. numpy signals, one loop, floats.

No orders, no risk, no books, no journal. What an engine costs above this is what it does besides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trading.exchange.columns import Columns, Floats

FAST, SLOW = 10, 30
STOP, TARGET, FEE = 0.02, 0.03, 0.0026

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run made of one unit of cash, and in how many fills."""

    equity: float
    fills: int


@dataclass(frozen=True, slots=True)
class Exit:
    """At what price a position ended, and the first bar that may open the next one."""

    price: float
    free: int


def plain_loop(columns: Columns) -> Outcome:
    """In at the open after the averages crossed up; out at stop, target, or the open after they crossed down."""
    bars = Bars(columns)
    cash, fills, free = 1.0, 0, 0
    for bar in bars.entries:
        if bar < free:
            continue
        held, fills = cash * (1 - FEE) / bars.opens[bar], fills + 1
        out = bars.exit(bar)
        if out is None:
            return Outcome(held * bars.closes[-1], fills)
        cash, fills, free = held * out.price * (1 - FEE), fills + 1, out.free
    return Outcome(cash, fills)


class Bars:
    """The candles as lists, which a loop reads faster than arrays, and the bars at whose open the signals act."""

    def __init__(self, columns: Columns) -> None:
        self.opens, self.closes = columns.open.tolist(), columns.close.tolist()
        self._highs, self._lows = columns.high.tolist(), columns.low.tolist()
        ups, downs = crossings(columns.close)
        self.entries: list[int] = (ups[:-1].nonzero()[0] + 1).tolist()
        self._exits: set[int] = set((downs[:-1].nonzero()[0] + 1).tolist())

    def exit(self, entry: int) -> Exit | None:
        """How a position opened at `entry` ends; None when it never does. Stop and target in one bar: the stop."""
        stop, target = self.opens[entry] * (1 - STOP), self.opens[entry] * (1 + TARGET)
        for bar in range(entry, len(self.opens)):
            first = self.opens[bar]
            if bar in self._exits or first <= stop or first >= target:
                return Exit(first, bar)
            if self._lows[bar] <= stop:
                return Exit(stop, bar + 1)
            if self._highs[bar] >= target:
                return Exit(target, bar + 1)
        return None


def crossings(close: Floats) -> tuple[Bools, Bools]:
    """Per bar: the fast average has just come above the slow one, or below it."""
    fast, slow = (_average(close, length) for length in (FAST, SLOW))
    above, below = fast > slow, fast < slow
    known = np.isfinite(slow[:-1])
    return _begins(above, known), _begins(below, known)


def _begins(flags: Bools, known: Bools) -> Bools:
    return np.concatenate((np.zeros(1, dtype=np.bool_), flags[1:] & ~flags[:-1] & known))


def _average(close: Floats, length: int) -> Floats:
    windows = np.lib.stride_tricks.sliding_window_view(close, length)
    return np.concatenate((np.full(length - 1, np.nan), windows.mean(axis=1)))

"""Candles of several symbols on one time grid, and fast searches along it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from trading.exchange.columns import CandleHistory, Columns, Times, to_ms

NEVER = 1 << 62
"""An index that no bar has."""

_FIRST_LOOK = 64


@dataclass(frozen=True, slots=True)
class Grid:
    """`opened_at` (UTC ms) of every bar that any symbol has; columns are NaN where a symbol has none."""

    opened_at: Times
    columns: Mapping[str, Columns]

    @classmethod
    def of(cls, history: CandleHistory, symbols: tuple[str, ...], start: datetime | None, end: datetime | None) -> Grid:
        """The candles of `symbols` that open in [start, end)."""
        parts = {symbol: _between(history.columns(symbol, history.timeframe), start, end) for symbol in symbols}
        opened_at = np.unique(np.concatenate([part.opened_at for part in parts.values()]))
        return cls(opened_at, {symbol: _aligned(part, opened_at) for symbol, part in parts.items()})

    def __len__(self) -> int:
        return len(self.opened_at)

    def day_starts(self) -> npt.NDArray[np.int64]:
        """Indices of the first bar of each UTC day, the very first bar left out."""
        days = self.opened_at // 86_400_000
        return np.flatnonzero(np.diff(days)) + 1

    def first_touch(self, symbol: str, first: int, stop: float | None, target: float | None) -> int:
        """The first bar from `first` on whose low reaches `stop` or whose high reaches `target`; NEVER if none."""
        column, size = self.columns[symbol], _FIRST_LOOK
        while first < len(self):
            low, high = column.low[first : first + size], column.high[first : first + size]
            touched = np.zeros(len(low), dtype=bool)
            if stop is not None:
                touched |= low <= stop
            if target is not None:
                touched |= high >= target
            index = int(touched.argmax()) if len(touched) else 0
            if len(touched) and touched[index]:
                return first + index
            first += size
            size *= 4
        return NEVER


def _between(columns: Columns, start: datetime | None, end: datetime | None) -> Columns:
    first = 0 if start is None else int(np.searchsorted(columns.opened_at, to_ms(start)))
    last = len(columns) if end is None else int(np.searchsorted(columns.opened_at, to_ms(end)))
    return columns.slice(first, max(first, last))


def _aligned(columns: Columns, opened_at: Times) -> Columns:
    if len(columns) == len(opened_at):
        return columns
    places = np.searchsorted(opened_at, columns.opened_at)

    def spread(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        wide = np.full(len(opened_at), np.nan)
        wide[places] = values
        return wide

    return Columns(
        opened_at,
        spread(columns.open),
        spread(columns.high),
        spread(columns.low),
        spread(columns.close),
        spread(columns.volume),
    )

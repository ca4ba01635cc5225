"""The allocator over candles of any length up to a day: it wakes where a UTC day has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

import numpy as np

from trading.errors import SettingsError
from trading.strategy.allocator import DEFAULT_RULES, AllocatorRules, allocate, describe, read_signal
from trading.strategy.parameters import fraction, reject_unknown
from trading.strategy.port import Bools, Float64s, Int64s, PriceColumns, bars

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class DailyAllocator:
    """Runs :func:`trading.strategy.allocator.allocate` on the closes of UTC days."""

    rules: AllocatorRules = DEFAULT_RULES

    @property
    def name(self) -> str:
        return "allocator"

    @classmethod
    def from_settings(cls, given: Mapping[str, str]) -> Self:
        """Read `volatility_target`, `band` and `trends` (days, comma separated). Raises SettingsError."""
        reject_unknown("allocator", given, ("band", "trends", "volatility_target"))
        return cls(
            AllocatorRules(
                trends=_trends(given.get("trends")),
                volatility_target=fraction("allocator", given, "volatility_target", DEFAULT_RULES.volatility_target),
                band=fraction("allocator", given, "band", DEFAULT_RULES.band),
            )
        )

    def prepare(self, columns: Mapping[str, PriceColumns]) -> DailyCloses:
        """Find where days end and what each symbol closed at there."""
        bars(columns)
        ends, last_bars = day_ends(next(iter(columns.values())).opened_at)
        closes = {symbol: column.close[last_bars] for symbol, column in columns.items()}
        wakeups = ends.copy()
        wakeups[:1] = False  # one close decides nothing
        return DailyCloses(wakeups, np.cumsum(ends, dtype=np.int64), closes, self.rules)


@dataclass(frozen=True, slots=True)
class DailyCloses:
    """Daily closes by symbol. `days_known[i]` is how many of them are known after the close of bar `i`."""

    wakeups: Bools
    days_known: Int64s
    closes: Mapping[str, Float64s]
    rules: AllocatorRules = field(default=DEFAULT_RULES)

    def decide(self, i: int, holdings: Mapping[str, Decimal]) -> Mapping[str, Decimal] | None:
        """The allocation from the days that have ended; None when every weight is within the band."""
        allocation = allocate(self._known(i), holdings, self.rules)
        return allocation.weights if allocation.changed else None

    def reason(self, i: int, symbol: str) -> str:
        """The symbol's trends and volatility as known at bar `i`."""
        return describe(read_signal(self._known(i)[symbol], self.rules), self.rules)

    def _known(self, i: int) -> dict[str, Float64s]:
        end = int(self.days_known[i])
        start = max(0, end - max(*self.rules.trends, self.rules.volatility_days + 1))
        return {symbol: closes[start:end] for symbol, closes in self.closes.items()}


def day_ends(opened_at: Int64s) -> tuple[Bools, Int64s]:
    """(flag per bar: a UTC day is known to be over when it closes, index of each such day's last bar).

    Where the day's last bar is missing, the day is known to be over one bar later.
    """
    ends = np.zeros(len(opened_at), dtype=np.bool_)
    if len(opened_at) < 2:
        return ends, np.flatnonzero(ends)
    closed_at = opened_at + np.diff(opened_at).min()
    at_midnight = closed_at % DAY_MS == 0
    days_over = closed_at // DAY_MS
    ends[0] = at_midnight[0]
    ends[1:] = days_over[1:] > days_over[:-1]
    return ends, np.flatnonzero(ends) - ~at_midnight[ends]


def _trends(text: str | None) -> tuple[int, ...]:
    if text is None:
        return DEFAULT_RULES.trends
    try:
        trends = tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        trends = ()
    if not trends or trends[0] < 3 or trends[-1] > 1000:
        raise SettingsError(f"allocator: trends is {text!r}; allowed are days from 3 to 1000, such as 20,60,120")
    return trends

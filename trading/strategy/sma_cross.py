"""Follow the trend of two simple moving averages: in when the fast one crosses above the slow one, out when below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Self

import numpy as np

from trading.domain.money import ONE, ZERO
from trading.errors import SettingsError
from trading.strategy.parameters import fraction, reject_unknown, whole_number
from trading.strategy.port import Bools, Float64s, PriceColumns, bars

WEIGHT_STEP = Decimal("0.0001")
_TIE = 1e-12
"""Averages closer than this (relative) are equal: rounding of floats must not cross what prices did not."""


@dataclass(frozen=True, slots=True)
class SmaCross:
    """Crossings of the `fast` and `slow` simple moving averages of the closes, in bars.

    `weight` is the share of equity for all symbols together; each gets an equal part. After an exit made
    elsewhere (a stop or target) it enters again only at the next upward crossing.
    """

    fast: int = 10
    slow: int = 30
    weight: Decimal = ONE

    @property
    def name(self) -> str:
        return "sma_cross"

    @classmethod
    def from_settings(cls, given: Mapping[str, str]) -> Self:
        """Read `fast`, `slow`, `weight`. Raises SettingsError."""
        reject_unknown("sma_cross", given, ("fast", "slow", "weight"))
        fast = whole_number("sma_cross", given, "fast", 10, 1, 10_000)
        slow = whole_number("sma_cross", given, "slow", 30, 2, 10_000)
        if fast >= slow:
            raise SettingsError(f"sma_cross: fast is {fast} and slow is {slow}; fast must be the smaller")
        return cls(fast, slow, fraction("sma_cross", given, "weight", ONE))

    def prepare(self, columns: Mapping[str, PriceColumns]) -> Crossings:
        """Find every crossing of every symbol, vectorised over the bars."""
        wakeups = np.zeros(bars(columns), dtype=np.bool_)
        ups: dict[str, Bools] = {}
        downs: dict[str, Bools] = {}
        for symbol, column in columns.items():
            ups[symbol], downs[symbol] = crossings(column.close, self.fast, self.slow)
            wakeups |= ups[symbol] | downs[symbol]
        share = (self.weight / len(columns)).quantize(WEIGHT_STEP, ROUND_DOWN)
        return Crossings(wakeups, ups, downs, share, self.fast, self.slow)


@dataclass(frozen=True, slots=True)
class Crossings:
    """The bars after whose close an average crossed, by symbol."""

    wakeups: Bools
    ups: Mapping[str, Bools]
    downs: Mapping[str, Bools]
    share: Decimal
    fast: int
    slow: int

    def decide(self, i: int, holdings: Mapping[str, Decimal]) -> Mapping[str, Decimal] | None:
        """Enter what crossed up and is not held, leave what crossed down and is held; leave the rest alone."""
        targets: dict[str, Decimal] = {}
        for symbol in self.ups:
            held = holdings.get(symbol, ZERO) > 0
            if self.ups[symbol][i] and not held:
                targets[symbol] = self.share
            elif self.downs[symbol][i] and held:
                targets[symbol] = ZERO
        return targets or None

    def reason(self, i: int, symbol: str) -> str:
        """Which way the averages crossed at bar `i`."""
        if self.ups[symbol][i]:
            return f"the {self.fast}-bar average crossed above the {self.slow}-bar average"
        if self.downs[symbol][i]:
            return f"the {self.fast}-bar average crossed below the {self.slow}-bar average"
        return f"the {self.fast}-bar and {self.slow}-bar averages did not cross"


def moving_average(values: Float64s, length: int) -> Float64s:
    """Mean of the last `length` values at each bar; NaN until there are that many, and where one of them is NaN.

    Adds the window's values oldest first, one shifted column at a time: as exact as summing each window by
    itself (a running sum would drift over long series) and as fast as numpy adds.
    """
    averages = np.full(len(values), np.nan)
    count = len(values) - length + 1
    if count > 0:
        total = np.zeros(count)
        for offset in range(length):
            total += values[offset : offset + count]
        averages[length - 1 :] = total / length
    return averages


def crossings(closes: Float64s, fast: int, slow: int) -> tuple[Bools, Bools]:
    """(crossed up, crossed down) per bar: on one side now, not on that side at the bar before, both known."""
    quick, lazy = moving_average(closes, fast), moving_average(closes, slow)
    gap = quick - lazy
    margin = np.abs(lazy) * _TIE
    above, below = gap > margin, gap < -margin
    known_before = np.zeros(len(closes), dtype=np.bool_)
    known_before[1:] = np.isfinite(gap[:-1])
    return _begins(above) & known_before, _begins(below) & known_before


def _begins(flags: Bools) -> Bools:
    """True where a flag is set that was not set one bar before."""
    begins = flags.copy()
    begins[1:] &= ~flags[:-1]
    return begins

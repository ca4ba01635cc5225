"""The shape every strategy has: prepare once over whole columns, then decide at few bars.

The caller owns time, orders and money. A strategy owns one question: which share of equity should each
symbol have after this bar's close? Whatever it answers for bar `i` depends on bars 0..i only.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Float64s = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class PriceColumns(Protocol):
    """Candles of one symbol as columns of equal length, oldest first. `opened_at` is UTC milliseconds.

    A bar without a price has NaN in its float columns.
    """

    @property
    def opened_at(self) -> Int64s: ...

    @property
    def open(self) -> Float64s: ...

    @property
    def high(self) -> Float64s: ...

    @property
    def low(self) -> Float64s: ...

    @property
    def close(self) -> Float64s: ...

    @property
    def volume(self) -> Float64s: ...


class Prepared(Protocol):
    """A strategy that has read its columns."""

    @property
    def wakeups(self) -> Bools:
        """One flag per bar: True where the strategy may want to act after that bar's close."""
        ...

    def decide(self, i: int, holdings: Mapping[str, Decimal]) -> Mapping[str, Decimal] | None:
        """Target weights (fractions of equity, summing to at most 1) after the close of bar `i`; None for no change.

        `holdings` maps each held symbol to its weight now. A symbol the answer does not name stays as it is.
        """
        ...

    def reason(self, i: int, symbol: str) -> str:
        """One sentence: why the weight of `symbol` was decided as it was after bar `i`."""
        ...


class Strategy(Protocol):
    """A way to choose weights, with its parameters."""

    @property
    def name(self) -> str: ...

    def prepare(self, columns: Mapping[str, PriceColumns]) -> Prepared:
        """Read the columns by symbol. They all share one time grid. Raises ValueError where they do not."""
        ...


def bars(columns: Mapping[str, PriceColumns]) -> int:
    """How many bars the shared grid has. Raises ValueError for no symbols, or for columns of unlike length."""
    lengths = {symbol: len(column.close) for symbol, column in columns.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"a strategy needs columns on one time grid; got lengths {lengths}: align them first")
    return next(iter(lengths.values()))

"""An equity curve as arrays of floats, kept beside it: every point is converted once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import SupportsFloat

import numpy as np

from trading.domain.portfolio import EquityPoint
from trading.portfolio.figures import FloatArray

BENCHMARKS = ("BTC", "ETH")


@dataclass(frozen=True, slots=True)
class EquityArrays:
    """One value per point. `seconds` are POSIX seconds, amounts in quote, `exposure` a share; a missing price is 0."""

    times: tuple[datetime, ...]
    seconds: FloatArray
    equity: FloatArray
    flows: FloatArray
    exposure: FloatArray
    prices: Mapping[str, FloatArray]

    def __len__(self) -> int:
        return len(self.times)

    def between(self, first: int, last: int) -> EquityArrays:
        """The points from `first` up to `last`, which is left out; views, not copies."""
        return EquityArrays(self.times[first:last], *self._each(lambda array: array[first:last]))

    def and_then(self, newer: EquityArrays) -> EquityArrays:
        """These points, and after them `newer`."""
        others = iter(newer._columns())
        return EquityArrays(self.times + newer.times, *self._each(lambda array: np.concatenate((array, next(others)))))

    def _columns(self) -> Sequence[FloatArray]:
        return self.seconds, self.equity, self.flows, self.exposure, *(self.prices[asset] for asset in BENCHMARKS)

    def _each(
        self, made: Callable[[FloatArray], FloatArray]
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, Mapping[str, FloatArray]]:
        seconds, equity, flows, exposure, *prices = map(made, self._columns())
        return seconds, equity, flows, exposure, dict(zip(BENCHMARKS, prices, strict=True))


class EquityColumns:
    """The arrays of a curve that only ever changes at its end, without converting again what was converted before.

    Points are never changed, and those before the newest never replaced: the same point at the same place means the
    same past.
    """

    def __init__(self) -> None:
        self._points: Sequence[EquityPoint] = ()
        self._arrays = arrays_of(())

    def of(self, points: Sequence[EquityPoint]) -> EquityArrays:
        """The arrays of `points`, oldest first."""
        known = self._known(points)
        arrays = self._arrays.between(0, known).and_then(arrays_of(points[known:]))
        # The newest point may be of this moment only: it is not kept.
        if known < len(points) - 1:
            self._points, self._arrays = points[:-1], arrays.between(0, len(points) - 1)
        return arrays

    def _known(self, points: Sequence[EquityPoint]) -> int:
        """How many of the first points are those that are kept."""
        shared = min(len(points), len(self._points))
        return next((n for n in (shared, shared - 1) if n > 0 and points[n - 1] is self._points[n - 1]), 0)


def arrays_of(points: Sequence[EquityPoint]) -> EquityArrays:
    """The arrays of `points`, converted one by one."""
    return EquityArrays(
        times=tuple(point.at for point in points),
        seconds=_floats(point.at.timestamp() for point in points),
        equity=_floats(point.equity for point in points),
        flows=_floats(point.flows for point in points),
        exposure=_floats(point.exposure for point in points),
        prices={asset: _floats(point.benchmarks.get(asset, 0) for point in points) for asset in BENCHMARKS},
    )


def _floats(values: Iterable[SupportsFloat]) -> FloatArray:
    return np.fromiter(map(float, values), dtype=np.float64)

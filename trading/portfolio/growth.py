"""Growth of one unit along an equity curve that only ever changes at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from trading.domain.money import ONE
from trading.domain.portfolio import EquityPoint


@dataclass(frozen=True, slots=True)
class _Folded:
    """The first `count` points, of which `last` is the newest: grown by `growth` up to where equity was `base`."""

    count: int
    last: EquityPoint
    growth: Decimal
    base: Decimal

    def and_then(self, point: EquityPoint) -> _Folded:
        """Between two breaks (a flow, or nothing left) the steps are one ratio."""
        if not point.flows and self.last.equity:
            return _Folded(self.count + 1, point, self.growth, self.base)
        grown = self.value()
        if self.last.equity:
            grown *= (point.equity - point.flows) / self.last.equity
        return _Folded(self.count + 1, point, grown, point.equity)

    def value(self) -> Decimal:
        return self.growth * self.last.equity / self.base if self.base else self.growth


class Growth:
    """The last value of `performance.time_weighted`, without walking again over what was walked over before.

    Points are never changed, and those before the newest never replaced: the same point at the same place means the
    same past.
    """

    def __init__(self) -> None:
        self._past: _Folded | None = None

    def of(self, points: Sequence[EquityPoint]) -> Decimal:
        """Growth over `points`, oldest first and at least one."""
        folded = self._known(points) or _Folded(1, points[0], ONE, points[0].equity)
        for point in islice(points, folded.count, len(points) - 1):
            folded = folded.and_then(point)
        # The newest point may be of this moment only: it is not kept.
        self._past = folded
        return folded.and_then(points[-1]).value() if folded.count < len(points) else folded.value()

    def _known(self, points: Sequence[EquityPoint]) -> _Folded | None:
        past = self._past
        return past if past and past.count <= len(points) and points[past.count - 1] is past.last else None

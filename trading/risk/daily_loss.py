"""The daily loss limit: a day that loses too much allows only exits until the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from trading.domain.portfolio import EquityPoint
from trading.risk.switch import Switch


class Curve(Protocol):
    @property
    def points(self) -> Sequence[EquityPoint]: ...

    def at(self, instant: datetime) -> EquityPoint | None: ...


class DailyLossLimit:
    """Compares equity with that at local midnight, or at the start where that was later.

    `limit` is a fraction; None turns it off.
    """

    def __init__(
        self,
        limit: Decimal | None,
        zone: Callable[[], ZoneInfo],
        curve: Curve,
        equity: Callable[[], Decimal | None],
        switch: Switch,
    ) -> None:
        self._limit = limit
        self._current = zone
        self._curve = curve
        self._equity = equity
        self._switch = switch

    @property
    def _zone(self) -> ZoneInfo:
        return self._current()

    async def check(self, now: datetime) -> None:
        """Lift yesterday's stop, and switch to REDUCING when today has lost more than the limit."""
        if self._limit is None:
            return
        day = now.astimezone(self._zone).date()
        await self._switch.new_day(day)
        loss = self.lost(now)
        if loss is not None and loss > self._limit:
            reason = f"down {loss:.1%} today, more than the daily limit of {self._limit:.1%}"
            await self._switch.daily_loss(day, reason)

    def lost(self, now: datetime) -> Decimal | None:
        """What today has lost, as a fraction of its opening equity; below zero is a gain. None while not known."""
        day = now.astimezone(self._zone).date()
        # A portfolio that began today is measured from its beginning.
        opening = self._curve.at(datetime.combine(day, time(), self._zone)) or next(iter(self._curve.points), None)
        equity = self._equity()
        return None if opening is None or not opening.equity or equity is None else 1 - equity / opening.equity

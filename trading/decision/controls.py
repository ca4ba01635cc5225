"""What people set while the program runs, behind one door. It delegates; each part keeps and tells its own changes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from trading.clock import Clock
from trading.contract import StateView
from trading.contract.controls import (
    AlertView,
    CancelView,
    Condition,
    Level,
    LevelKind,
    LevelView,
    PanicView,
    Planned,
    ScheduleView,
    SkipView,
    ThresholdView,
    ZoneView,
)
from trading.decision.alerts import PriceAlerts
from trading.decision.skips import JOB, Skips
from trading.decision.upcoming import Upcoming
from trading.domain.order import Order
from trading.domain.risk import Refused, TradingState
from trading.local_zone import LocalZone
from trading.orders.cancellations import EVERYTHING, Cancellations
from trading.orders.levels import Levels
from trading.risk.limits import Limits
from trading.risk.switch import Switch
from trading.risk.thresholds import ApprovalThreshold
from trading.store.port import Transaction

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Planning:
    """What runs by itself besides the daily jobs: backups of a file, comparisons with an account."""

    backups: bool
    account: bool

    def __call__(self) -> Sequence[Planned]:
        backup = [Planned("Backup", None, "once a day")] if self.backups else []
        account = [Planned("Books and account", None, "every minute")] if self.account else []
        return [*backup, *account]


@dataclass(frozen=True, slots=True)
class OtherThresholds:
    """What asks for a press besides the threshold that can be set: the limits' sum of 24 hours, a second person."""

    limits: Limits
    second_person: Decimal | None


@dataclass(frozen=True, slots=True)
class Settable:
    """Everything that can be set; `load` takes up what the last run had set."""

    zone: LocalZone
    threshold: ApprovalThreshold
    skips: Skips
    alerts: PriceAlerts
    upcoming: Upcoming

    async def load(self) -> None:
        await self.threshold.load()
        await self.skips.load()
        await self.alerts.load()
        await self.upcoming.look()


class CoreControls:
    """Implements `trading.contract.controls.Controls`. What was asked runs to its end, whoever stops waiting for it."""

    def __init__(
        self,
        settable: Settable,
        levels: Levels,
        cancellations: Cancellations,
        switch: Switch,
        others: OtherThresholds,
        planning: Planning,
        clock: Clock,
    ) -> None:
        self._settable = settable
        self._levels = levels
        self._cancellations = cancellations
        self._switch = switch
        self._others = others
        self._planning = planning
        self._clock = clock
        self._running: set[asyncio.Task[Any]] = set()

    def level(self, kind: LevelKind, symbol: str) -> LevelView | Refused:
        return self._levels.view(kind, symbol)

    async def set_level(self, kind: LevelKind, symbol: str, level: Level, by: str) -> LevelView | Refused:
        return await self._to_end(self._levels.set(kind, symbol, level, by))

    def threshold(self) -> ThresholdView:
        return self._threshold(self._settable.threshold())

    async def set_threshold(self, amount: Decimal | None, by: str) -> ThresholdView | Refused:
        old = self._settable.threshold()
        return await self._to_end(self._settable.threshold.change(amount, by)) or self._threshold(old)

    async def schedule(self) -> ScheduleView:
        upcoming, asked = self._settable.upcoming, self._settable.skips.asked
        note = f"left out, asked by {asked.by}" if asked else ""
        planned = [
            Planned("Rebalance", upcoming.next(JOB), note, skipped=asked is not None),
            Planned("Report", upcoming.next("report")),
            *([Planned("Weekly report", upcoming.next("weekly report"))] if upcoming.has("weekly report") else []),
            Planned("Equity reading", _next_hour(self._clock.now())),
            *self._planning(),
        ]
        return ScheduleView(self._clock.now(), tuple(sorted(planned, key=_soonest)))

    async def skip(self, skip: bool, by: str) -> SkipView:
        due, skips = self._settable.upcoming.next(JOB), self._settable.skips
        changed = await self._to_end(skips.ask(due, by) if skip else skips.withdraw(by))
        return SkipView(due, skip, changed, by)

    def alerts(self) -> Sequence[AlertView]:
        return self._settable.alerts.all()

    async def add_alert(self, symbol: str, condition: Condition, by: str) -> AlertView | Refused:
        return await self._to_end(self._settable.alerts.add(symbol, condition, by))

    async def remove_alert(self, alert_id: str, by: str) -> AlertView | Refused:
        return await self._to_end(self._settable.alerts.remove(alert_id))

    async def set_zone(self, zone: ZoneInfo, by: str) -> ZoneView:
        old, upcoming = await self._to_end(self._change_zone(zone, by)), self._settable.upcoming
        return ZoneView(old, self._settable.zone(), upcoming.next(JOB), upcoming.next("report"))

    async def open_orders(self) -> Sequence[Order]:
        return await self._cancellations.open()

    async def cancel(self, wanted: str, by: str) -> Sequence[CancelView] | Refused:
        return await self._to_end(self._cancellations.cancel(wanted, by))

    async def panic(self, by: str) -> PanicView:
        return await self._to_end(self._panic(by))

    async def close(self) -> None:
        """Wait for what was asked; it is never cut in the middle."""
        if self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _panic(self, by: str) -> PanicView:
        # The switch first: from here on nothing new goes out while the open orders are called back.
        old = await self._switch.change(TradingState.HALTED, f"panic by {by}", by)
        outcome = await self._cancellations.cancel(EVERYTHING, by)
        state = StateView(old, self._switch.state, self._switch.reason)
        return PanicView(state, () if isinstance(outcome, Refused) else tuple(outcome))

    async def _change_zone(self, zone: ZoneInfo, by: str) -> ZoneInfo:
        settable = self._settable

        async def with_what_depends_on_it(tx: Transaction) -> None:
            await settable.upcoming.look_in(tx)
            await settable.skips.move(tx, settable.upcoming.next(JOB))

        try:
            return await settable.zone.change(zone, by, with_what_depends_on_it)
        except BaseException:
            await settable.skips.load()
            await settable.upcoming.look()
            raise

    def _threshold(self, old: Decimal | None) -> ThresholdView:
        threshold, others = self._settable.threshold, self._others
        now = threshold()
        return ThresholdView(
            old=old,
            now=now,
            configured=threshold.configured,
            by=threshold.by,
            daily_sum=None if now is None else others.limits.daily_sum(now),
            daily_sum_fixed=others.limits.approval_daily_sum is not None,
            second_person=others.second_person,
        )

    async def _to_end(self, work: Coroutine[Any, Any, Result]) -> Result:
        # A platform that goes away cancels its handlers; what they asked of the core still runs to its end.
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)


def _next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _soonest(planned: Planned) -> tuple[bool, datetime | None]:
    return (planned.at is None, planned.at)

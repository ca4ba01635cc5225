"""What people set, as a desk small enough to read would do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.unit.chatbot import control_facts, facts
from trading.contract.controls import (
    AlertView,
    CancelView,
    Condition,
    Level,
    LevelKind,
    LevelUnit,
    LevelView,
    PanicView,
    ScheduleView,
    SkipView,
    ThresholdView,
    ZoneView,
)
from trading.domain.order import Order
from trading.domain.risk import RefusalCode, Refused


class FakeControls:
    """Implements `trading.contract.controls.Controls`: remembers what was asked, and answers from facts."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.refuses: Refused | None = None
        self.now_level: LevelView = control_facts.level(old="98200", new="98200", by_hand=False)
        self.watched: list[AlertView] = [control_facts.alert()]
        self.open: tuple[Order, ...] = ()
        self.threshold_now = control_facts.threshold()
        self.skipped = False

    def level(self, kind: LevelKind, symbol: str) -> LevelView | Refused:
        return self.refuses or replace(self.now_level, kind=kind)

    async def set_level(self, kind: LevelKind, symbol: str, level: Level, by: str) -> LevelView | Refused:
        self.asked.append(("set_level", kind, symbol, level, by))
        off = level.unit is LevelUnit.OFF
        return self.refuses or replace(control_facts.level(kind), new=None if off else level.value)

    def threshold(self) -> ThresholdView:
        return self.threshold_now

    async def set_threshold(self, amount: Decimal | None, by: str) -> ThresholdView | Refused:
        self.asked.append(("set_threshold", amount, by))
        if self.refuses is None:
            self.threshold_now = replace(self.threshold_now, now=amount, by=by)
        return self.refuses or self.threshold_now

    async def schedule(self) -> ScheduleView:
        return control_facts.schedule(self.skipped)

    async def skip(self, skip: bool, by: str) -> SkipView:
        self.asked.append(("skip", skip, by))
        changed, self.skipped = self.skipped is not skip, skip
        return control_facts.skip(skip, changed)

    def alerts(self) -> Sequence[AlertView]:
        return tuple(self.watched)

    async def add_alert(self, symbol: str, condition: Condition, by: str) -> AlertView | Refused:
        self.asked.append(("add_alert", symbol, condition, by))
        self.watched.append(control_facts.alert())
        return self.refuses or self.watched[-1]

    async def remove_alert(self, alert_id: str, by: str) -> AlertView | Refused:
        self.asked.append(("remove_alert", alert_id, by))
        if not self.watched:
            return Refused(RefusalCode.UNKNOWN_CARD, "That alert is not watched, or not any more. See /alerts.")
        return self.watched.pop()

    async def set_zone(self, zone: ZoneInfo, by: str) -> ZoneView:
        self.asked.append(("set_zone", zone.key, by))
        return replace(control_facts.zone(), old=facts.DENVER, now=zone)

    async def open_orders(self) -> Sequence[Order]:
        return self.open

    async def cancel(self, wanted: str, by: str) -> Sequence[CancelView] | Refused:
        self.asked.append(("cancel", wanted, by))
        return self.refuses or control_facts.cancelled()[:1]

    async def panic(self, by: str) -> PanicView:
        self.asked.append(("panic", by))
        return control_facts.panic()

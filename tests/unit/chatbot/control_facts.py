"""What has been set while the program runs, built by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from zoneinfo import ZoneInfo

from tests.unit.chatbot import facts
from trading.contract import StateView
from trading.contract.controls import (
    AlertView,
    Cancelled,
    CancelView,
    LevelKind,
    LevelView,
    PanicView,
    Planned,
    ScheduleView,
    SkipView,
    ThresholdView,
    ZoneView,
)
from trading.domain.order import Order, OrderStatus, Side
from trading.domain.risk import TradingState

REBALANCE_DUE = facts.NOW + timedelta(hours=16, minutes=57, seconds=57)
BERLIN = ZoneInfo("Europe/Berlin")


def level(
    kind: LevelKind = "stop", old: str | None = "98200", new: str | None = "97000", by_hand: bool = True
) -> LevelView:
    price = None if new is None else D(new)
    return LevelView(
        kind=kind,
        instrument=facts.BTC,
        old=None if old is None else D(old),
        new=price,
        entry=D("99764.4"),
        quantity=D("0.0412"),
        price=D("105850.0"),
        result=None if price is None else D("0.0412") * (price - D("99764.4")) - D("16.5"),
        by_hand=by_hand,
    )


def alert(rises: bool = True, repeats: bool = False) -> AlertView:
    return AlertView(
        id="5e" * 16,
        instrument=facts.BTC,
        rises=rises,
        level=D("110000") if rises else D("95265.0"),
        words="above 110,000" if rises else "below 95,265 (−10 % from 105,850)",
        by="@owner",
        set_at=facts.NOW - timedelta(hours=3),
        repeats=repeats,
        price=D("105850.0"),
    )


def span_alert(known: bool = True) -> AlertView:
    """Ten per cent in a day, reckoned from 100,000; `known` is whether the price of a day ago is."""
    level = D("110000.0") if known else D(0)
    return replace(alert(), id="6f" * 16, level=level, words="+10 % in 24 h", span=timedelta(hours=24))


def threshold(old: str = "100", now: str = "100", by: str = "") -> ThresholdView:
    return ThresholdView(D(old), D(now), D(100), by, daily_sum=D(400), second_person=None)


def schedule(skipped: bool = False) -> ScheduleView:
    note = "left out, asked by @owner" if skipped else ""
    return ScheduleView(
        facts.NOW,
        (
            Planned("Equity reading", facts.NOW + timedelta(minutes=57, seconds=57)),
            Planned("Report", facts.NOW + timedelta(hours=3, minutes=57, seconds=57)),
            Planned("Rebalance", REBALANCE_DUE, note, skipped),
            Planned("Backup", None, "once a day"),
        ),
    )


def skip(skipped: bool = True, changed: bool = True) -> SkipView:
    return SkipView(REBALANCE_DUE, skipped, changed, "@owner")


def zone() -> ZoneView:
    return ZoneView(facts.DENVER, BERLIN, facts.NOW + timedelta(hours=9), facts.NOW + timedelta(hours=20))


def an_order(side: Side = Side.SELL, status: OrderStatus = OrderStatus.ACCEPTED) -> Order:
    return facts.order(facts.ETH, side, "0.221", status)


def cancelled() -> tuple[CancelView, ...]:
    return (
        CancelView(an_order(status=OrderStatus.CANCELED), Cancelled.CANCELED),
        CancelView(an_order(Side.BUY, OrderStatus.UNKNOWN), Cancelled.IN_DOUBT),
        CancelView(an_order(), Cancelled.EXIT),
        CancelView(an_order(), Cancelled.FAILED, "Kraken does not answer; asking again later."),
    )


def panic() -> PanicView:
    return PanicView(StateView(TradingState.ACTIVE, TradingState.HALTED, "panic by @owner"), cancelled()[:1])

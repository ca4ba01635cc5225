"""Small facts to store: each builder takes only what its test is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from trading.domain.market import Instrument
from trading.domain.money import Money
from trading.domain.order import Batch, Fill, Order, OrderIntent, OrderStatus, OrderType, Side, Source
from trading.domain.outcome import ScoredPrediction, TradeReview
from trading.domain.plan import (
    Cycle,
    CycleOutcome,
    Direction,
    Prediction,
    TargetPlan,
    TargetWeight,
    Thesis,
)
from trading.domain.portfolio import CashFlow, EquityPoint, Posting
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus
from trading.domain.usage import ModelCall, Purpose

START = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
BTC = Instrument("BTC/USD", "BTC", "USD", Decimal("0.1"), Decimal("0.00001"), Decimal("0.0001"), Decimal("5"))


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def batch(name: str = "batch", **changes: Any) -> Batch:
    return replace(Batch(name, Source.MANUAL, "@ana", "asked for", START), **changes)


def intent(name: str, batch_id: str = "batch", **changes: Any) -> OrderIntent:
    plain = OrderIntent(
        f"intent-{name}", batch_id, BTC, Side.BUY, Decimal("0.0100"), OrderType.MARKET, Source.MANUAL, "asked for"
    )
    return replace(plain, **changes)


def order(name: str = "order", batch_id: str = "batch", **changes: Any) -> Order:
    return replace(Order(name, intent(name, batch_id), OrderStatus.INTENDED, START, START), **changes)


def fill(name: str = "trade", order_id: str = "order", **changes: Any) -> Fill:
    fee = Money(Decimal("0.4000"), "USD")
    plain = Fill(name, order_id, "BTC/USD", Side.BUY, Decimal("100.10"), Decimal("0.01"), fee, START)
    return replace(plain, **changes)


def posting(account: str, amount: str, currency: str = "USD") -> Posting:
    return Posting("entry", account, Money(Decimal(amount), currency), START)


def cash_flow(name: str = "deposit", amount: str = "100", minutes: float = 0, **changes: Any) -> CashFlow:
    return replace(CashFlow(name, Money(Decimal(amount), "USD"), at(minutes), "paid in"), **changes)


def approval(name: str = "card", batch_id: str = "batch", **changes: Any) -> Approval:
    plain = Approval(
        id=name,
        kind=ApprovalKind.CARD,
        batch_id=batch_id,
        notional=Decimal("250.50"),
        quoted_prices={"BTC/USD": Decimal("100.10")},
        status=ApprovalStatus.PENDING,
        created_at=START,
        expires_at=at(15),
        fees=Decimal("1.002"),
        weights_now={"BTC/USD": Decimal("0.10")},
        weights_after={"BTC/USD": Decimal("0.35")},
    )
    return replace(plain, **changes)


def cycle(name: str = "cycle", minutes: float = 0, **changes: Any) -> Cycle:
    plan = TargetPlan(
        "allocator", (TargetWeight("BTC/USD", Decimal("0.30"), "trending", 0.7),), Decimal("0.70"), "calm", "up"
    )
    plain = Cycle(
        id=name,
        at=at(minutes),
        trigger="schedule",
        decided_by="allocator",
        outcome=CycleOutcome.WAITING,
        reason="one symbol trends",
        snapshot='{"cash":"100.00"}',
        plan=plan,
        raw=('{"a": 1}', "not json"),
        notes=("BTC/USD was cut from 40 % to 30 %.",),
        weights_now={"BTC/USD": Decimal("0.10")},
    )
    return replace(plain, **changes)


def thesis(name: str = "cycle", minutes: float = 0, text: str = "Bitcoin leads.") -> Thesis:
    return Thesis(at(minutes), "allocator", text, name)


def equity_point(minutes: float = 0, equity: str = "100", **changes: Any) -> EquityPoint:
    plain = EquityPoint(at(minutes), Decimal(equity), Decimal("40"), benchmarks={"BTC": Decimal("61000.10")})
    return replace(plain, **changes)


def prediction(name: str = "prediction", minutes: float = 0, **changes: Any) -> ScoredPrediction:
    foretold = Prediction("BTC/USD", Direction.UP, Decimal("110.50"), Decimal("95"), 7, 0.65)
    plain = ScoredPrediction(
        id=name,
        cycle_id="cycle",
        at=at(minutes),
        decided_by="a-model",
        regime="trending",
        price=Decimal("100.10"),
        prediction=foretold,
        until=at(minutes + 10_080),
        watched_until=at(minutes),
    )
    return replace(plain, **changes)


def review(name: str = "review", minutes: float = 60, **changes: Any) -> TradeReview:
    plain = TradeReview(
        id=name,
        symbol="BTC/USD",
        opened_at=at(0),
        closed_at=at(minutes),
        quantity=Decimal("0.0100"),
        entry_price=Decimal("100.10"),
        exit_price=Decimal("98.10"),
        fees=Decimal("0.81"),
        slippage=None,
        realized=Decimal("-0.83"),
        planned_stop=Decimal("98.098"),
        planned_target=None,
        best=Decimal("0.011"),
        worst=Decimal("-0.02"),
        source="stop",
        reason="it trends",
        regime="trending",
        cycle_id="cycle",
    )
    return replace(plain, **changes)


def model_call(name: str = "call", minutes: float = 0, **changes: Any) -> ModelCall:
    plain = ModelCall(name, at(minutes), Purpose.REBALANCE, "cycle", "a-model", 1200, 300, Decimal("0.0060"), 2.5, "ok")
    return replace(plain, **changes)

"""A decision with everything that belongs to it, built by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

from tests.unit.chatbot import facts
from trading.contract.books import CycleStory
from trading.domain.plan import Clamp, Cycle, CycleOutcome
from trading.domain.risk import ApprovalStatus
from trading.domain.usage import ModelCall, Purpose

CUT = Clamp(
    "largest position",
    "BTC/USD",
    D("0.486"),
    D("0.45"),
    "weight",
    D("0.45"),
    "BTC 48.6 % → 45.0 % (largest weight)",
)


def decided(outcome: CycleOutcome = CycleOutcome.TRADED) -> Cycle:
    plan = replace(facts.PLAN, regime="BTC leads in a quiet market")
    return replace(facts.cycle(outcome), plan=plan, clamps=(CUT,), snapshot_hash="5e" * 32)


def cycle_story(cycle: Cycle | None = None) -> CycleStory:
    return CycleStory(
        cycle=cycle or decided(),
        orders=(facts.SOLD_ETH, replace(facts.BOUGHT_BTC, filled_quantity=D("0.0069"), average_price=D("106020.1"))),
        fills=facts.FILLS,
        approval=facts.approval(ApprovalStatus.APPROVED, decided_by="@owner"),
        calls=(call("c1", 4200, 1150, "0.022"), call("c2", 4900, 1200, "0.0243")),
    )


def held() -> CycleStory:
    """The model's answers could not be used, and their price is not known."""
    reason = "held because gpt-4o gave no usable answer, twice"
    cycle = facts.cycle(CycleOutcome.FAILED, reason, None)
    return CycleStory(replace(cycle, notes=()), (), (), None, (call("c3", 4200, 12, None),))


def call(name: str, asked: int, answered: int, cost: str | None) -> ModelCall:
    price = None if cost is None else D(cost)
    return ModelCall(name, facts.NOW, Purpose.REBALANCE, facts.CYCLE_ID, "gpt-4o", asked, answered, price, 2.4, "ok")

"""Worlds with a card that waits, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.world import SmallWorld, limits, rules, started
from trading.domain.order import OrderStatus, Side
from trading.domain.risk import Approval, RefusalCode, Refused
from trading.orders.approval_rules import ApprovalRules
from trading.orders.intake import Waiting
from trading.store.port import Store

ASKING = limits(approval_threshold=Decimal(50))
TOLD = rules(limits=ASKING)


def told(second_above: str | None = None, drift: str = "0.01", **changes: Any) -> Any:
    """Rules under which orders above 50 wait, and above `second_above` for two people."""
    plain = TOLD.approvals
    second = None if second_above is None else Decimal(second_above)
    approvals = ApprovalRules(plain.time_to_live, plain.preview_time_to_live, Decimal(drift), second)
    return rules(limits=limits(approval_threshold=Decimal(50), **changes), approvals=approvals)


async def with_plan(store: Store | None = None, *, rules: Any = TOLD, **around: Any) -> tuple[SmallWorld, Approval]:
    """A world that holds 5 BTC, and a card to sell 2 of them (200) and to buy 30 ETH (300)."""
    world = await started(store, rules, **around)
    await _hold(world)
    waiting = await world.submit(world.intent(Side.SELL, "2"), world.intent(Side.BUY, "30", "ETH/USD"))
    assert isinstance(waiting, Waiting), waiting
    return world, waiting.approval


async def _hold(world: SmallWorld) -> None:
    """5 BTC at 100, bought with a press and long forgotten."""
    waiting = await world.submit(world.intent(Side.BUY, "5"))
    assert isinstance(waiting, Waiting), waiting
    for person in ("ann", "ben"):
        await world.desk.approve(waiting.approval.id, f"@{person}", "web", person=person)
    assert world.held() == 5
    world.venue.placed.clear()


async def stored(world: SmallWorld, approval: Approval) -> Approval:
    async with world.store.reading() as read:
        found = await read.approval(approval.id)
    assert found is not None
    return found


async def statuses(world: SmallWorld, approval: Approval) -> Sequence[OrderStatus]:
    return [order.status for order in await world.orders(approval.batch_id)]


async def ids(world: SmallWorld, approval: Approval) -> list[str]:
    """The client order ids on a card, in its order."""
    return [order.client_order_id for order in await world.orders(approval.batch_id)]


def refusal(outcome: Any) -> Refused:
    assert isinstance(outcome, Refused), outcome
    assert outcome.detail.endswith(".")
    return outcome


def code(outcome: Any) -> RefusalCode:
    return refusal(outcome).code

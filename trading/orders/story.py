"""An order's whole story, read together from where its parts are kept."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation

from trading.contract.books import OrderStory
from trading.domain.order import Order
from trading.domain.plan import Cycle
from trading.domain.risk import Approval
from trading.store.port import Queries


async def story(read: Queries, order: Order) -> OrderStory:
    """Everything that is known about `order`."""
    batch = await read.batch(order.intent.batch_id)
    assert batch is not None, "an order is written together with its batch"
    approval = await read.approval_of_batch(batch.id)
    cycle = await read.cycle(batch.cycle_id) if batch.cycle_id else None
    siblings = await read.orders_of_batch(batch.id)
    return OrderStory(
        order=order,
        batch=batch,
        fills=tuple(await read.fills_of_order(order.client_order_id)),
        approval=approval,
        cycle=cycle,
        attempts=tuple(other.client_order_id for other in siblings if other.intent.id == order.intent.id),
        quoted=quoted_price(order.symbol, approval, cycle),
    )


def quoted_price(symbol: str, approval: Approval | None, cycle: Cycle | None) -> Decimal | None:
    """What `symbol` stood at when it was decided: on the card, else in the snapshot (the middle of its quote)."""
    if approval is not None and approval.quoted_prices.get(symbol):
        return approval.quoted_prices[symbol]
    return _in_snapshot(symbol, cycle) if cycle is not None else None


def _in_snapshot(symbol: str, cycle: Cycle) -> Decimal | None:
    try:
        snapshot = json.loads(cycle.snapshot)
        # Snapshots of the first version call them prices.
        quote = (snapshot.get("quotes") or snapshot["prices"])[symbol]
        return (Decimal(quote["bid"]) + Decimal(quote["ask"])) / 2
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation):
        return None  # A cycle that failed has no snapshot.

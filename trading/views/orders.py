"""Orders and trades with their whole story."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from trading.contract.books import OrderStory, TradeStory
from trading.contract.read_models import TradeView
from trading.domain.order import Fill, Order
from trading.domain.plan import Cycle
from trading.domain.risk import Approval
from trading.store.port import Queries, Store

MOST_FOUND = 20
SEARCHED = 500
"""How many of the newest orders are looked through for one coin's."""


class OrderViews:
    """Reads orders by id, by coin, or the newest."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self, symbol: str | None) -> Sequence[Order]:
        """Oldest first."""
        async with self._store.reading() as read:
            return [order for order in await read.open_orders() if symbol in (None, order.symbol)]

    async def recent(self, symbol: str | None, limit: int) -> Sequence[Order]:
        """Newest first."""
        async with self._store.reading() as read:
            newest = await read.newest_orders(limit if symbol is None else SEARCHED)
        return [order for order in reversed(newest) if symbol in (None, order.symbol)][:limit]

    async def find(self, prefix: str) -> Sequence[Order]:
        """Newest first."""
        async with self._store.reading() as read:
            return list(reversed(await read.orders_named(prefix, MOST_FOUND)))

    async def find_trades(self, prefix: str) -> Sequence[Fill]:
        """Newest first."""
        async with self._store.reading() as read:
            return list(reversed(await read.fills_named(prefix, MOST_FOUND)))

    async def story(self, client_order_id: str) -> OrderStory | None:
        async with self._store.reading() as read:
            order = await read.order(client_order_id)
            return await story(read, order) if order else None

    async def trade(self, trade_id: str) -> TradeStory | None:
        async with self._store.reading() as read:
            found = [fill for fill in await read.fills_named(trade_id, MOST_FOUND) if fill.trade_id == trade_id]
            order = await read.order(found[0].client_order_id) if found else None
            if order is None:
                return None
            whole = await story(read, order)
        return TradeStory(TradeView(found[0], order, whole.batch), whole)


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
        quote = json.loads(cycle.snapshot)["prices"][symbol]
        return (Decimal(quote["bid"]) + Decimal(quote["ask"])) / 2
    except (ValueError, KeyError, TypeError, InvalidOperation):
        return None  # A cycle that failed has no snapshot.

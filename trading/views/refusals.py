"""Orders that were refused: by the limits before they were sent, or by the venue after."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trading.contract.books import Refusal
from trading.domain.event import BatchRefused
from trading.domain.order import Order, OrderStatus
from trading.store.port import Queries, Store

SEARCHED = 100
"""How many of the newest orders, and of the newest journal entries, are looked through."""


class RefusalViews:
    """Reads the newest ends of the orders and of the journal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def newest(self, symbol: str | None, limit: int) -> Sequence[Refusal]:
        """Newest first; a batch that was refused as a whole counts for every coin in it."""
        async with self._store.reading() as read:
            orders = [order for order in await read.newest_orders(SEARCHED) if order.status is OrderStatus.REJECTED]
            entries = await read.events(max(0, await read.last_seq() - SEARCHED), SEARCHED)
            batches = [entry.event for entry in entries if isinstance(entry.event, BatchRefused)]
            found = [await _of_order(read, order) for order in orders if symbol in (None, order.symbol)]
            for event in batches:
                found += await _of_batch(read, event, symbol)
        found.sort(key=lambda refusal: refusal.at, reverse=True)
        return found[:limit]


async def _of_order(read: Queries, order: Order) -> Refusal:
    batch = await read.batch(order.intent.batch_id)
    intent = order.intent
    by = batch.decided_by if batch else ""
    return Refusal(order.updated_at, intent.source, by, order.detail, intent.side, intent.instrument)


async def _of_batch(read: Queries, event: BatchRefused, symbol: str | None) -> list[Refusal]:
    """One refusal; with an order of one coin in it, that coin's. None where `symbol` is another's."""
    batch = await read.batch(event.batch_id)
    orders = await read.orders_of_batch(event.batch_id)
    if symbol is not None and symbol not in {order.symbol for order in orders} and not _names(event.detail, symbol):
        return []
    alone = orders[0].intent if len(orders) == 1 else None
    source, by = (batch.source, batch.decided_by) if batch else (None, "")
    side, instrument = (alone.side, alone.instrument) if alone else (None, None)
    return [Refusal(event.at, source, by, event.detail, side, instrument)]


def _names(detail: str, symbol: str) -> bool:
    """Whether the words are about the coin: what is refused at once leaves no order behind."""
    return symbol.partition("/")[0] in re.findall(r"[A-Z0-9]+", detail)

"""What each source traded without a person's press within the last 24 hours: many small orders are a large one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from trading.clock import Clock
from trading.domain.money import ZERO
from trading.domain.order import FINAL, Order, Source
from trading.store.port import Queries, Store

SPAN = timedelta(hours=24)

Price = Callable[[str], Decimal | None]
"""The newest price of a symbol, in quote per base."""


@dataclass(frozen=True, slots=True)
class _Entry:
    at: datetime
    source: Source
    notional: Decimal


class UnattendedTrade:
    """Implements `trading.risk.review.Unattended` on the market's clock.

    An order counts from its placing, by what it may still trade and what it has traded. Protective exits and orders
    of approved cards do not count. Memory is the truth while running; `load` reads it from the store.
    """

    def __init__(self, store: Store, price: Price, clock: Clock) -> None:
        self._store = store
        self._price = price
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        """By client order id, oldest first."""

    async def load(self) -> None:
        """Count what the last runs placed."""
        async with self._store.reading() as read:
            orders = sorted(await self._recent(read), key=lambda order: order.created_at)
            asked = {o.intent.batch_id: await read.approval_of_batch(o.intent.batch_id) for o in orders}
        self._entries.clear()
        self.count([order for order in orders if asked[order.intent.batch_id] is None])

    def count(self, orders: Iterable[Order]) -> None:
        """Count `orders`, or count them anew by what became of them."""
        for order in orders:
            if order.intent.protective or order.intent.is_external:
                continue
            known = self._entries.get(order.client_order_id)
            at = order.created_at if known is None else known.at
            self._entries[order.client_order_id] = _Entry(at, order.intent.source, self._worth(order))

    def traded(self, source: Source) -> Decimal:
        """By `source` within the last 24 hours, in quote."""
        self._forget(self._clock.now() - SPAN)
        return sum((entry.notional for entry in self._entries.values() if entry.source is source), ZERO)

    async def _recent(self, read: Queries) -> Iterable[Order]:
        """Orders that traded or are open, placed within the span."""
        since = self._clock.now() - SPAN
        fills = await read.fills(since=since)
        traded = await read.orders_by_id(list(dict.fromkeys(fill.client_order_id for fill in fills)))
        every = {order.client_order_id: order for order in (*traded, *await read.open_orders())}
        return [order for order in every.values() if order.created_at > since]

    def _worth(self, order: Order) -> Decimal:
        done = order.filled_quantity * (order.average_price or ZERO)
        if order.status in FINAL:
            return done
        price = order.average_price or self._price(order.symbol) or order.intent.limit_price or ZERO
        return done + order.remaining * price

    def _forget(self, before: datetime) -> None:
        entries: Mapping[str, _Entry] = self._entries
        for name in [name for name, entry in entries.items() if entry.at <= before]:
            del self._entries[name]

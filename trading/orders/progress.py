"""Tells how far the orders of a rebalance are, one by one."""

from __future__ import annotations

from collections.abc import Sequence

from trading.clock import Clock
from trading.domain.event import CycleProgress
from trading.domain.order import FINAL, Order, OrderStatus, Side, Source
from trading.store.port import Store


class OrderProgress:
    """Hears of each order once it has ended, or nobody waits for it any more, and writes it into the journal."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self, order: Order) -> None:
        if order.intent.source is not Source.REBALANCE or order.status not in FINAL:
            return
        async with self._store.reading() as read:
            batch = await read.batch(order.intent.batch_id)
            together = await read.orders_of_batch(order.intent.batch_id)
        done = sum(other.status in FINAL for other in together)
        if batch is None or batch.cycle_id is None or len(together) < 2:
            return
        # What came of them all follows in a message of its own.
        last = done == len(together)
        detail = "" if last else f"{done} of {len(together)} orders done: {_words(order)}."
        async with self._store.transaction() as tx:
            await tx.append(CycleProgress(self._clock.now(), batch.cycle_id, "done" if last else "order", detail))


def wanted(orders: Sequence[tuple[Side, str]]) -> str:
    """ "sell ETH, buy BTC", from side and base of each."""
    return ", ".join(f"{side.value} {base}" for side, base in orders)


def _words(order: Order) -> str:
    base = order.intent.instrument.base
    if order.average_price is None:
        return f"{order.side.value} {base} {order.status.value.lower()}"
    done = "bought" if order.side is Side.BUY else "sold"
    part = "" if order.status is OrderStatus.FILLED else " in part"
    price = order.average_price.quantize(order.intent.instrument.price_tick)
    return f"{done} {order.filled_quantity.normalize():f} {base}{part} at {price:,f}"

"""Decision cycles, looked up by id, with what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol

from trading.contract.books.cycles import CycleStory
from trading.domain.order import Fill, Order
from trading.domain.plan import Cycle
from trading.domain.usage import ModelCall
from trading.store.port import Queries

MOST_FOUND = 20

CALLS_WITHIN = timedelta(days=1)
"""How far from its cycle a model call is looked for: calls are kept by their time."""


class Readable(Protocol):
    """Whatever can be read like a store."""

    def reading(self) -> AbstractAsyncContextManager[Queries]:
        """A consistent view."""
        ...


class CycleViews:
    """Reads cycles by id, or the newest."""

    def __init__(self, store: Readable) -> None:
        self._store = store

    async def recent(self, limit: int) -> Sequence[Cycle]:
        """Newest first."""
        async with self._store.reading() as read:
            return list(reversed(await read.cycles(limit)))

    async def find(self, prefix: str) -> Sequence[Cycle]:
        """Cycles whose id begins with `prefix`, newest first; the one it names in full alone."""
        async with self._store.reading() as read:
            named = await read.cycles_named(prefix, MOST_FOUND)
        exact = [cycle for cycle in named if cycle.id == prefix]
        return exact or list(reversed(named))

    async def story(self, cycle_id: str) -> CycleStory | None:
        async with self._store.reading() as read:
            cycle = await read.cycle(cycle_id)
            return await _story(read, cycle) if cycle is not None else None


async def _story(read: Queries, cycle: Cycle) -> CycleStory:
    orders: Sequence[Order] = await read.orders_of_batch(cycle.batch_id) if cycle.batch_id else ()
    fills: list[Fill] = []
    for order in orders:
        fills += await read.fills_of_order(order.client_order_id)
    return CycleStory(
        cycle=cycle,
        orders=tuple(orders),
        fills=tuple(sorted(fills, key=lambda fill: fill.at)),
        approval=await read.approval_of_batch(cycle.batch_id) if cycle.batch_id else None,
        calls=await _calls(read, cycle),
    )


async def _calls(read: Queries, cycle: Cycle) -> tuple[ModelCall, ...]:
    near = await read.model_calls(since=cycle.at - CALLS_WITHIN, until=cycle.at + CALLS_WITHIN)
    return tuple(call for call in near if call.cycle_id == cycle.id)

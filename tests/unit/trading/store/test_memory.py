"""What only the memory store promises: facts by reference, and copies only where a reader looks."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.trading.store.facts import batch, fill, order
from trading.domain.order import OrderStatus
from trading.store.memory import MemoryStore


async def test_facts_are_kept_by_reference() -> None:
    store, kept = MemoryStore(), order()
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([kept])
    async with store.reading() as queries:
        assert await queries.order("order") is kept


async def test_many_writes_under_one_readers_eyes_leave_its_view_alone() -> None:
    store = MemoryStore()
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order()])
    async with store.reading() as before:
        for n in range(3):
            async with store.transaction() as tx:
                await tx.add_fill(fill(str(n)))
            async with store.reading() as after:
                assert len(await after.fills()) == n + 1
        assert list(await before.fills()) == []


async def test_a_rollback_under_a_readers_eyes_leaves_nothing_behind() -> None:
    store = MemoryStore()
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order()])
    async with store.reading() as before:
        try:
            async with store.transaction() as tx:
                await tx.update_order(replace(order(), status=OrderStatus.FILLED), OrderStatus.INTENDED)
                raise RuntimeError
        except RuntimeError:
            pass
        assert [o.client_order_id for o in await before.open_orders()] == ["order"]
    async with store.reading() as after:
        assert [o.client_order_id for o in await after.open_orders()] == ["order"]

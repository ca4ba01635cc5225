"""Approvals and batches with everything a card shows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from trading.clock import Clock
from trading.contract import ApprovalView, BatchView
from trading.domain.money import ZERO
from trading.domain.order import Fill, Order
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus
from trading.store.port import Queries, Store
from trading.store.remembered import Remembered


class CardViews:
    """`people` is the clock cards expire by."""

    def __init__(self, store: Store, people: Clock) -> None:
        self._store = store
        self._people = people
        self._waiting = Remembered(store, _count_waiting)

    async def waiting(self) -> int:
        """How many cards `pending` would show."""
        return await self._waiting.get()

    async def pending(self) -> tuple[ApprovalView, ...]:
        """Cards that wait, previews left out: those wait only for who asked."""
        async with self._store.reading() as read:
            waiting = await read.approvals(ApprovalStatus.PENDING)
            return tuple([await self._view(read, a) for a in waiting if a.kind is ApprovalKind.CARD])

    async def approval(self, approval_id: str) -> ApprovalView | None:
        async with self._store.reading() as read:
            approval = await read.approval(approval_id)
            return await self._view(read, approval) if approval else None

    async def batch(self, batch_id: str) -> BatchView | None:
        async with self._store.reading() as read:
            batch = await read.batch(batch_id)
            if batch is None:
                return None
            orders = tuple(await read.orders_of_batch(batch_id))
            cycle = await read.cycle(batch.cycle_id) if batch.cycle_id else None
            approval = await read.approval_of_batch(batch_id)
            return BatchView(batch, orders, await _fills(read, orders), approval, cycle)

    async def batch_of(self, client_order_id: str) -> BatchView | None:
        async with self._store.reading() as read:
            order = await read.order(client_order_id)
        return await self.batch(order.intent.batch_id) if order else None

    async def _view(self, read: Queries, approval: Approval) -> ApprovalView:
        batch = await read.batch(approval.batch_id)
        assert batch is not None, "an approval is written together with its batch"
        orders = tuple(await read.orders_of_batch(batch.id))
        return ApprovalView(
            approval=approval,
            batch=batch,
            orders=orders,
            fills=await _fills(read, orders),
            cycle=await read.cycle(batch.cycle_id) if batch.cycle_id else None,
            estimated={order.client_order_id: _estimate(approval, order) for order in orders},
            expires_in=max(approval.expires_at - self._people.now(), timedelta(0)),
        )


def _estimate(approval: Approval, order: Order) -> Decimal:
    estimate = approval.estimates.get(order.client_order_id)
    if estimate is not None:
        return estimate.notional
    return order.intent.quantity * approval.quoted_prices.get(order.symbol, ZERO)


async def _count_waiting(read: Queries) -> int:
    return sum(approval.kind is ApprovalKind.CARD for approval in await read.approvals(ApprovalStatus.PENDING))


async def _fills(read: Queries, orders: tuple[Order, ...]) -> tuple[Fill, ...]:
    return tuple([fill for order in orders for fill in await read.fills_of_order(order.client_order_id)])

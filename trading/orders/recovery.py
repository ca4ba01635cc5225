"""After a stop, however hard: settle every order that was on its way before anything new is sent."""

from __future__ import annotations

from trading.domain.order import FINAL, Order, OrderStatus
from trading.domain.risk import ApprovalStatus
from trading.orders.manager import OrderManager
from trading.store.port import Store


class Recovery:
    """Asks the venue about every order that is not final."""

    def __init__(self, store: Store, manager: OrderManager) -> None:
        self._store = store
        self._manager = manager

    async def run(self) -> int:
        """Settle what is open and return how many orders had to be. Raises Retryable when the venue cannot be asked."""
        settled = 0
        for order in await self._unsettled():
            await self._settle(order)
            settled += 1
        return settled

    async def _unsettled(self) -> list[Order]:
        """Open orders, without those whose card still waits for a person."""
        async with self._store.reading() as read:
            waiting = {approval.batch_id for approval in await read.approvals(ApprovalStatus.PENDING)}
            orders = await read.open_orders()
        return [o for o in orders if not (o.status is OrderStatus.INTENDED and o.intent.batch_id in waiting)]

    async def _settle(self, order: Order) -> None:
        if order.status is OrderStatus.INTENDED:
            await self._manager.settle(order, OrderStatus.EXPIRED, "Not sent before the program stopped.")
            return
        seen = await self._manager.find(order)
        if seen is None:
            await self._manager.settle(order, OrderStatus.EXPIRED, "The venue never received it.")
            return
        order = await self._manager.apply(order, seen)
        if order.status not in FINAL:
            self._manager.reserve([order])

"""Carries out a committed batch: sells first, then buys from what the sells really brought."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from trading.domain.order import FINAL, Order, Side
from trading.errors import ConcurrentUpdate
from trading.orders.manager import OrderManager
from trading.orders.settlement import Settlement

Told = Callable[[Order], Awaitable[None]]
"""Hears of each order as it ended."""


async def nobody(order: Order) -> None:
    """Nobody waits for single orders."""


class Execution:
    """Sends the orders of a batch and waits for their fills as long as the settlement's patience lasts."""

    def __init__(self, manager: OrderManager, settlement: Settlement, told: Told = nobody) -> None:
        self._manager = manager
        self._settlement = settlement
        self._told = told

    async def execute(self, orders: Sequence[Order]) -> tuple[Order, ...]:
        """Orders are INTENDED and reserved. Returned in the same order; what is not final is still being followed."""
        ended = await self._side(orders, Side.SELL) | await self._side(orders, Side.BUY)
        return tuple(ended[order.client_order_id] for order in orders)

    async def _side(self, orders: Sequence[Order], side: Side) -> dict[str, Order]:
        placed = {o.client_order_id: await self._place(o) for o in orders if o.side is side}
        if len(placed) < 2:  # the usual batch needs no tasks
            return {id_: await self._follow(order) for id_, order in placed.items()}
        ended = await asyncio.gather(*(self._follow(order) for order in placed.values()))
        return dict(zip(placed, ended, strict=True))

    async def _follow(self, order: Order) -> Order:
        ended = await self._settlement.follow(order)
        if order.status not in FINAL:
            await self._told(ended)
        return ended

    async def _place(self, order: Order) -> Order:
        """Whatever is in doubt is known to be before the next order leaves, however long that takes."""
        try:
            placed = await self._manager.place(order)
        except ConcurrentUpdate:
            return await self._called_back(order)
        self._settlement.look_soon(placed)
        if placed.status in FINAL:
            await self._told(placed)
        return placed

    async def _called_back(self, order: Order) -> Order:
        """A person cancelled it before its turn came: it takes nothing."""
        found = await self._settlement.current(order)
        if found.status not in FINAL:
            raise ConcurrentUpdate(f"order {order.client_order_id} is being sent already; it is followed")
        self._manager.release([order])
        return found

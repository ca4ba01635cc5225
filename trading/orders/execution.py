"""Carries out a committed batch: sells first, then buys from what the sells really brought."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from trading.domain.order import Order, Side
from trading.orders.manager import OrderManager
from trading.orders.settlement import Settlement


class Execution:
    """Sends the orders of a batch and waits for their fills as long as the settlement's patience lasts."""

    def __init__(self, manager: OrderManager, settlement: Settlement) -> None:
        self._manager = manager
        self._settlement = settlement

    async def execute(self, orders: Sequence[Order]) -> tuple[Order, ...]:
        """Orders are INTENDED and reserved. Returned in the same order; what is not final is still being followed."""
        ended = await self._side(orders, Side.SELL) | await self._side(orders, Side.BUY)
        return tuple(ended[order.client_order_id] for order in orders)

    async def _side(self, orders: Sequence[Order], side: Side) -> dict[str, Order]:
        placed = {o.client_order_id: await self._place(o) for o in orders if o.side is side}
        if len(placed) < 2:  # the usual batch needs no tasks
            return {id_: await self._settlement.follow(order) for id_, order in placed.items()}
        ended = await asyncio.gather(*(self._settlement.follow(order) for order in placed.values()))
        return dict(zip(placed, ended, strict=True))

    async def _place(self, order: Order) -> Order:
        """Whatever is in doubt is known to be before the next order leaves, however long that takes."""
        placed = await self._manager.place(order)
        self._settlement.look_soon(placed)
        return placed

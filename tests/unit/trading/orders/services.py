"""Lets the core's services run on a clock that only tests move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.world import SmallWorld
from trading.domain.order import Order
from trading.errors import Retryable
from trading.exchange.ports import VenueOrder


async def settle() -> None:
    """Let everybody go on until they wait for time again."""
    for _ in range(50):
        await asyncio.sleep(0)


async def pass_time(world: SmallWorld, seconds: float, step: float = 1.0) -> None:
    """`seconds` in steps, with everything that happens meanwhile."""
    await settle()
    left = seconds
    while left > 0:
        world.clock.advance(min(step, left))
        left -= step
        await settle()


@asynccontextmanager
async def following(world: SmallWorld) -> AsyncIterator[asyncio.Task[None]]:
    """Orders are followed until the block ends."""
    task = asyncio.create_task(world.core.settlement.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Questions:
    """Counts what the venue is asked, and lets a test hold the answers back."""

    def __init__(self, world: SmallWorld) -> None:
        self.asked: list[str] = []
        self.fails = False
        """Questions that are asked from now on get no answer."""
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._find = world.venue.find_order
        world.venue.find_order = self._ask  # type: ignore[method-assign]

    async def _ask(self, order: Order) -> VenueOrder | None:
        self.asked.append(order.client_order_id)
        if self.fails:
            raise Retryable("the exchange is down")
        await self.may_answer.wait()
        return await self._find(order)

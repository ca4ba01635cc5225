"""The core on a clock that nobody steps: prices are polled, stops watched, missed jobs caught up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.world import START, SmallWorld, rules, started
from trading.clock import SimulatedClock
from trading.domain.event import CycleDecided, JobFailed
from trading.errors import Fatal
from trading.live import LiveRun
from trading.orders.protections import ExitRules

INTERVAL = timedelta(seconds=30)
SEVEN = START + timedelta(hours=2)


async def pass_time(world: SmallWorld, seconds: int) -> None:
    for _ in range(seconds):
        world.clock.advance(1)
        for _ in range(20):
            await asyncio.sleep(0)


@asynccontextmanager
async def live(world: SmallWorld) -> AsyncIterator[asyncio.Task[None]]:
    """The world, running until the block ends."""
    task = asyncio.create_task(LiveRun(world.core, INTERVAL).run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def publish(world: SmallWorld, price: str) -> None:
    """The market moves; nobody has looked yet."""
    for symbol in world.core.watched:
        world.market.publish(symbol, Decimal(price), world.clock.now())


async def test_a_fallen_price_is_seen_at_the_next_poll_and_exits() -> None:
    world = await started(told=rules(exits=ExitRules(Decimal("0.02"), None)))
    await world.buy("2")
    async with live(world):
        await pass_time(world, 1)
        publish(world, "90")
        await pass_time(world, 10)
        assert world.held() == 2
        await pass_time(world, 25)
        assert world.held() == 0


async def late(minutes: int) -> SmallWorld:
    """Up since yesterday, and started again `minutes` after the time of the rebalance."""
    clock = SimulatedClock(SEVEN - timedelta(days=1))
    world = await started(clock=clock)
    clock.advance_to(SEVEN + timedelta(minutes=minutes))
    return world


@pytest.mark.parametrize(("minutes", "decisions"), [(30, 1), (150, 0)])
async def test_a_rebalance_that_was_missed_by_little_is_caught_up_once(minutes: int, decisions: int) -> None:
    world = await late(minutes)
    for _ in range(2):
        async with live(world):
            await pass_time(world, 2)
    assert len(await world.events(CycleDecided)) == decisions


async def test_a_fault_in_what_is_caught_up_does_not_stop_the_prices() -> None:
    world = await late(30)

    async def fails(snapshot: object) -> Any:
        raise RuntimeError("a defect in the planner")

    world.planner.plan = fails  # type: ignore[method-assign]
    async with live(world) as running:
        await pass_time(world, 1)
        publish(world, "90")
        await pass_time(world, 40)
        assert not running.done()
        assert world.core.account.price("BTC/USD") == 90
    (told,) = await world.events(JobFailed)
    # What a library's error says may hold an address with its password: chats and books get its kind.
    assert told.reason == "RuntimeError"


async def test_an_outage_of_the_market_does_not_end_the_run_and_a_fault_of_the_store_does() -> None:
    world = await started(told=rules(daily_loss=Decimal("0.05")))
    async with live(world) as running:
        world.market.outage = "no route to the exchange"
        await pass_time(world, 100)
        assert not running.done()
        world.market.outage = ""

        async def broken(symbols: Sequence[str]) -> Any:
            raise Fatal("The disk is full.")

        world.market.quotes = broken  # type: ignore[method-assign]
        await pass_time(world, 40)
        with pytest.raises(ExceptionGroup) as error:
            await asyncio.wait_for(running, 5)
    assert isinstance(error.value.exceptions[0], Fatal)

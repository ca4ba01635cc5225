"""A batch on its way: sells first, and buys only from what is really there."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

from tests.unit.trading.orders.answers import accepts, fill_of, silence, told
from tests.unit.trading.orders.services import following, pass_time, settle
from tests.world import SmallWorld, rules, started
from trading.domain.order import Order, OrderStatus, Side
from trading.domain.risk import RefusalCode, Refused
from trading.exchange.ports import VenueOrder
from trading.orders.intake import Placed

PATIENT = rules(patience=timedelta(seconds=30))


async def invested() -> SmallWorld:
    """9 BTC and hardly any cash."""
    world = await started(told=PATIENT)
    await world.buy("9")
    world.venue.placed.clear()
    world.venue.hides_for = timedelta(seconds=130)
    return world


async def test_sells_come_first_and_their_proceeds_pay_for_the_buys() -> None:
    world = await invested()
    placed = await world.submit(world.intent(Side.BUY, "50", "ETH/USD"), world.intent(Side.SELL, "6"))
    assert isinstance(placed, Placed)
    assert [order.side for order in world.venue.placed] == [Side.SELL, Side.BUY]
    assert [order.status for order in placed.orders] == [OrderStatus.FILLED] * 2
    assert world.held("ETH/USD") == 50


async def test_buys_do_not_spend_what_a_sale_in_doubt_may_not_have_brought() -> None:
    world = await invested()
    world.venue.script.append(silence)
    async with following(world):
        batch = asyncio.create_task(world.submit(world.intent(Side.SELL, "6"), world.intent(Side.BUY, "50", "ETH/USD")))
        await pass_time(world, 29)
        assert not batch.done(), "the buys wait for the sale as long as patience lasts"
        await pass_time(world, 2)
    placed = await batch
    assert isinstance(placed, Placed)
    sale, buy = placed.orders
    assert (sale.status, buy.status) == (OrderStatus.UNKNOWN, OrderStatus.FILLED)
    assert buy.intent.quantity * 10 * Decimal("1.004") <= Decimal("96.4"), "cut to the cash that is there"
    assert world.cash >= 0


async def test_a_sale_that_fills_within_the_patience_pays_in_full() -> None:
    world = await invested()
    world.venue.script.append(accepts)
    async with following(world):
        batch = asyncio.create_task(world.submit(world.intent(Side.SELL, "6"), world.intent(Side.BUY, "50", "ETH/USD")))
        await pass_time(world, 5)
        (sale,) = world.venue.placed
        world.venue.remembers[sale.client_order_id] = told(sale, OrderStatus.FILLED, fill_of(sale, "6"))
        await pass_time(world, 10)
    placed = await batch
    assert isinstance(placed, Placed)
    assert [order.filled_quantity for order in placed.orders] == [6, 50]


async def test_several_orders_together_are_waited_for_no_longer_than_one() -> None:
    world = await invested()
    await world.core.on_quote("BTC/USD", world.tell("BTC/USD", 100))
    world.venue.script += [silence, silence, silence]
    async with following(world):
        sales = [world.intent(Side.SELL, "1") for _ in range(3)]
        batch = asyncio.create_task(world.submit(*sales))
        await pass_time(world, 31)
        assert batch.done()
    await batch


async def test_a_doubt_is_known_before_the_next_order_of_the_batch_leaves() -> None:
    world = await invested()
    leaves = asyncio.Event()

    async def slow(order: Order) -> VenueOrder:
        await leaves.wait()
        return await world.venue.paper.place_order(order)

    world.venue.script += [silence, slow]
    batch = asyncio.create_task(world.submit(world.intent(Side.SELL, "1"), world.intent(Side.SELL, "2")))
    await settle()
    assert len(world.venue.placed) == 2
    entry = await world.submit(world.intent(Side.BUY, "0.1"))
    assert isinstance(entry, Refused)
    assert entry.code is RefusalCode.ORDER_IN_FLIGHT
    leaves.set()
    async with following(world):
        await pass_time(world, 31)
    await batch

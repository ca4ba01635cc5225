"""After a hard stop: every order that was on its way is settled with the venue before anything new is sent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.trading.orders.test_manager import a_fill, seen
from tests.world import START, SmallWorld, small_world, started
from trading.domain.event import BatchCompleted, Started
from trading.domain.money import Money
from trading.domain.order import Batch, Order, OrderStatus, Side, Source
from trading.domain.portfolio import Posting
from trading.domain.risk import RefusalCode, Refused
from trading.errors import NeedsOperator, Retryable
from trading.store.port import Store


async def interrupted(
    store: Store, status: OrderStatus, side: Side = Side.BUY, held: str = ""
) -> tuple[SmallWorld, Order]:
    """A world that stopped while an order for 2 BTC stood at `status`."""
    world = await started(store)
    if held:
        await world.buy(held)
    batch = Batch("cut", Source.STRATEGY, "a test", "a test", START)
    order = Order("order-1", world.intent(side, "2", batch_id="cut"), OrderStatus.INTENDED, START, START)
    order = Order(order.client_order_id, order.intent, status, START, START)
    async with store.transaction() as tx:
        await tx.add_batch(batch)
        await tx.add_orders([order])
    return await world.restarted(), order


async def stored(world: SmallWorld) -> Order:
    (order,) = await world.orders("cut")
    return order


@pytest.mark.parametrize("status", [OrderStatus.SUBMITTED, OrderStatus.UNKNOWN])
async def test_an_order_the_venue_has_filled_is_booked(any_store: Store, status: OrderStatus) -> None:
    world, order = await interrupted(any_store, status)
    world.venue.remembers[order.client_order_id] = seen(order, OrderStatus.FILLED, a_fill(order, "2"))
    await world.core.start()
    assert (await stored(world)).status is OrderStatus.FILLED
    assert (world.held(), world.cash) == (2, Decimal("799.2"))
    assert [event.batch_id for event in await world.events(BatchCompleted)] == ["cut"]
    assert (await world.events(Started))[-1].recovered == 1
    assert world.venue.placed == []


@pytest.mark.parametrize("status", [OrderStatus.SUBMITTED, OrderStatus.UNKNOWN])
async def test_an_order_the_venue_never_saw_expires_and_is_not_sent_again(
    any_store: Store, status: OrderStatus
) -> None:
    world, _ = await interrupted(any_store, status)
    await world.core.start()
    order = await stored(world)
    assert (order.status, order.detail) == (OrderStatus.EXPIRED, "The venue never received it.")
    assert (world.venue.placed, world.cash) == ([], 1000)
    assert len(await world.events(BatchCompleted)) == 1


async def test_an_order_that_was_never_sent_expires(any_store: Store) -> None:
    world, _ = await interrupted(any_store, OrderStatus.INTENDED)
    await world.core.start()
    assert (await stored(world)).status is OrderStatus.EXPIRED
    assert len(await world.events(BatchCompleted)) == 1


@pytest.mark.parametrize("answer", [OrderStatus.REJECTED, OrderStatus.CANCELED])
async def test_what_the_venue_dropped_is_dropped(any_store: Store, answer: OrderStatus) -> None:
    world, order = await interrupted(any_store, OrderStatus.UNKNOWN)
    world.venue.remembers[order.client_order_id] = seen(order, answer)
    await world.core.start()
    assert (await stored(world)).status is answer
    assert world.core.account.free_cash() == 1000


async def test_a_part_that_was_filled_before_the_stop_is_not_booked_twice(any_store: Store) -> None:
    world, order = await interrupted(any_store, OrderStatus.SUBMITTED)
    first, second = a_fill(order, "0.5"), a_fill(order, "1.5", name="t2")
    world.venue.remembers[order.client_order_id] = seen(order, OrderStatus.PARTIALLY_FILLED, first)
    await world.core.start()
    again = await world.restarted()
    again.venue.remembers[order.client_order_id] = seen(order, OrderStatus.FILLED, first, second)
    await again.core.start()
    order = await stored(again)
    assert (order.status, order.filled_quantity, again.held()) == (OrderStatus.FILLED, 2, 2)
    assert await again.core.residual() == 0


async def test_an_order_that_still_rests_keeps_its_cash_reserved(any_store: Store) -> None:
    world, order = await interrupted(any_store, OrderStatus.SUBMITTED)
    world.venue.remembers[order.client_order_id] = seen(order, OrderStatus.ACCEPTED)
    await world.core.start()
    assert (await stored(world)).status is OrderStatus.ACCEPTED
    assert world.core.account.free_cash() == Decimal(1000) - Decimal("200.8")


async def test_a_sale_that_still_rests_keeps_its_holding_reserved(any_store: Store) -> None:
    world, order = await interrupted(any_store, OrderStatus.SUBMITTED, Side.SELL, held="3")
    world.venue.remembers[order.client_order_id] = seen(order, OrderStatus.ACCEPTED)
    await world.core.start()
    assert world.core.account.free_holding("BTC/USD") == 1


async def test_while_the_venue_cannot_be_asked_the_order_stays_in_doubt_and_its_pair_takes_no_entries(
    any_store: Store,
) -> None:
    world, order = await interrupted(any_store, OrderStatus.UNKNOWN)
    world.venue.remembers[order.client_order_id] = Retryable("the exchange is down")
    await world.core.start()
    assert (await stored(world)).status is OrderStatus.UNKNOWN
    refused = await world.submit(world.intent(Side.BUY, "0.1"))
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.ORDER_IN_FLIGHT


async def test_nothing_open_means_nothing_to_recover(any_store: Store) -> None:
    world = await started(any_store)
    await world.buy("1")
    again = await world.restarted()
    await again.core.start()
    starts = await again.events(Started)
    assert [(event.first_start, event.recovered) for event in starts] == [(True, 0), (False, 0)]
    assert (again.held(), again.cash) == (1, world.cash)


async def test_books_that_disagree_with_the_ledger_stop_the_start(any_store: Store) -> None:
    world = await started(any_store)
    async with any_store.transaction() as tx:
        for account, amount in (("assets", "0.01"), ("external", "-0.01")):
            await tx.add_postings([Posting("odd", account, Money(Decimal(amount), "USD"), START)])
    again = await world.restarted()
    with pytest.raises(NeedsOperator, match=r"disagree on USD 0\.01"):
        await again.core.start()


async def test_a_ledger_that_does_not_cancel_stops_the_start() -> None:
    world = await started()
    async with world.store.transaction() as tx:
        await tx.add_postings([Posting("odd", "fees", Money(Decimal("0.01"), "USD"), START)])
    again = await small_world(world.store)
    with pytest.raises(NeedsOperator, match="residual"):
        await again.core.start()

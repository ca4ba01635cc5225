"""Orders to the venue and fills into the books: once, exactly, and not at all where the store does not keep them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.world import START, SmallWorld, rules, started
from trading.domain.event import BatchCompleted
from trading.domain.money import Money
from trading.domain.order import Fill, Order, OrderStatus, Side
from trading.errors import Fatal, OutcomeUnknown, Retryable
from trading.exchange.ports import VenueOrder
from trading.orders.protections import ExitRules
from trading.store.memory import MemoryStore
from trading.store.port import Store, Transaction

EXITS = rules(exits=ExitRules(Decimal("0.02"), Decimal("0.03")))


def a_fill(order: Order, quantity: str, price: str = "100", name: str = "t1") -> Fill:
    fee = Money(Decimal(quantity) * Decimal(price) * Decimal("0.004"), "USD")
    return Fill(name, order.client_order_id, order.symbol, order.side, Decimal(price), Decimal(quantity), fee, START)


def seen(order: Order, status: OrderStatus, *fills: Fill) -> VenueOrder:
    return VenueOrder(order.client_order_id, "venue-1", status, fills)


async def accepted(world: SmallWorld, quantity: str = "2") -> Order:
    """An order that the venue has taken and not filled yet."""

    async def rests(order: Order) -> VenueOrder:
        return seen(order, OrderStatus.ACCEPTED)

    world.venue.script.append(rests)
    (order,) = await world.buy(quantity)
    assert order.status is OrderStatus.ACCEPTED
    return order


async def test_parts_of_an_order_add_up_to_its_average_price_and_fee(any_store: Store) -> None:
    world = await started(any_store)
    order = await accepted(world)
    first, second = a_fill(order, "0.5", "100"), a_fill(order, "1.5", "102", "t2")
    order = await world.core.intake._manager.apply(order, seen(order, OrderStatus.PARTIALLY_FILLED, first))
    assert (order.status, order.filled_quantity, order.average_price) == (
        OrderStatus.PARTIALLY_FILLED,
        Decimal("0.5"),
        Decimal(100),
    )
    assert await world.events(BatchCompleted) == []
    order = await world.core.intake._manager.apply(order, seen(order, OrderStatus.FILLED, first, second))
    assert (order.status, order.filled_quantity, order.average_price) == (
        OrderStatus.FILLED,
        Decimal(2),
        Decimal("101.5"),
    )
    assert order.fee == Decimal("0.812")
    assert world.cash == Decimal(1000) - 203 - Decimal("0.812")
    assert len(await world.events(BatchCompleted)) == 1
    assert await world.core.residual() == 0


async def test_a_fill_that_is_known_is_not_booked_again(any_store: Store) -> None:
    world = await started(any_store)
    order = await accepted(world)
    fill = a_fill(order, "0.5")
    for _ in range(3):
        order = await world.core.intake._manager.apply(order, seen(order, OrderStatus.PARTIALLY_FILLED, fill))
    assert (world.held(), order.filled_quantity) == (Decimal("0.5"), Decimal("0.5"))


async def test_an_order_on_its_way_reserves_its_cash_until_it_is_final(world: SmallWorld) -> None:
    order = await accepted(world, "2")
    assert world.core.account.free_cash() == Decimal(1000) - Decimal("200.8")
    await world.core.intake._manager.apply(order, seen(order, OrderStatus.CANCELED))
    assert world.core.account.free_cash() == 1000


async def test_a_fill_that_comes_after_a_cancel_is_booked(any_store: Store) -> None:
    world = await started(any_store)
    order = await accepted(world)
    order = await world.core.intake._manager.apply(order, seen(order, OrderStatus.CANCELED))
    order = await world.core.intake._manager.apply(order, seen(order, OrderStatus.FILLED, a_fill(order, "2")))
    assert (order.status, world.held()) == (OrderStatus.FILLED, 2)


async def test_a_status_that_the_life_cycle_does_not_know_is_not_taken_over(world: SmallWorld) -> None:
    (order,) = await world.buy("1")
    after = await world.core.intake._manager.apply(order, seen(order, OrderStatus.ACCEPTED))
    assert after.status is OrderStatus.FILLED


async def test_an_order_that_may_have_arrived_is_unknown_and_keeps_its_reservation(any_store: Store) -> None:
    world = await started(any_store)

    async def silent(order: Order) -> VenueOrder:
        raise OutcomeUnknown("the connection broke after the order left")

    world.venue.script.append(silent)
    (order,) = await world.buy("2")
    assert (order.status, order.detail) == (OrderStatus.UNKNOWN, "the connection broke after the order left")
    assert world.core.account.free_cash() == Decimal(1000) - Decimal("200.8")
    assert await world.events(BatchCompleted) == []


async def test_an_order_that_did_not_leave_is_rejected_and_frees_its_cash(any_store: Store) -> None:
    world = await started(any_store)

    async def down(order: Order) -> VenueOrder:
        raise Retryable("the exchange is down")

    world.venue.script.append(down)
    (order,) = await world.buy("2")
    assert (order.status, order.detail) == (OrderStatus.REJECTED, "the exchange is down")
    assert world.core.account.free_cash() == 1000
    assert len(await world.events(BatchCompleted)) == 1


async def test_a_venues_refusal_is_told_in_its_words(world: SmallWorld) -> None:
    async def refuses(order: Order) -> VenueOrder:
        return VenueOrder(order.client_order_id, None, OrderStatus.REJECTED, (), "Market is in post-only mode.")

    world.venue.script.append(refuses)
    (order,) = await world.buy("2")
    assert (order.status, order.detail) == (OrderStatus.REJECTED, "Market is in post-only mode.")


async def test_a_buy_is_cut_when_the_price_rose_since_the_review(world: SmallWorld) -> None:
    """What was reviewed at 100 is sent at 110: as much as the cash pays for, in whole lots."""
    intents = [world.intent(Side.BUY, "9.9")]
    execute = world.core.intake._execution.execute

    async def risen(orders: Any) -> Any:
        world.tell("BTC/USD", 110)
        return await execute(orders)

    world.core.intake._execution.execute = risen  # type: ignore[method-assign]
    await world.submit(*intents)
    assert world.held() == Decimal("9.0546")
    assert 0 <= world.cash < Decimal("0.02")


async def test_a_sale_books_its_profit_with_the_fill(any_store: Store) -> None:
    world = await started(any_store)
    await world.buy("2")
    world.tell("BTC/USD", 110)
    await world.sell("1")
    async with world.store.reading() as read:
        sale = (await read.fills())[-1]
    assert sale.realized == Decimal(110) * Decimal("0.996") - Decimal("100.4")
    assert sale.realized == world.core.account.book.position("BTC/USD").realized_pnl


class Breaking(MemoryStore):
    """A store whose disk fails when a fill is written, or when what was written is committed."""

    def __init__(self, *, at_commit: bool) -> None:
        super().__init__()
        self.broken = False
        self._at_commit = at_commit

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:  # type: ignore[override]
        async with super().transaction() as tx:
            before = await _fills(tx)
            yield _Failing(tx) if self.broken and not self._at_commit else tx
            if self.broken and await _fills(tx) > before:
                raise Fatal("The disk is full.")


class _Failing:
    """A transaction that cannot write postings."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    async def add_postings(self, postings: object) -> None:
        raise Fatal("The disk is full.")


async def _fills(tx: Transaction) -> int:
    return len(await tx.fills())


@pytest.mark.parametrize("at_commit", [False, True])
async def test_what_the_store_does_not_keep_is_not_in_the_books_either(at_commit: bool) -> None:
    store = Breaking(at_commit=at_commit)
    world = await started(store, EXITS)
    await world.buy("1")
    before, levels = world.core.account.book.checkpoint(), world.core.protections.get("BTC/USD")
    store.broken = True
    with pytest.raises(Fatal, match="disk is full"):
        await world.buy("2")
    assert world.core.account.book.checkpoint() == before
    assert world.core.protections.get("BTC/USD") == levels
    store.broken = False
    again = await world.restarted()
    await again.core.start()
    assert (again.held(), await again.core.residual()) == (1, 0)


async def test_a_cancellation_before_the_booking_leaves_no_trace_and_recovery_settles_it(any_store: Store) -> None:
    """The task that waits for the venue is cut: the books are as before, and the next start asks the venue."""
    world = await started(any_store)

    async def endless(order: Order) -> VenueOrder:
        await asyncio.Event().wait()
        raise AssertionError

    world.venue.script.append(endless)
    sending = asyncio.create_task(world.buy("1"))
    await asyncio.wait_for(world.venue.arrived.wait(), 5)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert world.cash == 1000
    (order,) = world.venue.placed
    again = await world.restarted()
    again.venue.remembers[order.client_order_id] = seen(order, OrderStatus.FILLED, a_fill(order, "1"))
    assert await again.core.open() == 1
    assert again.held() == 1


async def test_a_cancellation_during_the_commit_keeps_what_was_committed() -> None:
    class Hanging(MemoryStore):
        """Commits, and then tells its caller that he was cancelled meanwhile, as the durable store does."""

        hang = False

        @asynccontextmanager
        async def transaction(self) -> AsyncIterator[Transaction]:  # type: ignore[override]
            async with super().transaction() as tx:
                before = await _fills(tx)
                yield tx
                grew = await _fills(tx) > before
            if self.hang and grew:
                raise asyncio.CancelledError

    store = Hanging()
    world = await started(store)
    store.hang = True
    with pytest.raises(asyncio.CancelledError):
        await world.buy("1")
    assert (world.held(), world.core.account.free_cash()) == (1, world.cash)
    async with store.reading() as read:
        assert len(await read.fills()) == 1


async def test_concurrent_batches_leave_ledger_and_book_in_agreement(any_store: Store) -> None:
    world = await started(any_store)
    await asyncio.gather(*(world.buy("0.5") for _ in range(8)), *(world.buy("2", "ETH/USD") for _ in range(8)))
    await asyncio.gather(*(world.sell("0.25") for _ in range(8)))
    again = await world.restarted()
    await again.core.start()
    assert again.core.account.book.checkpoint() == world.core.account.book.checkpoint()
    assert (again.held(), again.held("ETH/USD"), await again.core.residual()) == (2, 16, 0)


async def test_an_order_is_dated_by_the_market(world: SmallWorld) -> None:
    world.clock.advance(90)
    world.tell("BTC/USD", 100)
    (order,) = await world.buy("1")
    assert order.updated_at == START + timedelta(seconds=90)
    assert replace(order, updated_at=START).created_at == order.created_at == START + timedelta(seconds=90)

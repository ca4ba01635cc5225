"""The only writer of book and ledger: everything once, whole, and back to where it was when it was not kept."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.trading.orders.answers import accepts, fill_of, silence, told
from tests.world import START, SmallWorld, started
from trading.domain.event import BatchCompleted, ExternalFlow, OrderInDoubt, OrderSettled
from trading.domain.money import Money
from trading.domain.order import FINAL, Order, OrderStatus
from trading.domain.portfolio import CashFlow
from trading.errors import Fatal, NeedsOperator
from trading.orders.bookkeeper import Bookkeeper
from trading.store.memory import MemoryStore
from trading.store.port import Store, Transaction, unclaimed


def books(world: SmallWorld) -> Bookkeeper:
    return world.core.manager._books


async def resting(world: SmallWorld, quantity: str = "2") -> Order:
    world.venue.script.append(accepts)
    (order,) = await world.buy(quantity)
    return order


def flow(amount: str, id_: str = "flow-1", currency: str = "USD", value: str | None = None) -> CashFlow:
    worth = None if value is None else Decimal(value)
    return CashFlow(id_, Money(Decimal(amount), currency), START, "a test", worth)


def said(flow: CashFlow) -> ExternalFlow:
    return ExternalFlow(START, flow.id, "deposit", flow.money, flow.worth)


class TestOrders:
    async def test_what_the_store_holds_counts_and_not_what_the_caller_remembers(self, any_store: Store) -> None:
        world = await started(any_store)
        order = await resting(world)
        await books(world).record(order, told(order, OrderStatus.FILLED, fill_of(order, "2")))
        late = await books(world).record(order, told(order, OrderStatus.ACCEPTED))
        assert (late.status, late.filled_quantity, world.held()) == (OrderStatus.FILLED, 2, 2)

    async def test_two_who_book_the_same_fill_at_once_book_it_once(self, any_store: Store) -> None:
        world = await started(any_store)
        order = await resting(world)
        seen = told(order, OrderStatus.FILLED, fill_of(order, "2"))
        await asyncio.gather(*(books(world).record(order, seen) for _ in range(5)))
        assert (world.held(), books(world).fills) == (2, 1)
        assert len(await world.events(BatchCompleted)) == 1
        assert await world.core.residual() == 0

    async def test_nothing_new_writes_nothing(self, world: SmallWorld) -> None:
        order = await resting(world)
        before = len(await world.events())
        after = await books(world).record(order, told(order, OrderStatus.ACCEPTED))
        assert (after, len(await world.events())) == (order, before)

    @pytest.mark.parametrize("end", sorted(FINAL - {OrderStatus.FILLED}))
    async def test_an_order_that_ends_gives_back_what_it_had_set_aside(
        self, any_store: Store, end: OrderStatus
    ) -> None:
        world = await started(any_store)
        order = await resting(world)
        assert world.core.account.free_cash() < 1000
        await books(world).record(order, told(order, end))
        assert world.core.account.free_cash() == 1000

    async def test_doubt_is_told_and_its_end_is_told(self, world: SmallWorld) -> None:
        world.venue.script.append(silence)
        (order,) = await world.buy("2")
        assert len(await world.events(OrderInDoubt)) == 1
        await books(world).record(order, told(order, OrderStatus.ACCEPTED))
        assert len(await world.events(OrderSettled)) == 1

    async def test_a_fill_after_the_end_is_told(self, world: SmallWorld) -> None:
        order = await resting(world)
        await books(world).record(order, told(order, OrderStatus.CANCELED))
        await books(world).record(order, told(order, OrderStatus.CANCELED, fill_of(order, "0.5")))
        assert (len(await world.events(OrderSettled)), world.held()) == (1, Decimal("0.5"))

    async def test_a_fill_that_the_book_refuses_leaves_no_trace(self, any_store: Store) -> None:
        world = await started(any_store)
        await world.buy("1")
        world.venue.script.append(accepts)
        (order,) = await world.sell("1")
        before = world.core.account.book.checkpoint()
        with pytest.raises(NeedsOperator):
            await books(world).record(order, told(order, OrderStatus.FILLED, fill_of(order, "1.5")))
        assert world.core.account.book.checkpoint() == before
        async with world.store.reading() as read:
            assert len(await read.fills()) == 1
        assert await world.core.residual() == 0


class TestFlows:
    async def test_are_booked_and_told_once(self, any_store: Store) -> None:
        world = await started(any_store)
        for _ in range(3):
            await books(world).record_flow(flow("50"), said(flow("50")))
        assert (world.cash, len(await world.events(ExternalFlow))) == (1050, 1)
        assert await world.core.residual() == 0

    async def test_are_no_profit(self, world: SmallWorld) -> None:
        world.clock.advance(60)
        await books(world).record_flow(flow("50"), said(flow("50")))
        (*_, point) = world.core.curve.points
        assert (point.equity, point.flows) == (1050, 50)

    async def test_that_the_book_refuses_do_not_do_what_was_to_be_done_with_them(self, any_store: Store) -> None:
        world = await started(any_store)
        done: list[str] = []

        async def claim(tx: Transaction) -> None:
            done.append("closed")

        leaving = flow("-1", currency="BTC", value="-100")
        with pytest.raises(NeedsOperator):
            await books(world).record_flow(leaving, said(leaving), claim)
        assert (done, world.cash, await world.events(ExternalFlow)) == ([], 1000, [])

    async def test_too_small_to_tell_are_booked_all_the_same(self, world: SmallWorld) -> None:
        await books(world).record_quietly(flow("-0.0001"))
        assert (world.cash, await world.events(ExternalFlow)) == (Decimal("999.9999"), [])
        assert await world.core.residual() == 0

    async def test_that_are_not_kept_are_taken_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        world = await started()

        async def breaks(self: Any, error: object, *_: object) -> None:
            await leave(self, Fatal, None, None)
            raise Fatal("the disk is full")

        block = type(MemoryStore().transaction())
        leave = block.__aexit__
        pending = world.core.curve.pending
        with monkeypatch.context() as patch:
            patch.setattr(block, "__aexit__", breaks)
            with pytest.raises(Fatal):
                await books(world).record_flow(flow("50"), said(flow("50")), unclaimed)
        assert (world.cash, world.core.curve.pending) == (1000, pending)

"""Calling orders back: ours and nobody else's, and never a word more than is known."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

import pytest

from tests.world import SmallWorld, limits, rules, started
from trading.contract.controls import Cancelled, CancelView
from trading.domain.order import Batch, Order, OrderIntent, OrderStatus, OrderType, Side, Source, client_order_id
from trading.domain.risk import RefusalCode, Refused, TradingState
from trading.errors import OutcomeUnknown, Retryable
from trading.exchange.ports import VenueOrder
from trading.orders.intake import Placed, Waiting
from trading.store.port import Store


async def resting(world: SmallWorld, symbol: str = "BTC/USD", price: str = "90", **changes: object) -> Order:
    """An order of ours that rests at the venue."""
    intent = world.intent(Side.BUY, "1", symbol, type=OrderType.LIMIT, limit_price=D(price), **changes)
    placed = await world.submit(intent)
    assert isinstance(placed, Placed), placed
    return placed.orders[0]


async def cancel(world: SmallWorld, wanted: str = "all") -> Sequence[CancelView]:
    outcome = await world.desk.controls.cancel(wanted, "@ana")
    assert not isinstance(outcome, Refused), outcome
    return outcome


async def refused(world: SmallWorld, wanted: str) -> RefusalCode:
    outcome = await world.desk.controls.cancel(wanted, "@ana")
    assert isinstance(outcome, Refused), outcome
    return outcome.code


async def stored(world: SmallWorld, order: Order) -> Order:
    async with world.store.reading() as read:
        found = await read.order(order.client_order_id)
    assert found is not None
    return found


async def test_a_resting_order_is_called_back_and_its_money_is_free_again(any_store: Store) -> None:
    world = await started(any_store)
    order = await resting(world)
    assert world.core.account.free_cash() < 1000
    (view,) = await cancel(world)
    assert view.outcome is Cancelled.CANCELED
    assert (await stored(world, order)).status is OrderStatus.CANCELED
    assert world.core.account.free_cash() == 1000 and list(await world.desk.controls.open_orders()) == []


async def test_one_is_named_by_the_beginning_of_its_id() -> None:
    world = await started()
    first, second = await resting(world), await resting(world, "ETH/USD", "9")
    (view,) = await cancel(world, first.client_order_id[:8].upper())
    assert view.order.client_order_id == first.client_order_id
    assert [o.client_order_id for o in await world.desk.controls.open_orders()] == [second.client_order_id]


async def test_what_names_none_several_or_too_little_is_refused() -> None:
    world = await started()
    assert await refused(world, "all") is RefusalCode.NOTHING_TO_DO
    await resting(world)
    assert await refused(world, "abc") is RefusalCode.INVALID_AMOUNT
    assert await refused(world, "zzzz") is RefusalCode.UNKNOWN_CARD
    assert len(await world.desk.controls.open_orders()) == 1


async def test_on_paper_market_orders_are_done_at_once() -> None:
    world = await started()
    await world.buy("1")
    assert list(await world.desk.controls.open_orders()) == []


async def test_an_order_whose_outcome_is_unknown_is_said_to_be_so_and_is_not_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await started()

    async def lost(order: Order) -> VenueOrder:
        raise OutcomeUnknown("The connection broke.")

    async def nobody_may(order: Order) -> VenueOrder | None:
        raise AssertionError("a cancellation could overtake it")

    world.venue.script.append(lost)
    world.venue.hides_for = timedelta(minutes=5)
    monkeypatch.setattr(world.venue, "cancel_order", nobody_may)
    await world.submit(world.intent(Side.BUY, "1"))
    (view,) = await cancel(world)
    assert view.outcome is Cancelled.IN_DOUBT
    assert (await stored(world, view.order)).status is OrderStatus.UNKNOWN


async def test_a_venue_that_does_not_answer_leaves_the_order_open_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await started()
    order = await resting(world)

    async def silent(order: Order) -> VenueOrder | None:
        raise Retryable("The venue does not answer.")

    monkeypatch.setattr(world.venue, "cancel_order", silent)
    (view,) = await cancel(world)
    assert (view.outcome, view.detail) == (Cancelled.FAILED, "The venue does not answer.")
    assert (await stored(world, order)).status is OrderStatus.ACCEPTED


async def test_a_cancellation_that_may_have_arrived_is_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await started()
    await resting(world)

    async def broken(order: Order) -> VenueOrder | None:
        raise OutcomeUnknown("The answer was cut.")

    monkeypatch.setattr(world.venue, "cancel_order", broken)
    (view,) = await cancel(world)
    assert view.outcome is Cancelled.IN_DOUBT


async def test_one_that_fails_does_not_keep_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await started()
    first, second = await resting(world), await resting(world, "ETH/USD", "9")
    really = world.venue.cancel_order

    async def fails_for_btc(order: Order) -> VenueOrder | None:
        if order.symbol == "BTC/USD":
            raise Retryable("busy")
        return await really(order)

    monkeypatch.setattr(world.venue, "cancel_order", fails_for_btc)
    outcomes = {view.order.client_order_id: view.outcome for view in await cancel(world)}
    assert outcomes == {first.client_order_id: Cancelled.FAILED, second.client_order_id: Cancelled.CANCELED}


async def test_what_filled_before_the_cancellation_arrived_is_booked() -> None:
    world = await started()
    await resting(world)
    world.tell("BTC/USD", 80)
    world.venue.paper.on_quote("BTC/USD", world.core.quotes.latest("BTC/USD"))  # type: ignore[arg-type]
    (view,) = await cancel(world)
    assert view.outcome is Cancelled.DONE and world.held() == 1


async def test_the_exit_of_a_stop_is_not_called_back() -> None:
    world = await started()
    await world.buy("1")
    intent = world.intent(Side.SELL, "1", type=OrderType.LIMIT, limit_price=D(110), protective=True)
    await world.submit(intent)
    (view,) = await cancel(world)
    assert view.outcome is Cancelled.EXIT
    assert (await stored(world, view.order)).status is OrderStatus.ACCEPTED


async def test_orders_of_a_card_that_waits_are_left_to_the_card() -> None:
    world = await started(told=rules(limits=limits(approval_threshold=D(10))))
    assert isinstance(await world.submit(world.intent(Side.BUY, "1")), Waiting)
    assert list(await world.desk.controls.open_orders()) == []
    assert await refused(world, "all") is RefusalCode.NOTHING_TO_DO


async def test_the_owners_own_orders_are_never_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await started()
    batch = Batch("theirs", Source.EXTERNAL, "the owner", "by hand", world.clock.now())
    intent = replace(world.intent(Side.BUY, "1"), batch_id="theirs", source=Source.EXTERNAL)
    now = world.clock.now()
    theirs = Order(client_order_id(intent), intent, OrderStatus.ACCEPTED, now, now)
    async with world.store.transaction() as tx:
        await tx.add_batch(batch)
        await tx.add_orders([theirs])
    mine = await resting(world)
    asked: list[str] = []
    really = world.venue.cancel_order

    async def noting(order: Order) -> VenueOrder | None:
        asked.append(order.client_order_id)
        return await really(order)

    monkeypatch.setattr(world.venue, "cancel_order", noting)
    await cancel(world)
    assert asked == [mine.client_order_id]
    assert await stored(world, theirs) == theirs


def two(world: SmallWorld) -> list[OrderIntent]:
    return [world.intent(Side.BUY, "1"), world.intent(Side.BUY, "10", "ETH/USD")]


@pytest.mark.parametrize("by", ["cancel", "panic"])
async def test_what_was_not_sent_yet_never_is(any_store: Store, by: str) -> None:
    world = await started(any_store)
    answered = asyncio.Event()

    async def slowly(order: Order) -> VenueOrder:
        await answered.wait()
        return await world.venue.paper.place_order(order)

    world.venue.script.append(slowly)
    batch = asyncio.create_task(world.submit(*two(world)))
    await asyncio.wait_for(world.venue.arrived.wait(), 5)
    if by == "panic":
        view = await world.desk.controls.panic("@ana")
        views: Sequence[CancelView] = view.cancelled
        assert world.core.switch.state is TradingState.HALTED
    else:
        views = await cancel(world)
    assert [view.outcome for view in views] == [Cancelled.IN_DOUBT, Cancelled.NOT_SENT]
    answered.set()
    placed = await asyncio.wait_for(batch, 5)
    assert isinstance(placed, Placed)
    assert [order.status for order in placed.orders] == [OrderStatus.FILLED, OrderStatus.CANCELED]
    assert [order.symbol for order in world.venue.placed] == ["BTC/USD"]
    assert world.core.account.free_cash() == world.cash and world.held("ETH/USD") == 0


async def test_what_left_at_this_very_moment_is_not_closed_as_unsent() -> None:
    world = await started()
    order = await resting(world)
    # As it was read a moment ago, before it was sent.
    seen_before = replace(order, status=OrderStatus.INTENDED)
    after = await world.core.manager.withdraw(seen_before, "Cancelled by @ana before it was sent.")
    assert after.status is OrderStatus.ACCEPTED and (await stored(world, order)).status is OrderStatus.ACCEPTED

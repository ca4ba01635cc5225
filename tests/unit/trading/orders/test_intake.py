"""The one entrance: a batch is reviewed whole, committed before the network is touched, and executed sells first."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.trading.risk.test_limits import intent
from tests.world import START, SmallWorld, instrument, limits, rules, small_world, started
from trading.domain.event import ApprovalRequested, BatchCompleted, BatchRefused
from trading.domain.order import Batch, Order, OrderStatus, Side, Source
from trading.domain.risk import ApprovalKind, RefusalCode, Refused, TradingState
from trading.exchange.ports import VenueOrder
from trading.orders.intake import Placed, Waiting, client_order_id
from trading.store.port import Store


def asking(threshold: str = "50", **changes: Any) -> Any:
    return rules(limits=limits(approval_threshold=Decimal(threshold), **changes))


async def test_a_batch_within_the_limits_is_placed_and_completed(any_store: Store) -> None:
    world = await started(any_store)
    (order,) = await world.buy("1")
    assert (order.status, order.filled_quantity, order.average_price, order.fee) == (
        OrderStatus.FILLED,
        Decimal(1),
        Decimal(100),
        Decimal("0.4"),
    )
    assert (world.cash, world.held()) == (Decimal("899.6"), Decimal(1))
    assert await world.events(BatchCompleted) == [BatchCompleted(START, order.intent.batch_id)]
    assert await world.core.residual() == 0


async def test_one_bad_order_stops_its_whole_batch(any_store: Store) -> None:
    world = await started(any_store)
    verdict = await world.submit(world.intent(Side.BUY, "1"), world.intent(Side.BUY, "0.01", "ETH/USD"))
    assert isinstance(verdict, Refused)
    assert (verdict.code, verdict.symbol) == (RefusalCode.BELOW_MIN_NOTIONAL, "ETH/USD")
    assert world.venue.placed == []
    assert world.cash == 1000
    (event,) = await world.events(BatchRefused)
    assert (event.code, event.detail) == (verdict.code, verdict.detail)
    assert list(await world.orders(event.batch_id)) == []


async def test_sells_go_before_buys_whatever_the_order_given(world: SmallWorld) -> None:
    await world.buy("9")
    world.venue.placed.clear()
    await world.submit(world.intent(Side.BUY, "50", "ETH/USD"), world.intent(Side.SELL, "9"))
    assert [(order.side, order.symbol) for order in world.venue.placed] == [
        (Side.SELL, "BTC/USD"),
        (Side.BUY, "ETH/USD"),
    ]


async def test_buys_are_cut_to_what_the_sells_really_brought(any_store: Store) -> None:
    world = await started(any_store)
    await world.buy("9.9")

    async def half(order: Order) -> VenueOrder:
        """The venue fills half of the sale and drops the rest."""
        whole = await world.venue.paper.place_order(
            replace(order, intent=replace(order.intent, quantity=Decimal("4.95")))
        )
        return replace(whole, status=OrderStatus.CANCELED, detail="half only")

    world.venue.script.append(half)
    placed = await world.submit(world.intent(Side.SELL, "9.9"), world.intent(Side.BUY, "90", "ETH/USD"))
    assert isinstance(placed, Placed)
    sale, purchase = placed.orders
    brought = Decimal(1000) - Decimal(990) * Decimal("1.004") + Decimal(495) * Decimal("0.996")
    assert (sale.status, sale.filled_quantity) == (OrderStatus.CANCELED, Decimal("4.95"))
    assert purchase.status is OrderStatus.FILLED
    assert purchase.filled_quantity == Decimal("49.7071")
    assert brought / (10 * Decimal("1.004")) - purchase.filled_quantity < Decimal("0.0001")
    assert 0 <= world.cash < Decimal("0.01")
    stored = await world.orders(purchase.intent.batch_id)
    assert {order.client_order_id: order.intent.quantity for order in stored}[purchase.client_order_id] == Decimal(
        "49.7071"
    )


async def test_a_buy_for_which_nothing_is_left_is_canceled_and_told(any_store: Store) -> None:
    world = await started(any_store)
    await world.buy("9.92")

    async def refuses(order: Order) -> VenueOrder:
        return VenueOrder(order.client_order_id, None, OrderStatus.REJECTED, (), "not today")

    world.venue.script.append(refuses)
    placed = await world.submit(world.intent(Side.SELL, "9.92"), world.intent(Side.BUY, "90", "ETH/USD"))
    assert isinstance(placed, Placed)
    assert [order.status for order in placed.orders] == [OrderStatus.REJECTED, OrderStatus.CANCELED]
    assert "cash" in placed.orders[1].detail
    assert len(await world.events(BatchCompleted)) == 2
    assert world.core.account.free_cash() == world.cash


async def test_above_the_threshold_a_card_is_raised_and_nothing_is_sent(any_store: Store) -> None:
    world = await started(any_store, asking())
    waiting = await world.submit(world.intent(Side.BUY, "0.4"), world.intent(Side.BUY, "4", "ETH/USD"))
    assert isinstance(waiting, Waiting)
    assert (waiting.approval.kind, waiting.approval.notional) == (ApprovalKind.CARD, Decimal(80))
    assert world.venue.placed == []
    assert await world.events(ApprovalRequested) == [ApprovalRequested(START, waiting.approval.id)]
    orders = await world.orders(waiting.approval.batch_id)
    assert {order.status for order in orders} == {OrderStatus.INTENDED}
    assert world.core.account.free_cash() == 1000


async def test_two_batches_at_once_cannot_spend_the_same_cash(any_store: Store) -> None:
    world = await started(any_store)
    outcomes = await asyncio.gather(*(world.submit(world.intent(Side.BUY, "6")) for _ in range(4)))
    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 1
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert {outcome.code for outcome in refused} == {RefusalCode.NOT_ENOUGH_CASH}
    assert world.held() == 6


async def test_an_order_is_committed_before_the_venue_hears_of_it(any_store: Store) -> None:
    world = await started(any_store)
    seen: list[OrderStatus] = []

    async def looks(order: Order) -> VenueOrder:
        async with world.store.reading() as read:
            stored = await read.order(order.client_order_id)
        assert stored is not None
        seen.append(stored.status)
        return await world.venue.paper.place_order(order)

    world.venue.script.append(looks)
    await world.buy("1")
    assert seen == [OrderStatus.SUBMITTED]


async def test_while_an_order_is_on_its_way_others_are_judged(world: SmallWorld) -> None:
    """The lock covers review and commit, never the network."""
    answer = asyncio.Event()

    async def slow(order: Order) -> VenueOrder:
        await answer.wait()
        return await world.venue.paper.place_order(order)

    world.venue.script.append(slow)
    first = asyncio.create_task(world.buy("6"))
    await asyncio.wait_for(world.venue.arrived.wait(), 5)
    refused = await world.submit(world.intent(Side.BUY, "6"))
    assert isinstance(refused, Refused)
    assert await world.buy("20", "ETH/USD")
    answer.set()
    await first
    assert (world.held(), world.held("ETH/USD")) == (6, 20)


def test_the_same_attempt_always_has_the_same_id_and_no_other_has_it() -> None:
    assert client_order_id(intent()) == client_order_id(intent())
    assert len({client_order_id(intent(), 1), client_order_id(intent(), 2), client_order_id(intent(id="j"))}) == 3


async def test_a_preview_shows_what_would_be_sent_even_below_the_threshold(any_store: Store) -> None:
    world = await started(any_store)
    wanted = world.intent(Side.BUY, "1")
    batch = Batch("b", Source.MANUAL, "@ana", "asked", START)
    waiting = await world.core.intake.preview(batch, [replace(wanted, batch_id="b")], "@ana")
    assert isinstance(waiting, Waiting)
    approval = waiting.approval
    assert (approval.kind, approval.actor, approval.notional) == (ApprovalKind.PREVIEW, "@ana", Decimal(100))
    assert approval.fees == Decimal("0.4")
    assert approval.expires_at - approval.created_at == timedelta(minutes=2)
    assert approval.quoted_prices == {"BTC/USD": Decimal(100)}
    assert approval.weights_now == {}
    assert approval.weights_after == {"BTC/USD": Decimal("0.1")}
    assert await world.events(ApprovalRequested) == []


REFUSED = RefusalCode


async def halted(world: SmallWorld) -> Any:
    await world.core.switch.change(TradingState.HALTED, "halted by @ana", "@ana")
    return world.intent(Side.BUY, "1")


async def reducing(world: SmallWorld) -> Any:
    await world.core.switch.change(TradingState.REDUCING, "paused by @ana", "@ana")
    return world.intent(Side.BUY, "1")


async def stale(world: SmallWorld) -> Any:
    world.clock.advance(121)
    return world.intent(Side.BUY, "1")


async def unpriced(world: SmallWorld) -> Any:
    return world.intent(Side.BUY, "1", instrument=instrument("DOGE/USD"))


async def tiny(world: SmallWorld) -> Any:
    return world.intent(Side.BUY, "0.0009")


async def cheap(world: SmallWorld) -> Any:
    return world.intent(Side.BUY, "0.049")


async def large(world: SmallWorld) -> Any:
    return world.intent(Side.BUY, "3.01")


async def heavy(world: SmallWorld) -> Any:
    await world.buy("2.8")
    return world.intent(Side.BUY, "2.8")


async def dear(world: SmallWorld) -> Any:
    await world.buy("25", "ETH/USD")
    await world.buy("25", "ETH/USD")
    await world.buy("300", "SOL/USD")
    return world.intent(Side.BUY, "3")


async def unheld(world: SmallWorld) -> Any:
    return world.intent(Side.SELL, "1")


async def too_much(world: SmallWorld) -> Any:
    await world.buy("1")
    return world.intent(Side.SELL, "1.0001")


async def between_lots(world: SmallWorld) -> Any:
    return world.intent(Side.BUY, "1.00005")


@pytest.mark.parametrize(
    ("situation", "code"),
    [
        (halted, REFUSED.HALTED),
        (reducing, REFUSED.REDUCING),
        (stale, REFUSED.STALE_PRICE),
        (unpriced, REFUSED.NO_PRICE),
        (tiny, REFUSED.BELOW_MIN_QUANTITY),
        (cheap, REFUSED.BELOW_MIN_NOTIONAL),
        (large, REFUSED.ABOVE_MAX_ORDER_SIZE),
        (heavy, REFUSED.ABOVE_MAX_POSITION),
        (dear, REFUSED.NOT_ENOUGH_CASH),
        (unheld, REFUSED.NOTHING_TO_SELL),
        (too_much, REFUSED.EXCEEDS_POSITION),
        (between_lots, REFUSED.INVALID_AMOUNT),
    ],
    ids=lambda value: value.__name__ if callable(value) else value.value,
)
async def test_every_limit_refuses_in_a_real_situation(situation: Any, code: RefusalCode) -> None:
    world = await started(told=rules(limits=limits(max_order_size=Decimal(300), max_position=Decimal("0.55"))))
    refused = await world.submit(await situation(world))
    assert isinstance(refused, Refused)
    assert refused.code is code
    assert (await world.events(BatchRefused))[-1].code is code


async def test_without_starting_the_core_has_no_cash_to_spend() -> None:
    world = await small_world()
    world.tell("BTC/USD", 100)
    refused = await world.submit(world.intent(Side.BUY, "1"))
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.NOT_ENOUGH_CASH


async def test_what_a_sale_on_its_way_sells_is_not_sold_again(world: SmallWorld) -> None:
    await world.buy("2")
    world.venue.arrived.clear()
    answer = asyncio.Event()

    async def slow(order: Order) -> VenueOrder:
        await answer.wait()
        return await world.venue.paper.place_order(order)

    world.venue.script.append(slow)
    first = asyncio.create_task(world.sell("2"))
    await asyncio.wait_for(world.venue.arrived.wait(), 5)
    refused = await world.submit(world.intent(Side.SELL, "1"))
    answer.set()
    await first
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.NOTHING_TO_SELL

"""Stops and targets: at the level or beyond, once, without waiting for anybody."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.world import SmallWorld, limits, rules, started
from trading.domain.event import BatchRefused
from trading.domain.market import Quote
from trading.domain.money import Money
from trading.domain.order import Order, OrderStatus, Side, Source
from trading.domain.portfolio import CashFlow
from trading.domain.risk import RefusalCode, TradingState
from trading.exchange.ports import VenueOrder
from trading.orders.protections import ExitRules
from trading.store.port import Store

EXITS = ExitRules(Decimal("0.02"), Decimal("0.03"))
TOLD = rules(exits=EXITS)


async def holding(store: Store | None = None, quantity: str = "2") -> SmallWorld:
    """BTC bought at 100 with the stop at 98 and the target at 103."""
    world = await started(store, TOLD)
    await world.buy(quantity)
    world.venue.placed.clear()
    world.venue.arrived.clear()
    return world


@pytest.mark.parametrize(
    ("price", "source"),
    [
        ("98.01", None),
        ("98", Source.STOP),
        ("90", Source.STOP),
        ("102.99", None),
        ("103", Source.TARGET),
        ("120", Source.TARGET),
    ],
)
async def test_a_level_is_reached_at_it_or_beyond(price: str, source: Source | None) -> None:
    world = await holding()
    await world.tick("BTC/USD", price)
    assert [order.intent.source for order in world.venue.placed] == ([source] if source else [])
    assert world.held() == (0 if source else 2)


async def test_an_exit_is_protective_whole_and_says_why(any_store: Store) -> None:
    world = await holding(any_store)
    await world.tick("BTC/USD", "97.5")
    (order,) = world.venue.placed
    assert (order.side, order.intent.quantity) == (Side.SELL, 2)
    assert order.intent.protective
    assert order.intent.reduce_only
    assert order.intent.reason == "BTC fell to 97.5, 2.5 % below the entry of 100.00 (stop 98.00)."
    async with world.store.reading() as read:
        batch = await read.batch(order.intent.batch_id)
    assert batch is not None
    assert (batch.source, batch.decided_by) == (Source.STOP, "monitor")


async def test_an_exit_waits_for_no_approval() -> None:
    world = await started(told=rules(exits=EXITS, limits=limits(approval_threshold=Decimal("0.01"))))
    waiting = await world.submit(world.intent(Side.BUY, "2"))
    await world.desk.approve(waiting.approval.id, "@ana", "web")  # type: ignore[union-attr]
    await world.tick("BTC/USD", 90)
    assert (world.held(), await world.desk.pending()) == (0, ())


@pytest.mark.parametrize("state", [TradingState.REDUCING, TradingState.HALTED])
async def test_an_exit_happens_whatever_is_switched(state: TradingState) -> None:
    world = await holding()
    await world.core.switch.change(state, "stopped by @ana", "@ana")
    await world.tick("BTC/USD", 90)
    assert world.held() == 0


async def test_an_exit_is_never_too_large() -> None:
    world = await started(told=rules(exits=EXITS, limits=limits(max_order_size=Decimal(150))))
    await world.buy("1.5")
    await world.buy("1.5")
    await world.tick("BTC/USD", 97)
    assert world.held() == 0


async def test_one_exit_at_a_time_per_position() -> None:
    world = await holding()
    answer = asyncio.Event()

    async def slow(order: Order) -> VenueOrder:
        await answer.wait()
        return await world.venue.paper.place_order(order)

    world.venue.script.append(slow)
    first = asyncio.create_task(world.tick("BTC/USD", 97))
    await asyncio.wait_for(world.venue.arrived.wait(), 5)
    await world.tick("BTC/USD", 96)
    await world.tick("BTC/USD", 95)
    answer.set()
    await first
    assert (len(world.venue.placed), world.held()) == (1, 0)


async def test_an_exit_that_the_venue_rejected_is_not_sent_again_by_every_tick() -> None:
    """It is sent again by whoever follows orders, less and less often."""
    world = await holding()

    async def refuses(order: Order) -> VenueOrder:
        return VenueOrder(order.client_order_id, None, OrderStatus.REJECTED, (), "busy")

    world.venue.script.append(refuses)
    await world.tick("BTC/USD", 97)
    for price in (96, 95, 94):
        await world.tick("BTC/USD", price)
    assert (len(world.venue.placed), world.held(), len(world.core.settlement.in_flight())) == (1, 2, 1)


async def test_an_exit_that_orders_of_the_owner_make_impossible_is_told_once() -> None:
    world = await holding()
    world.core.account.hold_outside({"BTC": Decimal(2)})
    for price in (97, 96, 95):
        await world.tick("BTC/USD", price)
    (event,) = await world.events(BatchRefused)
    assert (event.code, world.venue.placed) == (RefusalCode.NOTHING_TO_SELL, [])
    world.core.account.hold_outside({})
    await world.tick("BTC/USD", 95)
    assert world.held() == 0


async def test_dust_that_cannot_be_sold_is_told_once_and_not_on_every_tick() -> None:
    world = await holding(quantity="0.05")
    for price in ("90", "89", "88"):
        await world.tick("BTC/USD", price)
    (event,) = await world.events(BatchRefused)
    assert event.code is RefusalCode.BELOW_MIN_NOTIONAL


async def test_a_stop_that_met_a_stale_price_is_not_given_up() -> None:
    """The first price is too old to trade on; as soon as a fresh one comes, the stop works."""
    world = await holding()
    world.clock.advance(600)
    old = world.clock.now() - timedelta(minutes=5)
    stale = Quote(Decimal(97), Decimal(97), Decimal(97), old)
    world.core.quotes.put("BTC/USD", stale)
    for _ in range(3):
        await world.core.on_quote("BTC/USD", stale)
    (event,) = await world.events(BatchRefused)
    assert event.code is RefusalCode.STALE_PRICE
    await world.tick("BTC/USD", "96.5")
    assert world.held() == 0


async def test_without_a_position_nothing_is_watched(world: SmallWorld) -> None:
    await world.tick("BTC/USD", 1)
    assert world.core.monitor.levels("BTC/USD") == (None, None)
    assert world.venue.placed == []


async def test_levels_are_watched_again_after_a_restart(any_store: Store) -> None:
    world = await holding(any_store)
    again = await world.restarted()
    await again.core.start()
    await again.tick("BTC/USD", 97)
    assert (again.held(), await again.core.residual()) == (0, 0)


async def test_an_exit_names_the_dust_that_no_order_can_sell() -> None:
    world = await holding()
    deposit = CashFlow("deposit", Money(Decimal("0.00004"), "BTC"), world.clock.now(), "deposit", Decimal("0.004"))
    world.core.account.book.apply_flow(deposit)
    await world.tick("BTC/USD", "97.5")
    (order,) = world.venue.placed
    assert order.intent.quantity == 2
    assert order.intent.reason.endswith(
        "(stop 98.00). 0.00004 BTC (less than 0.01 USD) stay as dust: below the minimum of 5 USD."
    )


async def test_two_prices_at_once_make_one_exit_and_no_refusal() -> None:
    world = await holding()
    async with world.core.intake._lock:
        ticks = [asyncio.create_task(world.tick("BTC/USD", price)) for price in (97, 96)]
        for _ in range(20):
            await asyncio.sleep(0)
    await asyncio.gather(*ticks)
    assert (len(world.venue.placed), world.held(), await world.events(BatchRefused)) == (1, 0, [])

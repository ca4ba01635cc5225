"""Three thresholds: one order, the batch, and what one source traded without a press in 24 hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.trading.orders.cards import told
from tests.world import SmallWorld, started
from trading.domain.order import OrderStatus, Side, Source
from trading.domain.risk import Measure, NeedsApproval
from trading.exchange.ports import VenueOrder
from trading.orders.intake import Placed, Waiting
from trading.store.port import Store

D = Decimal


async def small(world: SmallWorld, quantity: str = "0.4", source: Source = Source.STRATEGY) -> Placed | Waiting:
    """40 of BTC, below the threshold of 50."""
    outcome = await world.submit(world.intent(Side.BUY, quantity, source=source))
    assert isinstance(outcome, Placed | Waiting), outcome
    return outcome


def why(outcome: Placed | Waiting) -> NeedsApproval | None:
    return outcome.approval.needed if isinstance(outcome, Waiting) else None


async def test_the_card_says_which_threshold_was_crossed_and_by_how_much() -> None:
    world = await started(told=told())
    single = await world.submit(world.intent(Side.BUY, "0.6"), world.intent(Side.BUY, "1", "ETH/USD"))
    several = await world.submit(world.intent(Side.BUY, "0.4"), world.intent(Side.BUY, "2", "ETH/USD"))
    assert why(single) == NeedsApproval(D(60), D(50), Measure.ORDER)  # type: ignore[arg-type]
    assert why(several) == NeedsApproval(D(60), D(50), Measure.BATCH)  # type: ignore[arg-type]
    assert why(several).excess == 10  # type: ignore[arg-type,union-attr]


async def test_many_small_orders_are_a_large_one(any_store: Store) -> None:
    world = await started(any_store, told(approval_daily_sum=D(100)))
    assert [why(await small(world)) for _ in range(2)] == [None, None]
    assert why(await small(world)) == NeedsApproval(D(120), D(100), Measure.DAY)
    assert world.held() == D("0.8")


async def test_without_a_sum_of_its_own_it_is_four_times_the_threshold() -> None:
    world = await started(told=told())
    assert [why(await small(world)) for _ in range(5)] == [None] * 5
    assert why(await small(world)) == NeedsApproval(D(240), D(200), Measure.DAY)


async def test_the_sum_rolls_with_the_markets_clock() -> None:
    world = await started(told=told(approval_daily_sum=D(60)))
    await small(world)
    world.clock.advance(timedelta(hours=24).total_seconds() - 1)
    world.tell("BTC/USD", 100)
    assert why(await small(world)) is not None
    world.clock.advance(1)
    world.tell("BTC/USD", 100)
    assert why(await small(world)) is None


async def test_each_source_has_its_own_sum() -> None:
    world = await started(told=told(approval_daily_sum=D(60)))
    assert why(await small(world)) is None
    assert why(await small(world, source=Source.REBALANCE)) is None
    assert why(await small(world)) is not None


async def test_what_was_approved_does_not_count_and_nothing_is_pressed_twice() -> None:
    world = await started(told=told(approval_daily_sum=D(60)))
    await small(world)
    card = await small(world)
    assert isinstance(card, Waiting)
    await world.desk.approve(card.approval.id, "@ana", "web")
    assert world.core.unattended.traded(Source.STRATEGY) == 40
    assert why(await small(world, "0.2")) is None


async def test_protective_exits_neither_wait_nor_count() -> None:
    world = await started(told=told(approval_daily_sum=D(60)))
    await small(world)
    stop = world.intent(Side.SELL, "0.4", source=Source.STOP, protective=True)
    assert isinstance(await world.submit(stop), Placed)
    assert world.core.unattended.traded(Source.STOP) == 0


async def test_a_restart_forgets_nothing(any_store: Store) -> None:
    world = await started(any_store, told(approval_daily_sum=D(100)))
    for _ in range(2):
        await small(world)
    card = await small(world)
    assert isinstance(card, Waiting)
    await world.desk.approve(card.approval.id, "@ana", "web")
    world.clock.advance(3_600)
    again = await world.restarted()
    await again.core.start()
    assert again.core.unattended.traded(Source.STRATEGY) == 80
    again.tell("BTC/USD", 100)
    assert why(await small(again)) == NeedsApproval(D(120), D(100), Measure.DAY)


async def test_an_order_on_its_way_counts_in_full_and_one_that_was_refused_not_at_all() -> None:
    world = await started(told=told(approval_daily_sum=D(100)))

    async def refused(order: object) -> VenueOrder:
        return VenueOrder(order.client_order_id, None, OrderStatus.REJECTED, (), "No.")  # type: ignore[attr-defined]

    seen: list[Decimal] = []

    async def looks(order: object) -> VenueOrder:
        seen.append(world.core.unattended.traded(Source.STRATEGY))
        return await world.venue.paper.place_order(order)  # type: ignore[arg-type]

    world.venue.script.extend([refused, looks])
    await small(world)
    assert world.core.unattended.traded(Source.STRATEGY) == 0
    await small(world)
    assert seen == [40]


@pytest.mark.parametrize("daily", ["0", "39"])
async def test_the_sum_holds_for_the_first_order_too(daily: str) -> None:
    world = await started(told=told(approval_daily_sum=D(daily)))
    outcome = await small(world)
    assert why(outcome) == NeedsApproval(D(40), D(daily), Measure.DAY)


async def test_where_nothing_asks_no_sum_does() -> None:
    plain = told(approval_daily_sum=D(0))
    world = await started(told=replace(plain, limits=replace(plain.limits, approval_threshold=None)))
    assert isinstance(await small(world), Placed)

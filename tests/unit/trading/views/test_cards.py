"""Cards and batches with everything that is shown on them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.world import START, limits, rules, started
from trading.domain.order import OrderStatus, Side
from trading.store.port import Store

TOLD = rules(limits=limits(approval_threshold=Decimal(50)))


async def test_a_card_shows_orders_estimates_decision_and_time_left(any_store: Store) -> None:
    world = await started(any_store, TOLD)
    world.planner.wants(BTC="0.5", ETH="0.2")  # type: ignore[attr-defined]
    cycle = await world.core.rebalance.run("schedule")
    world.people.advance(60)
    (view,) = await world.desk.pending()
    assert view.cycle == cycle
    assert view.batch.cycle_id == cycle.id
    assert {order.symbol: view.estimated[order.client_order_id] for order in view.orders} == {
        "BTC/USD": 500,
        "ETH/USD": 200,
    }
    assert (view.approval.notional, view.approval.fees) == (700, Decimal("2.8"))
    assert view.approval.weights_after == {"BTC/USD": Decimal("0.5"), "ETH/USD": Decimal("0.2")}
    assert (view.expires_in, view.fills) == (timedelta(minutes=9), ())
    assert await world.desk.approval(view.approval.id) == view


async def test_the_time_left_is_never_negative() -> None:
    world = await started(told=TOLD)
    await world.submit(world.intent(Side.BUY, "1"))
    world.people.advance(10_000)
    (view,) = await world.desk.pending()
    assert view.expires_in == timedelta(0)


async def test_a_batch_shows_orders_fills_and_the_card_it_came_from(any_store: Store) -> None:
    world = await started(any_store, TOLD)
    await world.submit(world.intent(Side.BUY, "1"), world.intent(Side.BUY, "5", "ETH/USD"))
    (card,) = await world.desk.pending()
    await world.desk.approve(card.approval.id, "@ana", "web")
    batch = await world.desk.batch(card.batch.id)
    assert batch is not None
    assert [order.status for order in batch.orders] == [OrderStatus.FILLED] * 2
    assert [fill.symbol for fill in batch.fills] == ["BTC/USD", "ETH/USD"]
    assert batch.approval is not None
    assert batch.approval.id == card.approval.id
    assert (batch.approval.decided_by, batch.approval.decided_at) == ("@ana", START)
    decided = await world.desk.approval(card.approval.id)
    assert decided is not None
    assert decided.fills == batch.fills


async def test_the_batch_of_an_order_is_found_by_the_orders_id(any_store: Store) -> None:
    world = await started(any_store, TOLD)
    await world.submit(world.intent(Side.BUY, "1"), world.intent(Side.BUY, "5", "ETH/USD"))
    (card,) = await world.desk.pending()
    for order in card.orders:
        assert await world.desk.batch_of(order.client_order_id) == await world.desk.batch(card.batch.id)
    assert await world.desk.batch_of("nothing") is None


async def test_what_is_not_known_is_none(any_store: Store) -> None:
    world = await started(any_store)
    assert await world.desk.approval("nothing") is None
    assert await world.desk.batch("nothing") is None
    assert await world.desk.cycle("nothing") is None
    assert await world.desk.pending() == ()


async def test_the_plan_and_the_theses_are_the_newest(any_store: Store) -> None:
    world = await started(any_store)
    assert (await world.desk.plan()).cycle is None
    assert (await world.desk.thesis()).current is None
    for number, weight in enumerate(("0.3", "0.6"), 1):
        world.clock.advance(60)
        world.planner.wants(thesis=f"view {number}", BTC=weight)  # type: ignore[attr-defined]
        cycle = await world.core.rebalance.run("schedule")
    plan = await world.desk.plan()
    assert plan.cycle == cycle
    assert plan.batch is not None
    assert (plan.decider, plan.next_rebalance) == ("fixed plan", START + timedelta(hours=2))
    theses = await world.desk.thesis()
    assert theses.current is not None
    assert (theses.current.text, [thesis.text for thesis in theses.earlier]) == ("view 2", ["view 1"])

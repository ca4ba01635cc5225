"""A decision cycle: seen, decided, clamped, traded or not, and every step of it kept in one record."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest

from tests.world import FixedPlanner, SmallWorld, limits, rules, small_world, started
from trading.decision.planners import AllocatorPlanner
from trading.domain.event import ApprovalRequested, BatchCompleted, BatchRefused, CycleDecided
from trading.domain.order import OrderStatus, Source
from trading.domain.plan import Cycle, CycleOutcome, Hold
from trading.domain.risk import RefusalCode, Refused, TradingState
from trading.orders.intake import Waiting
from trading.store.port import Store


def planner(world: SmallWorld) -> FixedPlanner:
    assert isinstance(world.planner, FixedPlanner)
    return world.planner


async def kept(world: SmallWorld) -> list[Cycle]:
    async with world.store.reading() as read:
        return list(await read.cycles(10))


async def test_a_plan_is_traded_and_its_cycle_tells_everything(any_store: Store) -> None:
    world = await started(any_store)
    planner(world).wants(thesis="Bitcoin leads.", BTC="0.5", ETH="0.2")
    cycle = await world.core.rebalance.run("schedule")
    assert (cycle.outcome, cycle.trigger, cycle.decided_by) == (CycleOutcome.TRADED, "schedule", "fixed plan")
    assert (world.held(), world.held("ETH/USD")) == (5, 20)
    assert await kept(world) == [cycle]
    async with world.store.reading() as read:
        batch = await read.batch(cycle.batch_id or "")
        theses = await read.theses(5)
    assert batch is not None
    assert (batch.source, batch.cycle_id, batch.decided_by) == (Source.REBALANCE, cycle.id, "fixed plan")
    assert [thesis.text for thesis in theses] == ["Bitcoin leads."]
    assert [event.cycle_id for event in await world.events(CycleDecided)] == [cycle.id]
    assert [event.batch_id for event in await world.events(BatchCompleted)] == [batch.id]
    assert json.loads(cycle.snapshot)["cash"] == "1000"


async def test_the_next_decision_sees_the_thesis_of_the_last(world: SmallWorld) -> None:
    planner(world).wants(thesis="Bitcoin leads.", BTC="0.5")
    await world.core.rebalance.run("schedule")
    await world.core.rebalance.run("schedule")
    assert json.loads(planner(world).seen[1].text)["thesis"] == "Bitcoin leads."


@pytest.mark.parametrize(("chosen", "outcome"), [(True, CycleOutcome.HELD), (False, CycleOutcome.FAILED)])
async def test_a_hold_is_recorded_with_whether_it_was_chosen(chosen: bool, outcome: CycleOutcome) -> None:
    world = await started()
    planner(world).outcome = Hold("fixed plan", "nothing trends", chosen)
    cycle = await world.core.rebalance.run("schedule")
    assert (cycle.outcome, cycle.reason, cycle.batch_id) == (outcome, "nothing trends", None)
    assert await kept(world) == [cycle]
    assert len(await world.events(CycleDecided)) == 1


async def test_a_plan_that_is_already_met_holds(world: SmallWorld) -> None:
    planner(world).wants()
    cycle = await world.core.rebalance.run("schedule")
    assert (cycle.outcome, cycle.batch_id) == (CycleOutcome.HELD, None)
    assert await world.events(BatchCompleted) == []


async def test_a_plan_of_crumbs_holds_and_says_why(world: SmallWorld) -> None:
    small = await started(told=rules(starting_cash=Decimal(100)))
    planner(small).wants(BTC="0.04")
    cycle = await small.core.rebalance.run("schedule")
    assert cycle.outcome is CycleOutcome.HELD
    assert "below the minimum" in cycle.reason


async def test_above_the_threshold_the_cycle_waits_for_its_card(any_store: Store) -> None:
    world = await started(any_store, rules(limits=limits(approval_threshold=Decimal(50))))
    planner(world).wants(BTC="0.5")
    cycle = await world.core.rebalance.run("schedule")
    assert cycle.outcome is CycleOutcome.WAITING
    assert len(await world.events(ApprovalRequested)) == 1
    (view,) = await world.desk.pending()
    assert view.cycle == cycle
    assert [order.status for order in view.orders] == [OrderStatus.INTENDED]


async def test_a_refused_plan_is_recorded_as_refused(any_store: Store) -> None:
    world = await started(any_store)
    await world.core.switch.change(TradingState.HALTED, "halted by @ana", "@ana")
    planner(world).wants(BTC="0.5")
    cycle = await world.core.rebalance.run("schedule")
    assert cycle.outcome is CycleOutcome.REFUSED
    assert "halted by @ana" in cycle.reason
    assert await kept(world) == [cycle]
    (event,) = await world.events(BatchRefused)
    assert (event.batch_id, event.code) == (cycle.batch_id, RefusalCode.HALTED)
    assert world.venue.placed == []


async def test_a_plan_up_to_the_largest_position_passes_risk_with_a_real_spread() -> None:
    told = rules(limits=limits(max_position=Decimal("0.4")))
    world = await started(told=told, spread=Decimal("0.002"))
    for weight in ("0.2", "0.9"):
        planner(world).wants(BTC=weight)
        cycle = await world.core.rebalance.run("schedule")
        assert cycle.outcome is CycleOutcome.TRADED, cycle.reason
    assert Decimal("0.39") < world.held() * 100 / 1000 <= Decimal("0.4")


async def test_a_market_that_cannot_be_read_is_asked_again_and_then_held(any_store: Store) -> None:
    world = await started(any_store)
    world.market.outage = "no route to the exchange"
    planner(world).wants(BTC="0.5")
    running = asyncio.create_task(world.core.rebalance.run("schedule"))
    while not running.done():
        world.clock.advance(1)
        await asyncio.sleep(0)
    cycle = await running
    assert cycle.outcome is CycleOutcome.FAILED
    assert "no route to the exchange" in cycle.reason
    assert await kept(world) == [cycle]
    assert planner(world).seen == []


async def test_a_short_outage_only_delays_the_decision(world: SmallWorld) -> None:
    world.market.outage = "no route to the exchange"
    planner(world).wants(BTC="0.5")
    running = asyncio.create_task(world.core.rebalance.run("schedule"))
    for _ in range(20):
        await asyncio.sleep(0)
    world.market.outage = ""
    world.clock.advance(2)
    assert (await running).outcome is CycleOutcome.TRADED


async def test_a_held_symbol_without_a_price_holds_rather_than_guessing_what_there_is() -> None:
    """Without that price the portfolio's worth is unknown, and with it every weight."""
    world = await started()
    await world.buy("5")
    blind = await small_world(world.store, world.rules, history=world.history, clock=world.clock, people=world.people)
    await blind.core.start()
    blind.core.quotes._known.pop("BTC/USD")
    quotes = blind.market.quotes

    async def without_btc(symbols: Any) -> Any:
        return {symbol: quote for symbol, quote in (await quotes(symbols)).items() if symbol != "BTC/USD"}

    blind.market.quotes = without_btc  # type: ignore[method-assign]
    planner(blind).wants(ETH="0.5")
    running = asyncio.create_task(blind.core.rebalance.run("schedule"))
    while not running.done():
        blind.clock.advance(1)
        await asyncio.sleep(0)
    cycle = await running
    assert cycle.outcome is CycleOutcome.FAILED
    assert blind.held("ETH/USD") == 0


async def test_a_preview_waits_for_who_asked_and_is_not_told_to_others(any_store: Store) -> None:
    world = await started(any_store)
    planner(world).wants(BTC="0.5")
    waiting = await world.core.rebalance.preview("@ana")
    assert isinstance(waiting, Waiting)
    assert waiting.approval.actor == "@ana"
    (cycle,) = await kept(world)
    assert (cycle.outcome, cycle.trigger) == (CycleOutcome.WAITING, "asked by @ana")
    assert await world.events(CycleDecided, ApprovalRequested) == []
    assert world.venue.placed == []


async def test_a_preview_of_nothing_to_do_is_a_cycle_with_its_reason(world: SmallWorld) -> None:
    cycle = await world.core.rebalance.preview("@ana")
    assert isinstance(cycle, Cycle)
    assert (cycle.outcome, cycle.reason) == (CycleOutcome.HELD, "nothing to do")


async def test_a_preview_that_risk_refuses_is_a_refusal(world: SmallWorld) -> None:
    await world.core.switch.change(TradingState.HALTED, "halted by @ana", "@ana")
    planner(world).wants(BTC="0.5")
    refused = await world.core.rebalance.preview("@ana")
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.HALTED
    (cycle,) = await kept(world)
    assert (cycle.outcome, cycle.reason, cycle.batch_id) == (CycleOutcome.REFUSED, refused.detail, None)
    assert [intent.symbol for intent in cycle.intents] == ["BTC/USD"]


async def test_decisions_are_made_one_at_a_time(world: SmallWorld) -> None:
    planner(world).wants(BTC="0.5")
    cycles = await asyncio.gather(*(world.core.rebalance.run("schedule") for _ in range(3)))
    assert [cycle.outcome for cycle in cycles] == [CycleOutcome.TRADED, CycleOutcome.HELD, CycleOutcome.HELD]
    assert world.held() == 5


async def test_the_allocator_decides_without_any_model() -> None:
    world = await started(planner=AllocatorPlanner())
    cycle = await world.core.rebalance.run("schedule")
    assert cycle.decided_by == world.core.rebalance.decider == "allocator"
    assert cycle.outcome is CycleOutcome.HELD
    assert cycle.reason

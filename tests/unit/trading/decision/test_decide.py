"""From a snapshot and an answer to orders: pure, the same every time, and every guard on record."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest

from tests.world import FixedPlanner, SmallWorld, limits, rules, started
from trading.decision.decide import batch_id, decide
from trading.decision.snapshots import Snapshot
from trading.domain.order import Side
from trading.domain.plan import CycleOutcome, Hold, TargetPlan, TargetWeight
from trading.risk.guards import Guards


def plan(**weights: str) -> TargetPlan:
    chosen = tuple(TargetWeight(f"{base}/USD", D(weight), f"why {base}") for base, weight in weights.items())
    return TargetPlan("me", chosen, 1 - sum((w.weight for w in chosen), D(0)), "the plan")


async def seen(world: SmallWorld) -> Snapshot:
    """What a decision is made from at this moment."""
    planner = world.planner
    assert isinstance(planner, FixedPlanner)
    planner.outcome = Hold(planner.name, "looking", True)
    await world.core.rebalance.run("schedule")
    return planner.seen[-1]


@pytest.fixture
async def snapshot() -> Snapshot:
    """500 in cash, and as much in Bitcoin."""
    world = await started()
    await world.buy("5")
    return await seen(world)


def test_a_hold_has_no_orders_and_keeps_its_plan(snapshot: Snapshot) -> None:
    kept = plan(BTC="0.5")
    decision = decide(snapshot, Hold("me", "nothing trends", True, kept))
    assert (decision.plan, decision.intents, decision.clamps) == (kept, (), ())


def test_a_plan_becomes_orders_sells_first(snapshot: Snapshot) -> None:
    decision = decide(snapshot, plan(BTC="0.1", ETH="0.3"))
    assert [(i.side, i.instrument.base, i.reason) for i in decision.intents] == [
        (Side.SELL, "BTC", "why BTC"),
        (Side.BUY, "ETH", "why ETH"),
    ]
    assert {i.batch_id for i in decision.intents} == {batch_id(snapshot.cycle_id)}


def test_the_same_cycle_comes_to_the_same_orders_whenever_it_is_decided(snapshot: Snapshot) -> None:
    wanted = plan(BTC="0.1", ETH="0.3")
    assert decide(Snapshot.read(snapshot.text), wanted) == decide(snapshot, wanted)


def test_and_another_cycle_to_orders_of_its_own(snapshot: Snapshot) -> None:
    wanted = plan(BTC="0.1", ETH="0.3")
    other = decide(replace(snapshot, cycle_id="another"), wanted)
    ids = [intent.id for intent in (*decide(snapshot, wanted).intents, *other.intents)]
    assert len(set(ids)) == len(ids)


def test_other_guards_make_other_orders_of_the_same_cycle(snapshot: Snapshot) -> None:
    smaller = replace(snapshot, guards=Guards(max_weight=D("0.2")))
    decision = decide(smaller, plan(BTC="0.5", ETH="0.4"))
    assert [(clamp.guard, clamp.symbol, clamp.after) for clamp in decision.clamps] == [
        ("largest position", "BTC/USD", D("0.2")),
        ("largest position", "ETH/USD", D("0.2")),
    ]
    assert decision.plan is not None
    assert decision.plan.cash_weight == D("0.6")
    assert [(i.side, i.instrument.base, i.quantity) for i in decision.intents] == [
        (Side.SELL, "BTC", D("3.004")),
        (Side.BUY, "ETH", D("19.96")),
    ]


def test_what_limits_cut_is_on_record_beside_what_guards_cut(snapshot: Snapshot) -> None:
    both = replace(snapshot, guards=Guards(max_weight=D("0.4")), limits=limits(max_order_size=D(50)))
    decision = decide(both, plan(BTC="0.5", ETH="0.1"))
    assert [clamp.guard for clamp in decision.clamps] == ["largest position", "largest order", "largest order"]


def test_a_coin_that_guards_leave_alone_is_not_traded_however_wide_its_spread(snapshot: Snapshot) -> None:
    quote = replace(snapshot.quotes["BTC/USD"], bid=D(80), ask=D(150))
    wide = replace(snapshot, quotes={**snapshot.quotes, "BTC/USD": quote})
    held = TargetPlan("me", (TargetWeight("BTC/USD", D("0.5"), "it trends", action="hold"),), D("0.5"), "the plan")
    assert decide(wide, held).intents == ()


async def test_a_cycle_keeps_what_was_wanted_and_what_the_guards_made_of_it() -> None:
    world = await started(told=rules(guards=Guards(max_weight=D("0.3"), min_cash=D("0.5"))))
    planner = world.planner
    assert isinstance(planner, FixedPlanner)
    planner.wants(BTC="0.5", ETH="0.3")
    cycle = await world.core.rebalance.run("schedule")
    assert cycle.plan is not None
    assert cycle.plan.weight_of("BTC/USD") == D("0.5")
    assert [(clamp.guard, clamp.symbol[:3]) for clamp in cycle.clamps] == [
        ("largest position", "BTC"),
        ("minimum cash", "BTC"),
        ("minimum cash", "ETH"),
    ]
    assert cycle.intents == decide(planner.seen[-1], planner.outcome).intents
    assert (cycle.batch_id, cycle.held, cycle.snapshot_hash) == (batch_id(cycle.id), "", planner.seen[-1].hash)
    assert world.cash == 500 - D("0.004") * 500
    async with world.store.reading() as read:
        orders = await read.orders_of_batch(cycle.batch_id or "")
    assert tuple(order.intent for order in orders) == cycle.intents


async def test_a_plan_that_its_guards_leave_nothing_of_says_which() -> None:
    world = await started(told=rules(guards=Guards(max_turnover=D(0))))
    planner = world.planner
    assert isinstance(planner, FixedPlanner)
    planner.wants(BTC="0.5")
    cycle = await world.core.rebalance.run("schedule")
    assert (cycle.outcome, cycle.held, cycle.intents) == (CycleOutcome.HELD, "", ())
    assert cycle.reason == (
        "the plan says so. Nothing to trade: "
        "BTC is traded less: a day's rebalances, waiting ones too, turn over 0.0% of equity at most."
    )


@pytest.mark.parametrize(("chosen", "held"), [(True, "chosen"), (False, "forced")])
async def test_a_hold_is_kept_as_chosen_or_forced(chosen: bool, held: str) -> None:
    world = await started()
    planner = world.planner
    assert isinstance(planner, FixedPlanner)
    planner.outcome = Hold("me", "nothing trends", chosen, plan(BTC="0"))
    cycle = await world.core.rebalance.run("schedule")
    assert (cycle.held, cycle.plan, cycle.intents) == (held, plan(BTC="0"), ())

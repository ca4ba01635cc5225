"""How far a rebalance is: shown to who asked, told to everybody where it will trade, and never in anybody's way."""

from __future__ import annotations

import asyncio

import pytest

from tests.world import FixedPlanner, SmallWorld, limits, rules, started
from trading.contract import ApprovalView
from trading.decision.planners import Planned
from trading.decision.snapshots import Snapshot
from trading.domain.event import BatchCompleted, CycleDecided, CycleProgress
from trading.domain.order import Side
from trading.domain.plan import Cycle, CycleOutcome, Hold
from trading.domain.risk import RefusalCode, Refused, TradingState
from trading.store.port import Store


class SlowPlanner(FixedPlanner):
    """Decides when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def plan(self, snapshot: Snapshot) -> Planned:
        self.asked.set()
        await self.may_answer.wait()
        return await super().plan(snapshot)


def planner(world: SmallWorld) -> FixedPlanner:
    assert isinstance(world.planner, FixedPlanner)
    return world.planner


async def steps(world: SmallWorld) -> list[tuple[str, str]]:
    return [(event.step, event.detail) for event in await world.events(CycleProgress)]


async def test_who_asks_sees_each_step_before_it_begins() -> None:
    world = await started()
    planner(world).wants(BTC="0.5", ETH="0.2")
    seen: list[tuple[str, str]] = []

    async def observer(step: str, detail: str) -> None:
        seen.append((step, detail))

    assert isinstance(await world.desk.preview_rebalance("@ana", observer=observer), ApprovalView)
    assert seen == [
        ("snapshot", ""),
        ("decision", "fixed plan looks at 3 coins."),
        ("validation", "fixed plan wants to buy ETH, buy BTC."),
    ]
    assert await steps(world) == []


class PaidPlanner(FixedPlanner):
    """Knows what asking takes."""

    def outlook(self, snapshot: Snapshot) -> str:
        return "about 4,200 tokens, at most $0.03"


async def test_what_asking_takes_is_told_before_it_is_asked() -> None:
    world = await started(planner=PaidPlanner())
    seen: list[str] = []

    async def observer(step: str, detail: str) -> None:
        seen.append(detail)

    await world.desk.preview_rebalance("@ana", observer=observer)
    assert seen[1] == "fixed plan looks at 3 coins (about 4,200 tokens, at most $0.03)."


async def test_a_scheduled_one_that_trades_tells_its_wish_and_each_order(any_store: Store) -> None:
    world = await started(any_store)
    planner(world).wants(BTC="0.5", ETH="0.2")
    cycle = await world.core.rebalance.run("schedule")
    assert await steps(world) == [
        ("order", "Sending 2 orders: buy ETH, buy BTC."),
        ("order", "1 of 2 orders done: bought 5 BTC at 100.00."),
        ("done", ""),
    ]
    told = await world.events(CycleProgress, CycleDecided, BatchCompleted)
    assert {event.cycle_id for event in told if isinstance(event, CycleProgress)} == {cycle.id}


@pytest.mark.parametrize("chosen", [True, False])
async def test_one_that_holds_tells_no_steps(chosen: bool) -> None:
    world = await started()
    planner(world).outcome = Hold("fixed plan", "nothing to do", chosen)
    await world.core.rebalance.run("schedule")
    assert await steps(world) == [] and len(await world.events(CycleDecided)) == 1


async def test_the_orders_of_an_approved_plan_are_told_as_they_end() -> None:
    world = await started(told=rules(limits=limits(approval_threshold=limits().max_position)))
    planner(world).wants(BTC="0.5", ETH="0.2")
    cycle = await world.core.rebalance.run("schedule")
    assert cycle.outcome is CycleOutcome.WAITING
    (card,) = await world.desk.pending()
    await world.desk.approve(card.approval.id, "@ana", "telegram")
    assert [step for step, _ in await steps(world)] == ["order", "done"]


@pytest.mark.parametrize("state", [TradingState.HALTED, TradingState.ACTIVE])
async def test_one_that_is_refused_or_has_one_order_tells_no_steps(state: TradingState) -> None:
    world = await started()
    planner(world).wants(BTC="0.5")
    await world.core.switch.change(state, "switched by @ana", "@ana")
    cycle = await world.core.rebalance.run("schedule")
    assert cycle.outcome is (CycleOutcome.REFUSED if state is TradingState.HALTED else CycleOutcome.TRADED)
    assert await steps(world) == []


async def test_a_wish_by_hand_tells_no_steps() -> None:
    world = await started()
    await world.submit(world.intent(Side.BUY, "1"), world.intent(Side.BUY, "1", "ETH/USD"))
    assert await steps(world) == []


async def test_a_second_one_is_answered_at_once_while_the_first_is_decided() -> None:
    slow = SlowPlanner()
    world = await started(planner=slow)
    first = asyncio.create_task(world.desk.preview_rebalance("@ana"))
    await asyncio.wait_for(slow.asked.wait(), 5)
    second = await asyncio.wait_for(world.desk.preview_rebalance("@bob"), 5)
    assert isinstance(second, Refused) and second.code is RefusalCode.BUSY
    slow.may_answer.set()
    assert isinstance(await asyncio.wait_for(first, 5), Cycle)
    assert isinstance(await asyncio.wait_for(world.desk.preview_rebalance("@bob"), 5), Cycle)


async def test_switches_levels_and_panic_do_not_wait_for_a_decision() -> None:
    slow = SlowPlanner()
    world = await started(planner=slow)
    deciding = asyncio.create_task(world.desk.preview_rebalance("@ana"))
    await asyncio.wait_for(slow.asked.wait(), 5)
    await asyncio.wait_for(world.desk.pause("@bob"), 5)
    await asyncio.wait_for(world.desk.controls.panic("@bob"), 5)
    assert world.core.switch.state is TradingState.HALTED
    await asyncio.wait_for(world.desk.preview_flatten("@bob"), 5)
    slow.may_answer.set()
    await deciding

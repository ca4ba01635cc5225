"""Safe mode: three failures in a row, then nothing is asked until a person says so."""

from __future__ import annotations

import pytest

from tests.unit.trading.brain.answers import REQUEST
from tests.unit.trading.brain.asking import NOW
from trading.brain.charge import current_charge
from trading.brain.planner import PlannedBy
from trading.brain.request import PlanRequest
from trading.brain.safe_mode import WHY_HELD, SafeMode
from trading.brain.supervised import SupervisedPlanner
from trading.clock import SimulatedClock
from trading.domain.event import SafeModeEntered, SafeModeLeft
from trading.domain.plan import Hold
from trading.domain.usage import Purpose
from trading.store.memory import MemoryStore

FAILED = Hold("gpt-4o", "held because the model server failed (500)", chosen=False)
CHOSEN = Hold("gpt-4o", "Nothing trends.", chosen=True)


class Plans:
    """Gives one outcome after another; `sends` is how many requests that takes."""

    name = "gpt-4o"

    def __init__(self) -> None:
        self.outcomes: list[Hold] = []
        self.asked = 0
        self.sends = 1

    async def plan(self, request: PlanRequest) -> PlannedBy:
        self.asked += 1
        charge = current_charge()
        assert (charge.purpose, charge.cycle_id) == (Purpose.REBALANCE, request.cycle_id)
        charge.requests += self.sends
        return PlannedBy(self.outcomes.pop(0), ("raw",))


class Desk:
    """A supervised planner over a store."""

    def __init__(self, store: MemoryStore | None = None, decider: str = "gpt-4o") -> None:
        self.store = store or MemoryStore()
        self.plans = Plans()
        self.safe_mode = SafeMode(self.store, SimulatedClock(NOW), decider)
        self.planner = SupervisedPlanner(self.plans, self.safe_mode)

    async def plan(self, *outcomes: Hold) -> PlannedBy:
        self.plans.outcomes += outcomes
        for _ in outcomes:
            planned = await self.planner.plan(REQUEST)
        return planned

    async def told(self) -> list[object]:
        async with self.store.reading() as read:
            return [entry.event for entry in await read.events(0, 100)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_the_third_failure_in_a_row_switches_it_on_and_is_told_once(desk: Desk) -> None:
    await desk.plan(FAILED, FAILED)
    assert not desk.safe_mode.on
    await desk.plan(FAILED)
    assert desk.safe_mode.on
    held = await desk.planner.plan(REQUEST)
    assert held.outcome == Hold("gpt-4o", WHY_HELD, chosen=False)
    assert desk.plans.asked == 3
    assert await desk.told() == [SafeModeEntered(NOW, "gpt-4o", 3, FAILED.reason)]
    assert desk.safe_mode.alerts() == (
        "Safe mode: gpt-4o failed three times in a row and is not asked. /resume ends it.",
    )


async def test_a_decision_in_between_begins_the_count_anew(desk: Desk) -> None:
    await desk.plan(FAILED, FAILED, CHOSEN, FAILED, FAILED, CHOSEN)
    assert not desk.safe_mode.on
    assert await desk.told() == []


async def test_a_hold_without_a_request_is_not_the_models_failure(desk: Desk) -> None:
    desk.plans.sends = 0
    await desk.plan(FAILED, FAILED, FAILED, FAILED)
    assert not desk.safe_mode.on


async def test_the_count_and_the_mode_outlive_a_restart(desk: Desk) -> None:
    await desk.plan(FAILED, FAILED)
    again = Desk(desk.store)
    await again.safe_mode.load()
    await again.plan(FAILED)
    last = Desk(desk.store)
    await last.safe_mode.load()
    assert last.safe_mode.on


async def test_a_person_ends_it_and_the_model_is_asked_again(desk: Desk) -> None:
    await desk.plan(FAILED, FAILED, FAILED)
    assert await desk.safe_mode.end("@owner")
    assert not await desk.safe_mode.end("@owner"), "it is over already"
    assert desk.safe_mode.alerts() == ()
    assert (await desk.plan(CHOSEN)).outcome == CHOSEN
    assert (await desk.told())[-1] == SafeModeLeft(NOW, "gpt-4o", "@owner")
    await desk.plan(FAILED, FAILED)
    assert not desk.safe_mode.on, "the count began anew"


async def test_it_is_about_one_decider(desk: Desk) -> None:
    await desk.plan(FAILED, FAILED, FAILED)
    other = Desk(desk.store, decider="o3")
    await other.safe_mode.load()
    assert not other.safe_mode.on

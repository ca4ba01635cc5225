"""The configured models, opened against a loopback server: who decides, what it costs, and what ends in a hold."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.flows import model_server
from tests.flows.model_server import KEY, ModelServer, Scripted
from tests.unit.trading.brain.asking import HurriedClock
from tests.world import SmallWorld, small_world
from trading.clock import SimulatedClock
from trading.contract import Utterance
from trading.domain.event import CycleDecided, SafeModeEntered, SafeModeLeft
from trading.domain.plan import Cycle
from trading.domain.risk import TradingState
from trading.domain.usage import ModelCall, Purpose
from trading.errors import NeedsOperator
from trading.settings import CoreSettings
from trading.store.memory import MemoryStore
from trading.worlds.model import Brain, open_brain

CAUSES: dict[str, Callable[[], list[Scripted]]] = {
    "the model server failed (500)": lambda: [model_server.failure(500)] * 2,
    "is over its rate limit (429)": lambda: [model_server.later(429, "1")] * 2,
    "did not answer within 1 s": lambda: [model_server.silence()],
    "the model refused to answer": lambda: [model_server.refusal()] * 2,
    "the answer was cut off at the length limit": lambda: [model_server.cut('{"regime": "tr')] * 2,
    "was cut off by the server's content filter": lambda: [model_server.text("{", "content_filter")] * 2,
    "sent something that is not an answer": lambda: [model_server.page()],
    "sent a broken answer": lambda: [model_server.broken()],
    "the model server refused the key": lambda: [model_server.failure(401)],
}


class Desk:
    """A small world that the configured models decide in."""

    def __init__(self, server: ModelServer, brain: Brain, world: SmallWorld) -> None:
        self.server = server
        self.brain = brain
        self.world = world

    async def decide(self, *answers: Scripted) -> Cycle:
        self.server.script(*answers)
        return await self.world.core.rebalance.run("a test")

    async def calls(self) -> list[ModelCall]:
        async with self.world.store.reading() as read:
            return list(await read.model_calls())


@asynccontextmanager
async def deciding(
    store: MemoryStore | None = None, server: ModelServer | None = None, **told: Any
) -> AsyncIterator[Desk]:
    async with ModelServer() as own:
        server = server or own
        reached: dict[str, Any] = {"openai_api_key": KEY, "openai_base_url": server.url, "openai_timeout_seconds": 1}
        store, market = store or MemoryStore(), SimulatedClock(HurriedClock().now())
        settings = CoreSettings(**{"symbols": "BTC/USD,ETH/USD", **reached, **told})
        brain = await open_brain(settings, store, market, HurriedClock())
        world = await small_world(store, clock=market, planner=brain.planner, oversight=brain.oversight)
        await world.core.start()
        try:
            yield Desk(server, brain, world)
        finally:
            await brain.close()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with deciding() as desk:
        yield desk


async def test_without_a_key_the_built_in_rules_decide_and_nothing_is_counted() -> None:
    brain = await open_brain(CoreSettings(), MemoryStore(), HurriedClock(), HurriedClock())
    assert (brain.planner.name, brain.questions, brain.oversight, brain.notes) == ("allocator", None, None, ())


async def test_a_decision_is_paid_for_and_told_beforehand(desk: Desk) -> None:
    cycle = await desk.decide()
    assert cycle.plan is not None, cycle.reason
    (call,) = await desk.calls()
    assert (call.purpose, call.cycle_id, call.outcome) == (Purpose.REBALANCE, cycle.id, "ok")
    assert (call.input_tokens, call.output_tokens, call.cost) == (900, 100, Decimal("0.00325"))


@pytest.mark.parametrize("cause", CAUSES)
async def test_whatever_goes_wrong_holds_says_why_and_costs_no_money_of_the_portfolio(desk: Desk, cause: str) -> None:
    cash = desk.world.cash
    cycle = await desk.decide(*CAUSES[cause]())
    assert cycle.held == "forced" and cause in cycle.reason, cycle.reason
    assert desk.world.cash == cash and not await desk.world.desk.books.recent_orders()
    assert await desk.calls(), "what was asked is counted all the same"
    assert KEY not in repr(cycle)


class TestSafeMode:
    async def test_after_three_failures_nothing_is_asked_until_a_person_resumes(self, desk: Desk) -> None:
        for _ in range(3):
            await desk.decide(model_server.page())
        asked = len(desk.server.requests)
        cycle = await desk.decide()
        assert cycle.reason == "held because safe mode is on after three failures in a row; /resume ends it"
        assert len(desk.server.requests) == asked
        assert len(await desk.world.events(SafeModeEntered)) == 1
        status, health = await desk.world.desk.status(), await desk.world.desk.books.health()
        assert any("Safe mode: gpt-4o" in alert for alert in status.alerts)
        assert health.alerts == status.alerts
        view = await desk.world.desk.resume("@owner")
        assert (view.old, view.new) == (TradingState.ACTIVE, TradingState.ACTIVE)
        assert view.also == "Safe mode ended: gpt-4o is asked again."
        assert [event.by for event in await desk.world.events(SafeModeLeft)] == ["@owner"]
        assert (await desk.decide()).plan is not None

    async def test_it_outlives_a_restart(self) -> None:
        store = MemoryStore()
        for number in range(4):
            async with deciding(store) as desk:
                cycle = await desk.decide(model_server.page())
                assert bool(desk.server.requests) is (number < 3)
        assert "safe mode is on" in cycle.reason

    async def test_pausing_and_resuming_without_it_says_nothing_of_it(self, desk: Desk) -> None:
        await desk.world.desk.pause("@owner")
        assert (await desk.world.desk.resume("@owner")).also == ""


class TestBudget:
    async def test_a_used_budget_holds_and_is_no_failure_of_the_model(self) -> None:
        async with deciding(model_budget_per_day="0.01") as desk:
            for _ in range(4):
                cycle = await desk.decide()
            assert cycle.reason.startswith("held because the model's budget of the day is used: $0.00 of $0.01, and")
            assert desk.server.requests == []
            assert await desk.world.events(SafeModeEntered) == []
            assert len(await desk.world.events(CycleDecided)) == 4

    async def test_a_question_over_budget_is_refused_before_it_is_asked(self) -> None:
        async with deciding(model_tokens_per_day=100) as desk:
            assert desk.brain.questions is not None
            with pytest.raises(NeedsOperator, match="budget of the day is used: 0 of 100 tokens"):
                await desk.brain.questions.converse([Utterance("user", "How are we?")], [])
            assert desk.server.requests == []

    async def test_a_question_counts_into_the_same_day(self, desk: Desk) -> None:
        assert desk.brain.questions is not None
        await desk.brain.questions.converse([Utterance("user", "How are we?")], [])
        await desk.decide()
        assert [call.purpose for call in await desk.calls()] == [Purpose.QUESTION, Purpose.REBALANCE]
        window = desk.world.desk.window("all")
        assert window is not None
        budget = (await desk.world.desk.books.costs(window)).models.budget
        assert budget is not None
        assert (budget.cost, budget.tokens) == (Decimal("0.0065"), 2_000)

    async def test_answers_that_nobody_counts_use_it_up_by_estimate(self) -> None:
        async with deciding() as desk:
            await desk.decide(model_server.uncounted(model_server.refusal()))
            first, second = await desk.calls()
            assert (first.output_tokens, second.output_tokens) == (8_000, 100)

    async def test_the_day_is_that_of_the_zone_people_live_in_now(self, desk: Desk) -> None:
        assert desk.brain.oversight is not None
        await desk.world.core.settable.zone.change(ZoneInfo("Asia/Tokyo"), "@owner")
        assert desk.brain.oversight.ledger.zone() == ZoneInfo("Asia/Tokyo")

    async def test_a_model_without_a_price_is_told_at_the_start(self) -> None:
        async with deciding(openai_model="local-model") as desk:
            assert desk.brain.notes == (
                "No price is known for local-model: its budget is in tokens (500,000 a day). "
                "A file that MODEL_PRICES names can add it.",
            )

    async def test_and_the_users_own_price_counts(self, tmp_path: Path) -> None:
        mine = tmp_path / "prices.json"
        models = {"local-model": {"input": "1000", "output": "0"}}
        mine.write_text(json.dumps({"as_of": "2025-03-01", "models": models}))
        async with deciding(openai_model="local-model", model_prices=mine, model_budget_per_cycle="100") as desk:
            assert desk.brain.notes == ()
            assert "budget of the day is used" in (await desk.decide()).reason


class TestSeveralModels:
    async def test_the_fallback_decides_and_is_named(self) -> None:
        async with deciding(openai_fallback_model="gpt-4o-mini") as desk:
            cycle = await desk.decide(model_server.page())
            assert cycle.plan is not None and cycle.plan.decided_by == cycle.decided_by == "gpt-4o-mini"
            assert [body["model"] for body in desk.server.requests] == ["gpt-4o", "gpt-4o-mini"]
            assert [call.model for call in await desk.calls()] == ["gpt-4o", "gpt-4o-mini"]

    async def test_three_samples_that_agree_trade(self) -> None:
        async with deciding(model_samples=3) as desk:
            cycle = await desk.decide()
            assert cycle.plan is not None and cycle.plan.decided_by == "gpt-4o, 3 answers"
            assert len(desk.server.requests) == len(cycle.raw) == len(await desk.calls()) == 3
            assert cycle.intents and any("2 of 3 must agree" in note for note in cycle.notes)

    async def test_too_few_of_them_hold(self) -> None:
        async with deciding(model_samples=3) as desk:
            cycle = await desk.decide(model_server.page(), model_server.page())
            assert "only 1 of 3 answers could be used and 2 must agree" in cycle.reason

    async def test_other_models_are_asked_beside_the_first(self) -> None:
        async with deciding(model_agree_with="gpt-4.1,o3", model_agreement_percent="100") as desk:
            cycle = await desk.decide()
            assert sorted(body["model"] for body in desk.server.requests) == ["gpt-4.1", "gpt-4o", "o3"]
            assert cycle.decided_by == "gpt-4o, gpt-4.1, o3"
            assert desk.server.complaints == []

    async def test_a_budget_that_lasts_for_one_of_them_holds(self) -> None:
        async with deciding(model_samples=3, model_budget_per_cycle="0.11") as desk:
            cycle = await desk.decide()
            assert cycle.held == "forced" and "budget of one rebalance is too small" in cycle.reason
            assert len(desk.server.requests) == 1


async def test_what_worked_at_a_server_is_known_after_a_restart() -> None:
    store = MemoryStore()
    async with ModelServer(formats=frozenset({"text"}), tools=False) as server:
        for _ in range(2):
            async with deciding(store, server, model_budget_per_cycle="5") as desk:
                assert (await desk.decide()).plan is not None
        refused = [body for body in server.requests if "tool_choice" in body or "response_format" in body]
        assert (len(refused), len(server.requests)) == (3, 5)
        costs = itertools.groupby((await desk.calls()), key=lambda call: call.outcome == "ok")
        assert next((fine, [call.cost for call in some]) for fine, some in costs) == (False, [Decimal(0)] * 3)


async def test_performance_and_costs_tell_what_models_took(desk: Desk) -> None:
    await desk.decide()
    desk.world.clock.advance(7200)
    await desk.world.core.curve.sample()
    window = desk.world.desk.window("all")
    assert window is not None
    found = await desk.world.desk.books.costs(window)
    assert (found.models.calls, found.models.cost) == (1, Decimal("0.00325"))
    performance = await desk.world.desk.performance()
    assert performance is not None and performance.model_costs == Decimal("0.00325")
    equity = desk.world.core.account.equity()
    assert equity is not None
    ours = performance.lines[0].total_return
    assert performance.after_model_costs == (1 + ours) * (1 - Decimal("0.00325") / equity) - 1 < ours

"""The planner over the real client: a plan, a repaired plan, or a hold that says why. Never an exception."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

import pytest

from tests.flows import model_server
from tests.flows.model_server import KEY, ModelServer, Scripted
from tests.unit.trading.brain.answers import ALLOWED, PROMPTS, REQUEST, answer, decision
from trading.brain.charge import charged
from trading.brain.client import OpenAIModel
from trading.brain.fallback import FallbackModel
from trading.brain.json_schema import AnswerSchema
from trading.brain.model import Completion
from trading.brain.planner import ModelPlanner
from trading.brain.prompt import Message
from trading.domain.plan import Hold, TargetPlan
from trading.domain.usage import Purpose


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest.fixture
async def planner(server: ModelServer) -> AsyncIterator[ModelPlanner]:
    model = OpenAIModel(KEY, server.url, "gpt-4o", timeout=1)
    yield ModelPlanner(model, PROMPTS)
    await model.close()


async def test_a_valid_answer_is_the_plan_after_one_ask(server: ModelServer, planner: ModelPlanner) -> None:
    server.script(model_server.plan(answer()))
    planned = await planner.plan(REQUEST)
    assert isinstance(planned.outcome, TargetPlan)
    assert planned.outcome.decided_by == "gpt-4o"
    assert len(planned.raw) == len(server.requests) == 1
    assert (planned.input_tokens, planned.output_tokens) == (900, 100)
    assert server.complaints == []


async def test_a_wrong_answer_is_repaired_once_with_its_errors_shown(
    server: ModelServer, planner: ModelPlanner
) -> None:
    server.script(model_server.plan(answer(cash=0.9)), model_server.plan(answer()))
    planned = await planner.plan(REQUEST)
    assert isinstance(planned.outcome, TargetPlan)
    assert len(planned.raw) == 2
    roles = [message["role"] for message in server.requests[1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert "target weights and cash sum to 1.600000, not to 1" in server.requests[1]["messages"][-1]["content"]
    assert server.requests[1]["messages"][2]["content"] == planned.raw[0]


async def test_two_wrong_answers_are_a_forced_hold(server: ModelServer, planner: ModelPlanner) -> None:
    server.script(model_server.text("buy everything"), model_server.plan(answer(cash=0.9)), model_server.plan(answer()))
    planned = await planner.plan(REQUEST)
    assert planned.outcome == Hold(
        "gpt-4o",
        "held because gpt-4o gave no usable answer, twice; the last time: "
        "target weights and cash sum to 1.600000, not to 1",
        chosen=False,
    )
    assert planned.raw[0] == "buy everything"
    assert len(server.requests) == 2


async def test_the_fallback_is_named_where_it_answered(server: ModelServer) -> None:
    first, second = OpenAIModel(KEY, server.url, "gpt-4o", timeout=1), OpenAIModel(KEY, server.url, "o3", timeout=1)
    planner = ModelPlanner(FallbackModel(first, second), PROMPTS)
    server.script(model_server.failure(401), model_server.plan(answer()))
    assert (await planner.plan(REQUEST)).outcome.decided_by == "o3"
    server.script(model_server.failure(401), *[model_server.text("{}")] * 2)
    with charged(Purpose.REBALANCE, REQUEST.cycle_id):
        outcome = (await planner.plan(REQUEST)).outcome
    assert isinstance(outcome, Hold)
    assert (outcome.decided_by, outcome.reason[:45]) == ("o3", "held because o3 gave no usable answer, twice;")
    await first.close()
    await second.close()


async def test_deciding_to_hold_is_a_chosen_hold(server: ModelServer, planner: ModelPlanner) -> None:
    server.script(model_server.plan(answer([decision("ETH/USD", "hold", 0.3)], cash=0.7)))
    planned = await planner.plan(REQUEST)
    assert isinstance(planned.outcome, Hold)
    assert planned.outcome.chosen
    assert planned.outcome.reason == "Bitcoin trends, Ether does less."


@pytest.mark.parametrize(
    ("scripted", "why"),
    [
        ([model_server.failure(500)], "held because the model server failed (500)"),
        ([model_server.failure(401)], "held because the model server refused the key"),
        ([model_server.failure(429)], "held because gpt-4o is over its rate limit"),
        ([model_server.page()], "held because gpt-4o sent something that is not an answer"),
        ([model_server.no_choices()], "held because gpt-4o sent something that is not an answer"),
        ([model_server.broken()], "held because gpt-4o sent a broken answer"),
        ([model_server.silence()], "held because gpt-4o did not answer within 1 s"),
        (
            [model_server.cut('{"regime": "')] * 2,
            "held because gpt-4o gave no usable answer, twice; the last time: the",
        ),
        (
            [model_server.refusal()] * 2,
            "held because gpt-4o gave no usable answer, twice; the last time: the model ref",
        ),
        ([model_server.tool_call("buy")] * 2, "held because gpt-4o gave no usable answer, twice; the last time: the"),
        ([model_server.text("{}"), model_server.failure(500)], "held because the model server failed (500)"),
    ],
)
async def test_each_failure_is_a_forced_hold_with_its_reason(
    server: ModelServer, planner: ModelPlanner, scripted: list[Scripted], why: str
) -> None:
    server.script(*scripted)
    outcome = (await planner.plan(REQUEST)).outcome
    assert isinstance(outcome, Hold)
    assert not outcome.chosen
    assert outcome.reason.startswith(why)
    assert KEY not in outcome.reason


async def test_answers_before_a_failure_are_kept(server: ModelServer, planner: ModelPlanner) -> None:
    server.script(model_server.text("{}"), model_server.failure(500))
    assert (await planner.plan(REQUEST)).raw == ("{}",)


async def test_a_whole_answer_that_was_cut_is_no_plan(server: ModelServer, planner: ModelPlanner) -> None:
    """It reads like a plan, but the server says that there was more."""
    server.script(model_server.cut(json.dumps(answer())), model_server.cut(json.dumps(answer())))
    outcome = (await planner.plan(REQUEST)).outcome
    assert isinstance(outcome, Hold)
    assert not outcome.chosen


async def test_everything_that_was_said_is_kept(server: ModelServer, planner: ModelPlanner) -> None:
    """Oldest first, a repair with what it answers to."""
    server.script(model_server.text("buy everything"), model_server.plan(answer()))
    planned = await planner.plan(REQUEST)
    sent = [(message["role"], message["content"]) for message in server.requests[1]["messages"]]
    assert planned.prompt == tuple(sent)
    assert planned.prompt[2] == ("assistant", "buy everything")


async def test_what_was_asked_is_kept_where_nothing_is_answered(server: ModelServer, planner: ModelPlanner) -> None:
    server.script(model_server.failure(500))
    planned = await planner.plan(REQUEST)
    assert [role for role, _ in planned.prompt] == ["system", "user"]


class Faulty:
    """A model whose program has a fault."""

    name = "faulty"

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        raise ZeroDivisionError


async def test_a_fault_of_the_program_is_a_forced_hold() -> None:
    outcome = (await ModelPlanner(Faulty(), PROMPTS).plan(REQUEST)).outcome
    assert outcome == Hold("faulty", "held because of an unexpected fault (ZeroDivisionError)", chosen=False)


async def test_the_servers_own_answer_is_a_plan_of_equal_parts(server: ModelServer, planner: ModelPlanner) -> None:
    plan = (await planner.plan(REQUEST)).outcome
    assert isinstance(plan, TargetPlan)
    assert len({weight.weight for weight in plan.weights}) == 1
    assert {weight.symbol for weight in plan.weights} == set(ALLOWED)


class Endless:
    """A model that never answers."""

    name = "endless"

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


async def test_cancellation_passes_through() -> None:
    model = Endless()
    task = asyncio.create_task(ModelPlanner(model, PROMPTS).plan(REQUEST))
    await model.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

"""Questions: the model picks one of the given queries with fitting arguments; anything else is None."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.flows import model_server
from tests.flows.model_server import KEY, ModelServer, Scripted
from tests.unit.trading.brain.answers import PROMPTS
from trading.brain.client import OpenAIModel
from trading.brain.questions import ModelQuestions
from trading.contract import ToolChoice, ToolSpec

TRADES = ToolSpec(
    "trades",
    "What was bought and sold",
    {
        "type": "object",
        "properties": {
            "symbol": {"type": ["string", "null"]},
            "side": {"type": "string", "enum": ["buy", "sell"]},
            "limit": {"type": "integer"},
        },
        "required": ["side"],
        "additionalProperties": False,
    },
)
STATUS = ToolSpec("status", "What is held and what it is worth", {"type": "object", "properties": {}})
TOOLS = (TRADES, STATUS)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest.fixture
async def questions(server: ModelServer) -> AsyncIterator[ModelQuestions]:
    model = OpenAIModel(KEY, server.url, "gpt-4o")
    yield ModelQuestions(model, PROMPTS)
    await model.close()


async def test_the_picked_query_comes_with_its_arguments(server: ModelServer, questions: ModelQuestions) -> None:
    server.script(model_server.tool_call("trades", '{"side": "buy", "symbol": null, "limit": 5}'))
    chosen = await questions.choose("what did we buy?", TOOLS)
    assert chosen == ToolChoice("trades", {"side": "buy", "symbol": None, "limit": 5})
    assert isinstance(chosen.arguments["limit"], int)
    assert server.complaints == []
    assert server.requests[0]["messages"][-1] == {"role": "user", "content": "what did we buy?"}


@pytest.mark.parametrize("arguments", ["{}", ""])
async def test_a_query_without_arguments(server: ModelServer, questions: ModelQuestions, arguments: str) -> None:
    server.script(model_server.tool_call("status", arguments))
    assert await questions.choose("what do we hold?", TOOLS) == ToolChoice("status", {})


@pytest.mark.parametrize(
    "answer",
    [
        model_server.text("You hold 3 BTC."),
        model_server.refusal(),
        model_server.tool_call("buy", '{"symbol": "BTC/USD"}'),
        model_server.tool_call("status", '{"all": true}'),
        model_server.tool_call("trades", '{"side": "short"}'),
        model_server.tool_call("trades", '{"side": "buy", "limit": 1.5}'),
        model_server.tool_call("trades", '{"side": "buy", "limit": 1e999999999}'),
        model_server.tool_call("trades", '{"side": "buy", "limit": true}'),
        model_server.tool_call("trades", '{"symbol": "BTC"}'),
        model_server.tool_call("trades", '{"side": "buy", "side": "sell"}'),
        model_server.tool_call("trades", "side=buy"),
        model_server.no_choices(),
        model_server.page(),
        model_server.broken(),
        model_server.failure(401),
        model_server.failure(500),
    ],
)
async def test_anything_else_is_no_choice(server: ModelServer, questions: ModelQuestions, answer: Scripted) -> None:
    server.script(answer)
    assert await questions.choose("what did we buy?", TOOLS) is None


async def test_a_silent_model_is_given_up_on(server: ModelServer) -> None:
    model = OpenAIModel(KEY, server.url, "gpt-4o")
    server.script(model_server.silence())
    assert await ModelQuestions(model, PROMPTS, timeout=0.2).choose("anything?", TOOLS) is None
    await model.close()


async def test_without_queries_nobody_is_asked(server: ModelServer, questions: ModelQuestions) -> None:
    assert await questions.choose("anything?", ()) is None
    assert server.requests == []


async def test_the_servers_own_answer_is_the_query_whose_words_fit(questions: ModelQuestions) -> None:
    chosen = await questions.choose("what is held now, and what is it worth?", TOOLS)
    assert chosen == ToolChoice("status", {})

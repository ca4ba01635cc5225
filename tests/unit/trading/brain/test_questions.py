"""Questions: the rules of answering go before every conversation; tools, calls and results go over the wire whole."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.flows import model_server
from tests.flows.model_server import KEY, ModelServer
from tests.unit.trading.brain.answers import PROMPTS
from trading.brain.client import OpenAIModel
from trading.brain.questions import ModelQuestions
from trading.contract import ModelTurn, ToolCall, ToolSpec, Utterance
from trading.errors import NeedsOperator, Retryable

TRADES = ToolSpec("trades", "What was bought and sold", {"type": "object", "properties": {}})
ASKED = (Utterance("user", "what did we buy?"),)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest.fixture
async def questions(server: ModelServer) -> AsyncIterator[ModelQuestions]:
    model = OpenAIModel(KEY, server.url, "gpt-4o")
    yield ModelQuestions(model, PROMPTS)
    await model.close()


async def test_a_call_comes_back_as_it_was_made(server: ModelServer, questions: ModelQuestions) -> None:
    server.script(model_server.tool_call("trades", '{"side": "buy"}'))
    assert await questions.converse(ASKED, (TRADES,)) == ModelTurn(
        "", (ToolCall("call_1", "trades", '{"side": "buy"}'),)
    )
    assert server.complaints == []
    assert server.requests[0]["messages"][0]["role"] == "system"
    assert server.requests[0]["messages"][-1] == {"role": "user", "content": "what did we buy?"}
    assert server.requests[0]["tools"][0]["function"]["name"] == "trades"


async def test_a_result_goes_back_with_the_call_it_answers(server: ModelServer, questions: ModelQuestions) -> None:
    server.script(model_server.text("You bought {f1}."))
    call = ToolCall("call_1", "trades", "{}")
    said = (*ASKED, Utterance("assistant", "", (call,)), Utterance("tool", "{}", call_id="call_1"))
    assert await questions.converse(said, (TRADES,)) == ModelTurn("You bought {f1}.")
    assert server.complaints == []
    assert server.requests[0]["messages"][-1] == {"role": "tool", "content": "{}", "tool_call_id": "call_1"}


async def test_without_tools_it_can_only_say_something(server: ModelServer, questions: ModelQuestions) -> None:
    server.script(model_server.text("Hello."))
    assert await questions.converse(ASKED, ()) == ModelTurn("Hello.")
    assert "tools" not in server.requests[0]


async def test_a_refused_key_needs_a_person(server: ModelServer, questions: ModelQuestions) -> None:
    server.script(model_server.failure(401))
    with pytest.raises(NeedsOperator):
        await questions.converse(ASKED, (TRADES,))


async def test_a_broken_answer_may_work_later(server: ModelServer, questions: ModelQuestions) -> None:
    server.script(model_server.broken())
    with pytest.raises(Retryable):
        await questions.converse(ASKED, (TRADES,))

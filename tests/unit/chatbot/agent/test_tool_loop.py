"""The loop of looking things up: bounded in steps and time, deaf to calls that are none of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from chatbot.agent.tool_loop import MOST_STEPS, ToolLoop
from chatbot.agent.toolbox import Toolbox
from tests.unit.chatbot.agent.conftest import CountingCharts, FactsReader
from trading.contract import ModelTurn, ToolCall, ToolSpec, Utterance


@pytest.fixture
def toolbox(reader: FactsReader, charts: CountingCharts) -> Toolbox:
    asked: Any = reader
    return Toolbox(asked, charts, "buy 50 of BTC")


class Endless:
    """Always calls one more tool, as long as there is one."""

    name = "endless"

    def __init__(self, call: str = "status", arguments: str = "{}") -> None:
        self.offered: list[list[str]] = []
        self.heard: list[str] = []
        self._call = ToolCall("c", call, arguments)

    async def converse(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        self.offered.append([tool.name for tool in tools])
        self.heard += [said[-1].content] if said[-1].role == "tool" else []
        return ModelTurn("words", (self._call,))


class Silent:
    name = "silent"

    async def converse(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        await asyncio.Event().wait()
        raise AssertionError("nobody answers")


async def test_the_last_step_is_for_words(toolbox: Toolbox) -> None:
    model = Endless()
    assert await ToolLoop(model).run("?", (), toolbox) == "words"
    assert len(model.offered) == MOST_STEPS
    assert model.offered[-1] == []


async def test_a_model_that_is_silent_is_given_up_on(toolbox: Toolbox) -> None:
    with pytest.raises(TimeoutError):
        await ToolLoop(Silent(), seconds=0.01).run("?", (), toolbox)


async def test_an_unknown_tool_is_an_error_that_the_model_reads(toolbox: Toolbox) -> None:
    model = Endless("place_order", '{"symbol": "BTC"}')
    await ToolLoop(model).run("?", (), toolbox)
    assert all("there is no tool" in json.loads(result)["error"] for result in model.heard)
    assert toolbox.answered == []


async def test_a_result_has_figures_by_name_and_texts_between_marks(toolbox: Toolbox) -> None:
    result = json.loads(await toolbox.use(ToolCall("c", "status", "{}")))
    assert result["figures"]["f1"] == {"name": "portfolio equity", "value": "$10,482.15"}
    mark = result["data"].splitlines()[0].removeprefix("<<<")
    assert mark.startswith("DATA-") and result["data"].endswith(f"{mark}>>>")


async def test_once_something_is_read_no_command_is_taken(toolbox: Toolbox) -> None:
    wish = ToolCall("c", "propose_command", '{"text": "/buy 50 BTC"}')
    assert "propose_command" in [spec.name for spec in toolbox.specs()]
    await toolbox.use(ToolCall("c", "thesis", "{}"))
    assert "propose_command" not in [spec.name for spec in toolbox.specs()]
    assert "error" in json.loads(await toolbox.use(wish))
    assert toolbox.wish is None


async def test_a_wish_ends_the_conversation(toolbox: Toolbox) -> None:
    model = Endless("propose_command", '{"text": "/buy 50 BTC"}')
    assert await ToolLoop(model).run("buy 50 of BTC", (), toolbox) == ""
    assert len(model.offered) == 1
    assert toolbox.wish is not None


async def test_there_is_a_last_call(toolbox: Toolbox) -> None:
    results = [json.loads(await toolbox.use(ToolCall("c", "status", "{}"))) for _ in range(10)]
    assert "figures" in results[0] and "last call" in results[-1]["error"]

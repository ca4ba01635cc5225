"""A language model decides: what it decides well is put on a card; whatever goes wrong with it trades nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.flows.model_server import KEY, ModelServer, Scripted, broken, cut, failure, page, refusal, text, tool_call
from tests.flows.page import Message, button, said
from tests.flows.program import Bot, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROSE = text("I would buy some bitcoin, it looks strong.")
BAD_DAYS: tuple[tuple[Scripted, ...], ...] = (
    (cut('{"regime": "tren'), cut('{"regime": "tren')),
    (PROSE, PROSE),
    (failure(500), failure(500)),
    (broken(),),
    (page(),),
    (refusal(), refusal()),
)
"""What the server answers on each day; an answer that cannot be used is asked for once more, and so is a failure of
the server's. Every third day ends in safe mode."""


@dataclass(frozen=True)
class Story:
    """Some days with a model that fails, then one on which it does not; its card waits, and time with it."""

    bot: Bot
    server: ModelServer
    card: Message
    resumed: list[Message]
    fills_before: int


def in_safe_mode(bot: Bot) -> list[Message]:
    """The notices that a model is not asked any more."""
    return [message for message in bot.page.messages if "Safe mode: gpt-4o failed 3 times" in said(message)]


async def resumed_after(bot: Bot, number: int) -> Message:
    """What /resume answers after the how-manieth safe mode."""
    await bot.page.until(lambda: len(in_safe_mode(bot)) == number)
    return await bot.page.ask("/resume")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    async with ModelServer() as server:
        server.script(*(answer for day in BAD_DAYS for answer in day))
        settings = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url}
        async with running(tmp_path_factory.mktemp("model"), "demo", "--day", "0.5", **settings) as bot:
            resumed = [await resumed_after(bot, number) for number in (1, 2)]
            card = await bot.page.card()
            yield Story(bot, server, card, resumed, len(bot.books.fills))
        assert server.complaints == []


class TestAnAnswerThatCannotBeUsed:
    async def test_trades_nothing(self, story: Story) -> None:
        assert story.fills_before == 0

    async def test_is_told_as_a_hold_that_nobody_chose_with_its_cause(self, story: Story) -> None:
        told = [message["text"] for message in story.bot.page.messages if "Held, not by choice" in message["text"]]
        held = [text for text in told if "safe mode is on" not in text]
        assert len(held) == len(BAD_DAYS)
        assert all("Held because" in told and "Decided by gpt-4o" in told for told in held)
        causes = ("cut off", "no usable answer", "(500)", "a broken answer", "is not an answer", "refused to answer")
        assert all(cause in told for told, cause in zip(held, causes, strict=True))

    async def test_is_asked_for_once_more_and_no_oftener(self, story: Story) -> None:
        assert len(story.server.requests) == sum(len(day) for day in BAD_DAYS) + 1

    async def test_is_kept_with_the_decision(self, story: Story) -> None:
        cycles = [row["body"] for row in story.bot.books.rows("cycles")]
        assert "looks strong" in cycles[1]


class TestSafeMode:
    async def test_is_told_once_each_time_and_ended_by_a_person(self, story: Story) -> None:
        assert len(in_safe_mode(story.bot)) == 2
        assert all("Safe mode ended: gpt-4o is asked again." in said(reply) for reply in story.resumed)

    async def test_what_models_took_is_in_the_costs(self, story: Story) -> None:
        answer = await story.bot.page.ask("/costs all")
        assert "gpt-4o" in answer["card"]
        assert "Model today" in answer["card"]


class TestAGoodAnswer:
    async def test_makes_a_card_that_says_the_model_decided(self, story: Story) -> None:
        assert "Decided by gpt-4o" in story.card["text"]
        assert "Equal parts of 5 symbols" in story.card["card"].replace("\n", " ")


class TestAQuestion:
    async def test_that_no_rule_knows_is_answered_from_the_query_the_model_picks(self, story: Story) -> None:
        story.server.script(tool_call("compare"), text("You gained nine million percent."))
        answer = await story.bot.page.ask("lorem ipsum dolor sit amet, and so on?")
        assert story.server.requests[-1]["tools"]
        assert answer["ok"]
        assert "PAPER · SIMULATED" in said(answer)

    async def test_is_declined_when_the_model_fails(self, story: Story) -> None:
        story.server.script(failure(401))
        answer = await story.bot.page.ask("lorem ipsum dolor sit amet, and so on?")
        assert "I answer questions about this portfolio" in answer["text"]


async def test_the_key_is_nowhere_in_the_state_directory(story: Story, tmp_path: Path) -> None:
    for file in story.bot.state.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes(), f"{file.name} holds the key"


class TestTheApproval:
    """Last, because time goes on from here and the model is asked again."""

    async def test_leads_to_fills_when_it_is_approved(self, story: Story) -> None:
        pressed = await story.bot.page.press(button(story.card, "Approve"))
        assert "Approved by" in pressed["edit"]["text"]
        assert {fill["symbol"] for fill in story.bot.books.fills} >= {"BTC/USD", "ETH/USD", "SOL/USD"}

    async def test_is_told_as_the_newest_plan(self, story: Story) -> None:
        assert "gpt-4o" in said(await story.bot.page.ask("/plan"))

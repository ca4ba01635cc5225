"""The bot on Telegram: the real client against a strict Bot API server, from the first word to the daily report."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import PNG_MAGIC, Sent, User
from tests.flows.program import Bot, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN = "123456:loopback-secret"
OWNER = User(1001, "owner")
STRANGER = User(2002, "stranger")
WITHIN = 20.0


@dataclass(frozen=True)
class Chat:
    """A bot with its Telegram chat."""

    bot: Bot
    api: BotApiServer

    async def answer(self, text: str, *words: str) -> Sent:
        """What the bot says with all of `words` after the owner wrote `text`."""
        known = {message.id for message in self.api.messages(OWNER.id)}
        self.api.say(OWNER.id, OWNER, text)
        return await self.message(lambda m: m.id not in known and all(word in m.text for word in words))

    async def message(self, wanted: Callable[[Sent], bool]) -> Sent:
        """The first message in the owner's chat that is as wanted."""
        return await self.api.wait_for_message(lambda m: m.chat.id == OWNER.id and wanted(m), WITHIN)

    async def card(self) -> Sent:
        return await self.message(lambda m: any(b.label == "Approve" for b in m.buttons))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chat]:
    async with BotApiServer(TOKEN) as api:
        api.open_chat(OWNER.id)
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_CHAT_ID": str(OWNER.id),
            "TELEGRAM_API_BASE_URL": api.url,
        }
        async with running(tmp_path_factory.mktemp("telegram"), "demo", "--day", "3", **settings) as bot:
            yield Chat(bot, api)
        assert api.violations == []


@dataclass(frozen=True)
class Approved:
    """The card as it came, and as it looked after the press."""

    id: int
    approval: str
    asked: str
    decided: Sent
    toast: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def approved(chat: Chat) -> Approved:
    card = await chat.card()
    asked = card.text
    approval = next(b.data for b in card.buttons if b.label == "Approve").removeprefix("ok:")
    press = chat.api.press(card.id, "Approve", OWNER)
    decided = await chat.message(lambda m: m.id == card.id and "Approved by" in m.text and "filled" in m.text)
    await chat.api.wait_for(lambda: press in chat.api.toasts, WITHIN)
    toast = chat.api.toasts[press]
    return Approved(card.id, approval, asked, decided, toast)


class TestAMessage:
    async def test_is_answered(self, chat: Chat) -> None:
        answer = await chat.answer("/status", "Equity")
        assert "PAPER · SIMULATED" in answer.text
        assert answer.fixed_width(), "figures stand in columns"

    async def test_about_bitcoin_is_answered_with_a_picture(self, chat: Chat, approved: Approved) -> None:
        await chat.message(lambda m: "Report" in m.text)
        answer = await chat.answer("how did we do vs BTC?", "BTC")
        assert answer.photo is not None
        assert answer.photo.startswith(PNG_MAGIC)

    async def test_of_a_stranger_is_refused_once_and_then_not_answered(self, chat: Chat) -> None:
        chat.api.say(STRANGER.id, STRANGER, "/status")
        refusal = await chat.api.wait_for_message(lambda m: m.chat.id == STRANGER.id, WITHIN)
        assert "Equity" not in refusal.text
        for text in ("/status", "hello", "/buy 50 btc"):
            chat.api.say(STRANGER.id, STRANGER, text)
        await chat.answer("/help", "/status")
        assert [m.text for m in chat.api.messages(STRANGER.id)] == [refusal.text]


class TestACard:
    async def test_comes_up_by_itself(self, approved: Approved) -> None:
        assert "Rebalance · PAPER · SIMULATED" in approved.asked
        assert "Decided by allocator" in approved.asked

    async def test_is_edited_with_who_approved_and_the_fills(self, chat: Chat, approved: Approved) -> None:
        assert "Approved by @owner on Telegram" in approved.decided.text
        fills = chat.bot.books.fills_of(approved.approval)
        assert fills
        assert all(fill["symbol"].split("/")[0] in approved.decided.text for fill in fills)

    async def test_answers_the_press_at_once(self, approved: Approved) -> None:
        # On a busy machine the decision takes longer than a person is left without a sign: then the sign says nothing.
        assert approved.toast == "" or "Approved" in approved.toast

    async def test_stands_in_the_chat_once(self, chat: Chat, approved: Approved) -> None:
        (plan,) = set(re.findall(r"plan \w+", approved.asked))
        cards = [m.id for m in chat.api.messages(OWNER.id) if plan in m.text and "Approved by" in m.text]
        assert cards == [approved.id]

    async def test_is_edited_on_the_page_too(self, chat: Chat, approved: Approved) -> None:
        await chat.bot.page.message("Approved by @owner on Telegram")


class TestNotices:
    async def test_a_new_chat_hears_that_the_bot_is_up(self, chat: Chat) -> None:
        await chat.message(lambda m: "Ready." in m.text)

    async def test_the_daily_report_comes_by_itself_with_its_picture(self, chat: Chat, approved: Approved) -> None:
        report = await chat.message(lambda m: "Report" in m.text and "Since 5 Jan" in m.text)
        assert report.photo is not None
        assert report.photo.startswith(PNG_MAGIC)

    async def test_the_menu_lists_the_commands(self, chat: Chat) -> None:
        assert {"status", "buy", "rebalance", "help"} <= {name for name, _ in chat.api.commands}

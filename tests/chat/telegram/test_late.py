"""What was written while nobody listened: one answer for all of it, and nothing is carried out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import User
from tests.chat.telegram.rig import CHAT, TOKEN, WatchedClock, running, transport_to
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import Chat, build_chat

OWNER = User(42, "owner")
HOME = 42
MENU = (("status", "Status"), ("trades", "Trades"), ("pause", "Pause"), ("flatten", "Sell everything"))


@pytest.fixture
def chat() -> Chat:
    return build_chat()


@pytest.fixture
def clock() -> WatchedClock:
    clock = WatchedClock()
    clock.advance_to(facts.NOW)
    return clock


def written(api: BotApiServer, chat: Chat, ago: timedelta, text: str, where: int = HOME, user: User = OWNER) -> None:
    """A message from before the bot came up."""
    api.say(where, user, text, date=int((chat.clock.now() - ago).timestamp()))


@asynccontextmanager
async def coming_up(api: BotApiServer, clock: WatchedClock, chat: Chat) -> AsyncIterator[None]:
    """The bot, in front of the real router, with what was gathered being told."""
    transport = TelegramTransport(TOKEN, [str(HOME)], api.url, MENU, clock, 5.0)
    async with running(api, transport, chat.router):
        await clock.until_asleep_for(2.0)
        clock.advance(2.0)
        yield


async def test_one_late_question_is_answered_in_a_sentence(api: BotApiServer, clock: WatchedClock, chat: Chat) -> None:
    written(api, chat, timedelta(hours=3), "/status")
    async with coming_up(api, clock, chat):
        sent = await api.wait_for_message(lambda m: True)
    assert sent.text.splitlines() == [
        "💬 /status · asked 3 h ago, not answered.",
        "Send it again for the figures of now.",
    ]
    assert chat.desk.calls == []


async def test_many_become_one_message(api: BotApiServer, clock: WatchedClock, chat: Chat) -> None:
    for number in range(37):
        written(api, chat, timedelta(minutes=90 + number), f"how much was number {number}?")
    for text in ("/pause", "/flatten", "/status"):
        written(api, chat, timedelta(minutes=80), text)
    async with coming_up(api, clock, chat):
        sent = await api.wait_for_message(lambda m: True)
        await api.wait_for(lambda: not api.updates.unconfirmed)
    assert api.messages(HOME) == [sent]
    first, *lines, last = sent.text.splitlines()
    assert first == "💬 40 messages came while this bot was away. What still holds: send it again."
    assert lines[0] == "💬 how much was number 0? · asked 1 h 30 min ago, not answered."
    assert len(lines) == 10 and last == "and 30 more, not answered either."
    assert chat.desk.calls == []


async def test_a_late_trading_command_is_told_by_name(api: BotApiServer, clock: WatchedClock, chat: Chat) -> None:
    written(api, chat, timedelta(minutes=20), "/status")
    written(api, chat, timedelta(minutes=20), "/pause")
    async with coming_up(api, clock, chat):
        sent = await api.wait_for_message(lambda m: True)
    assert "❌ /pause was written 20 min ago; nothing was done." in sent.text
    assert chat.desk.calls == []


async def test_what_is_fresh_is_answered_beside_it(api: BotApiServer, clock: WatchedClock, chat: Chat) -> None:
    written(api, chat, timedelta(hours=1), "/status")
    written(api, chat, timedelta(minutes=9), "/trades")
    async with coming_up(api, clock, chat):
        await api.wait_for_message(lambda m: "not answered" in m.text)
        await api.wait_for_message(lambda m: "trades" in m.text.lower() and "not answered" not in m.text)
    assert [name for name, *_ in chat.desk.calls] == ["trades"]


async def test_each_chat_gets_its_own(api: BotApiServer, clock: WatchedClock, chat: Chat) -> None:
    """A stranger's chat hears its one refusal, and nothing of the owner's."""
    written(api, chat, timedelta(hours=1), "/status")
    written(api, chat, timedelta(hours=1), "/status", where=CHAT, user=User(CHAT, "mallory"))
    async with coming_up(api, clock, chat):
        await api.wait_for_message(lambda m: m.chat.id == HOME)
        refused = await api.wait_for_message(lambda m: m.chat.id == CHAT)
    assert "answers only" in refused.text
    assert [len(api.messages(where)) for where in (HOME, CHAT)] == [1, 1]


async def test_after_another_restart_nothing_is_told_again(api: BotApiServer, clock: WatchedClock, chat: Chat) -> None:
    written(api, chat, timedelta(hours=1), "/status")
    again: list[dict[str, Any]] = api.updates.copies()
    async with coming_up(api, clock, chat):
        await api.wait_for_message(lambda m: True)
    api.updates.repeat(again)
    written(api, chat, timedelta(0), "/status")
    async with running(api, transport_to(api, clock), chat.router):
        await api.wait_for_message(lambda m: "Equity" in m.text)
    assert sum("not answered" in message.text for message in api.messages(HOME)) == 1

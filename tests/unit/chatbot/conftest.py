"""The router over a small desk, as the owner on Telegram sees it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from chatbot.access.people import People
from chatbot.access.roles import Access
from chatbot.bound import Bound
from chatbot.commands.catalogue import catalogue
from chatbot.message import Actor, Button, Channel, Incoming, MessageRef, Press, PressReply, Reply
from chatbot.router import Router
from chatbot.settings import ChatSettings
from chatbot.store.chat_store import ChatStore
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_desk import FakeDesk
from tests.unit.chatbot.fake_transport import CountingCharts
from tests.unit.chatbot.memory_store import MemoryChatStore
from trading.clock import SimulatedClock

OWNER = Actor("telegram", "42", "owner")
HOME = Channel("telegram", "42")
SETTINGS = ChatSettings.model_validate({"telegram_chat_id": "42", "discord_channel_id": "7", "discord_user_ids": "1"})


class EchoAgent:
    """Answers free text by saying it back."""

    async def answer(self, channel_key: str, text: str) -> Reply:
        return Reply(text=f"asked: {text}")

    def wished(self, text: str) -> str | None:
        return None


@dataclass
class Chat:
    """Speaks to a router and remembers what it was built from."""

    desk: FakeDesk
    store: Any
    clock: SimulatedClock
    router: Router
    charts: CountingCharts
    _ids: itertools.count[int] = field(default_factory=itertools.count)

    async def say(
        self, text: str, actor: Actor = OWNER, channel: Channel = HOME, age: float = 0, update_id: str | None = None
    ) -> Reply | None:
        sent_at: datetime = self.clock.now() - timedelta(seconds=age)
        return await self.router.on_message(Incoming(actor, channel, text, update_id or f"m{next(self._ids)}", sent_at))

    async def ask(self, text: str, actor: Actor = OWNER, channel: Channel = HOME) -> Reply:
        reply = await self.say(text, actor, channel)
        assert reply is not None
        return reply

    async def press(
        self, button_id: str, actor: Actor = OWNER, channel: Channel = HOME, update_id: str | None = None
    ) -> PressReply:
        message = MessageRef(channel, "77")
        # Somebody asked for the card there: a button counts only where it was shown.
        await Bound(self.desk, self.store, ()).note(Reply("", buttons=(Button("", button_id),)), channel)
        return await self.router.on_press(Press(actor, channel, button_id, update_id or f"p{next(self._ids)}", message))


def build_chat(
    settings: ChatSettings = SETTINGS,
    notified: tuple[str, ...] = (),
    store: ChatStore | MemoryChatStore | None = None,
) -> Chat:
    desk, clock, charts = FakeDesk(), SimulatedClock(facts.NOW), CountingCharts()
    store = store or MemoryChatStore()
    access = Access(settings, People(store))
    router = Router(desk, access, store, catalogue(), EchoAgent(), charts, clock, notified)  # type: ignore[arg-type]
    return Chat(desk, store, clock, router, charts)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Log entries are kept in memory; printing tracebacks in colour takes seconds."""
    with capture_logs():
        yield


@pytest.fixture
def chat() -> Chat:
    return build_chat()

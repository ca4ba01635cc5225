"""The server, the clock, the person, and a transport that runs between them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer, serving
from tests.chat.telegram.rig import CHAT, TOKEN, Person, WatchedClock, running, transport_to


@pytest.fixture
async def api(clock: WatchedClock) -> AsyncIterator[BotApiServer]:
    async with serving(TOKEN, clock) as server:
        server.open_chat(CHAT)
        yield server


@pytest.fixture
def clock() -> WatchedClock:
    return WatchedClock()


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
async def telegram(api: BotApiServer, clock: WatchedClock, person: Person) -> AsyncIterator[TelegramTransport]:
    transport = transport_to(api, clock)
    async with running(api, transport, person):
        yield transport

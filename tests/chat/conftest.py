"""A loopback Discord, and a router that does as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.chat.discord_server import DiscordServer
from tests.chat.discord_trial import CHANNEL, GUILD, TOKEN, Router


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer(TOKEN, GUILD, CHANNEL) as server:
        yield server


@pytest.fixture
async def strict(server: DiscordServer) -> AsyncIterator[DiscordServer]:
    """A server that the test must not have displeased."""
    yield server
    assert server.violations == []


@pytest.fixture
def router() -> Router:
    return Router()

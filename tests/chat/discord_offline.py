"""The library's client without a network: events go in as the gateway gives them, requests end in a strict memory.

For streams of thousands of interactions; what is said over the wire is tested against the loopback Discord.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter

from chatbot.message import MessageHandler, PressHandler
from chatbot.transports.discord_answers import Answers
from chatbot.transports.discord_client import Bot
from chatbot.transports.discord_delivery import Delivery, Outbox
from chatbot.transports.discord_people import People
from chatbot.transports.slash import SlashCommand
from tests.chat.discord_rules import Json
from tests.chat.discord_world import ACKNOWLEDGE_SECONDS, COMMAND, COMPONENT, EPOCH_MS, TOKEN_SECONDS
from trading.clock import Clock

BOT = {"id": "900", "username": "purser", "discriminator": "0", "avatar": None, "bot": True}
_numbers = itertools.count()


def snowflake(at: datetime) -> str:
    """A new id that says it was made `at` that moment."""
    return str(((int(at.timestamp() * 1000) - EPOCH_MS) << 22) | (next(_numbers) & 0x3FFFFF))


def told(at: str) -> float:
    """The moment that an id carries, in seconds since 1970."""
    return ((int(at) >> 22) + EPOCH_MS) / 1000


@dataclass
class Memory:
    """What requests came to: one acknowledgement per interaction and in time, answers to what was acknowledged."""

    clock: Clock
    acknowledged: set[str] = field(default_factory=set)
    posted: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    async def webhook(self, route: Route, session: Any, **request: Any) -> Any:
        """A request with an interaction's token, which is the interaction's id here."""
        token, age = str(route.webhook_token), self.clock.now().timestamp() - told(str(route.webhook_token))
        if "/callback" in route.path:
            return self._acknowledge(token, age)
        if token not in self.acknowledged or age > TOKEN_SECONDS:
            raise discord.NotFound(_response(404), {"code": 10015, "message": "Unknown Webhook"})
        if route.method == "DELETE":
            return None
        payload = request.get("payload") or {}
        self.shown.append(_words(payload))
        return _message("0", payload.get("content") or "")

    async def bot(self, route: Route, **request: Any) -> Any:
        """A request with the bot's token."""
        payload = request.get("json") or {}
        self.posted.append(_words(payload))
        return _message(str(route.channel_id), payload.get("content") or "")

    def _acknowledge(self, token: str, age: float) -> Json:
        if age > ACKNOWLEDGE_SECONDS:
            raise discord.NotFound(_response(404), {"code": 10062, "message": "Unknown interaction"})
        if token in self.acknowledged:
            raise discord.HTTPException(_response(400), {"code": 40060, "message": "Already acknowledged"})
        self.acknowledged.add(token)
        return {"interaction": {"id": token, "type": 2}}


class Offline:
    """The bot's client with `commands`, served by the two handlers; `deliver` feeds it and waits for all answers."""

    def __init__(
        self,
        commands: Sequence[SlashCommand],
        on_message: MessageHandler,
        on_press: PressHandler,
        clock: Clock,
        guild: str,
        channel: str,
    ) -> None:
        self.memory = Memory(clock)
        self._guild = guild
        self._channel = channel
        self._bot = Bot(int(guild), commands, (), clock, ask_gateway=False, direct_messages=False)
        delivery = Delivery(self._bot, Outbox(clock))
        self._bot.answers = Answers(delivery, People(int(guild)), clock, on_message, on_press)

    async def connect(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ready for events; nothing leaves this process."""
        await self._bot._async_setup_hook()
        memory = self.memory

        async def webhook(adapter: AsyncWebhookAdapter, route: Route, session: Any, **request: Any) -> Any:
            return await memory.webhook(route, session, **request)

        monkeypatch.setattr(AsyncWebhookAdapter, "request", webhook)
        monkeypatch.setattr(self._bot.http, "request", memory.bot)
        state = self._bot._connection
        state.user = discord.ClientUser(state=state, data=BOT)  # type: ignore[arg-type]
        state.application_id = 900
        guild: Any = {"id": self._guild, "name": "Treasury", "channels": [self._place()]}
        state._add_guild_from_data(guild)

    async def deliver(self, events: Sequence[tuple[str, Json]]) -> None:
        """Hand over gateway events, all at once, and return when everything that they caused is done."""
        before = asyncio.all_tasks()
        for kind, data in events:
            self._bot._connection.parsers[kind](data)
        while running := asyncio.all_tasks() - before:
            await asyncio.wait(running)

    def slash(self, at: datetime, user: Json, name: str, options: Json) -> tuple[str, Json]:
        given = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
        data = {"id": "1", "name": name, "type": 1, "guild_id": self._guild, "options": given}
        return self._interaction(at, user, COMMAND, data)

    def press(self, at: datetime, user: Json, custom_id: str) -> tuple[str, Json]:
        kind, data = self._interaction(at, user, COMPONENT, {"custom_id": custom_id, "component_type": 2, "id": 1})
        return kind, data | {"message": _message(self._channel, "a card", message_id=snowflake(at))}

    def mention(self, at: datetime, user: Json, text: str) -> tuple[str, Json]:
        message = _message(self._channel, f"<@900> {text}", user, snowflake(at)) | {"mentions": [BOT]}
        return "MESSAGE_CREATE", message | {"guild_id": self._guild, "member": _member()}

    def _place(self) -> Json:
        return {"id": self._channel, "type": 0, "name": "trading", "position": 0, "permission_overwrites": []}

    def _interaction(self, at: datetime, user: Json, kind: int, data: Json) -> tuple[str, Json]:
        own = snowflake(at)
        return "INTERACTION_CREATE", {
            "id": own,
            "application_id": "900",
            "type": kind,
            "token": own,
            "version": 1,
            "data": data,
            "channel_id": self._channel,
            "channel": self._place() | {"guild_id": self._guild, "permissions": "0"},
            "guild_id": self._guild,
            "member": _member() | {"user": user, "permissions": "0"},
            "app_permissions": "0",
            "entitlements": [],
            "attachment_size_limit": 10485760,
            "authorizing_integration_owners": {"0": self._guild},
        }


def user(user_id: str, name: str) -> Json:
    return {"id": user_id, "username": name, "discriminator": "0", "avatar": None}


def _member() -> Json:
    return {"roles": [], "joined_at": "2025-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}


def _message(channel: str, content: str, author: Json = BOT, message_id: str = "1") -> Json:
    return {
        "id": message_id,
        "type": 0,
        "channel_id": channel,
        "author": author,
        "content": content,
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "flags": 0,
    }


def _words(payload: Json) -> str:
    return "\n".join([payload.get("content") or "", *(e.get("description") or "" for e in payload.get("embeds") or [])])


def _response(status: int) -> Any:
    return SimpleNamespace(status=status, reason="")

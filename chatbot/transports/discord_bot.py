"""Discord: slash commands, buttons, and messages that mention the bot. Imported only where a bot token is set."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from chatbot.message import Channel, ChatWatcher, MessageHandler, MessageRef, PressHandler, Reply, Unsent
from chatbot.transports.discord_answers import Answers
from chatbot.transports.discord_client import GRACE_SECONDS, Bot
from chatbot.transports.discord_delivery import Delivery, Outbox
from chatbot.transports.discord_people import PLATFORM, People
from chatbot.transports.slash import SlashCommand
from trading.clock import Clock
from trading.errors import Fatal, Retryable, SettingsError

_RETRY_SECONDS = 1.0
_API_BASE = Route.BASE
_GATEWAY = DiscordWebSocket.DEFAULT_GATEWAY
_PERMANENT_CLOSES = {
    4004: "Discord refused the bot token: set DISCORD_BOT_TOKEN to the token shown under Bot in the developer portal.",
    4010: "Discord refused the connection as wrongly sharded: this bot supports one shard.",
    4011: "Discord wants this bot sharded: it is in too many guilds for one connection.",
    4012: "Discord no longer speaks this gateway version: update discord.py.",
    4013: "Discord refused our intents as invalid: update discord.py.",
    4014: "Discord refused our intents as not allowed: check the bot's settings in the developer portal.",
}


class DiscordTransport:
    """One bot. `channel_ids` are where notices go; people in other guilds than `guild_id` are marked as suspects.

    Private messages are heard only with `direct_messages`. `api_base_url` and `gateway_url` replace Discord's
    addresses; they are the library's globals, so all transports of a process share them. With only the first, the
    gateway is asked for there. Raises SettingsError for ids that are no numbers.
    """

    def __init__(
        self,
        token: str,
        channel_ids: Sequence[str],
        guild_id: str | None,
        api_base_url: str | None,
        gateway_url: str | None,
        commands: Sequence[SlashCommand],
        clock: Clock,
        direct_messages: bool = False,
    ) -> None:
        self._token = token
        self._channels = tuple(Channel(PLATFORM, str(_snowflake("DISCORD_CHANNEL_ID", each))) for each in channel_ids)
        self._guild_id = _snowflake("DISCORD_GUILD_ID", guild_id) if guild_id else None
        self._api_base_url = api_base_url
        self._gateway_url = gateway_url
        self._commands = tuple(commands)
        self._clock = clock
        self._direct_messages = direct_messages
        self._outbox = Outbox(clock)
        self._delivery: Delivery | None = None
        self._watcher: ChatWatcher | None = None

    @property
    def platform(self) -> str:
        return PLATFORM

    def channels(self) -> Sequence[Channel]:
        return self._channels

    def watch(self, watcher: ChatWatcher) -> None:
        """Tell `watcher` of channels that may take messages again."""
        self._watcher = watcher

    async def run(self, on_message: MessageHandler, on_press: PressHandler) -> None:
        """Serve until cancelled. Raises Fatal when Discord refuses us for good, Retryable when it is lost."""
        self._address_library()
        client = self._client()
        client.reopened = self._reopened
        delivery = Delivery(client, self._outbox)
        client.answers = Answers(delivery, People(self._guild_id), self._clock, on_message, on_press)
        serving = asyncio.create_task(self._connect(client, delivery))
        try:
            await asyncio.wait([serving])
        finally:
            self._delivery = None
            await _end(serving, client)
        serving.result()

    async def send(self, channel: Channel, reply: Reply) -> MessageRef:
        return await self._connected().send(channel, reply)

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        await self._connected().edit(message, reply)

    def _reopened(self, channel_id: int) -> None:
        if self._watcher is not None:
            self._watcher.reopened(Channel(PLATFORM, str(channel_id)))

    def _connected(self) -> Delivery:
        if self._delivery is None:
            raise Unsent("Discord is not connected.", _RETRY_SECONDS)
        return self._delivery

    def _client(self) -> Bot:
        return Bot(
            self._guild_id,
            self._commands,
            {channel.id for channel in self._channels},
            self._clock,
            ask_gateway=bool(self._api_base_url and not self._gateway_url),
            direct_messages=self._direct_messages,
        )

    def _address_library(self) -> None:
        base = (self._api_base_url or "").rstrip("/")
        Route.BASE = (base if base.endswith("/api/v10") else f"{base}/api/v10") if base else _API_BASE
        DiscordWebSocket.DEFAULT_GATEWAY = URL(self._gateway_url) if self._gateway_url else _GATEWAY

    async def _connect(self, client: Bot, delivery: Delivery) -> None:
        try:
            await client.login(self._token)
            self._delivery = delivery
            await client.connect(reconnect=True)
        except discord.LoginFailure as error:
            raise Fatal(_PERMANENT_CLOSES[4004]) from error
        except discord.PrivilegedIntentsRequired as error:
            raise Fatal(_PERMANENT_CLOSES[4014]) from error
        except discord.ConnectionClosed as error:
            raise _closed(error) from error
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            raise Retryable(f"Discord cannot be reached: {error}") from error
        except AttributeError as error:
            # A library defect: when its first connection fails, it looks for a session to resume and finds none.
            if client.ws is not None:
                raise
            raise Retryable("Discord's gateway cannot be reached.") from error
        raise Retryable("Discord closed the connection.")


async def _end(serving: asyncio.Task[None], client: Bot) -> None:
    """Before Python 3.12 a cancellation can get lost in the library; then closing, and a second one, make an end."""
    serving.cancel()
    await client.finish()
    serving.cancel()
    await asyncio.wait([serving], timeout=GRACE_SECONDS)


def _closed(error: discord.ConnectionClosed) -> Fatal | Retryable:
    sentence = _PERMANENT_CLOSES.get(error.code)
    return Fatal(sentence) if sentence else Retryable(f"Discord closed the connection with code {error.code}.")


def _snowflake(setting: str, value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise SettingsError(f"{setting} is {value!r}; give the id, a number such as 112233445566778899.")
    return int(value)

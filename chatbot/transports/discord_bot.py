"""Discord: slash commands, buttons, and messages that mention the bot. Imported only where a bot token is set."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from chatbot.message import Channel, MessageHandler, MessageRef, PressHandler, Reply, Unsent
from chatbot.transports.discord_answers import PLATFORM, Answers, addressed_text
from chatbot.transports.discord_commands import command_tree, register
from chatbot.transports.discord_delivery import Delivery, Outbox
from chatbot.transports.slash import SlashCommand
from trading.clock import Clock
from trading.errors import Fatal, Retryable, SettingsError

CLOSE_SECONDS = 3.0
GRACE_SECONDS = 1.0
_RETRY_SECONDS = 5.0
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

logger = logging.getLogger(__name__)


class DiscordTransport:
    """One bot. `channel_id` is where notices go; people in other guilds than `guild_id` are marked as suspects.

    `api_base_url` and `gateway_url` replace Discord's addresses; they are the library's globals, so all transports of a
    process share them. With only the first, the gateway is asked for there.
    """

    def __init__(
        self,
        token: str,
        channel_id: str | None,
        guild_id: str | None,
        api_base_url: str | None,
        gateway_url: str | None,
        commands: Sequence[SlashCommand],
        clock: Clock,
    ) -> None:
        self._token = token
        self._channels = (Channel(PLATFORM, str(_snowflake("DISCORD_CHANNEL_ID", channel_id))),) if channel_id else ()
        self._guild_id = _snowflake("DISCORD_GUILD_ID", guild_id) if guild_id else None
        self._api_base_url = api_base_url
        self._gateway_url = gateway_url
        self._commands = tuple(commands)
        self._outbox = Outbox(clock)
        self._delivery: Delivery | None = None

    @property
    def platform(self) -> str:
        return PLATFORM

    def channels(self) -> Sequence[Channel]:
        return self._channels

    async def run(self, on_message: MessageHandler, on_press: PressHandler) -> None:
        """Serve until cancelled. Raises Fatal when Discord refuses us for good, Retryable when it is lost."""
        self._address_library()
        client = Bot(self._guild_id, self._commands, ask_gateway=bool(self._api_base_url and not self._gateway_url))
        delivery = Delivery(client, self._outbox)
        client.answers = Answers(delivery, self._guild_id, on_message, on_press)
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

    def _connected(self) -> Delivery:
        if self._delivery is None:
            raise Unsent("Discord is not connected.", _RETRY_SECONDS)
        return self._delivery

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


class Bot(discord.Client):
    """The library's client, reduced to handing events on. No event waits for another one's answer."""

    answers: Answers

    def __init__(self, guild_id: int | None, commands: Sequence[SlashCommand], ask_gateway: bool) -> None:
        # The library warns about missing voice packages, which nobody here needs.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            max_ratelimit_timeout=30.0,
            # We do not wait for the guilds, so no timer need outlive a short connection.
            guild_ready_timeout=0.0,
        )
        self._guild = discord.Object(guild_id) if guild_id is not None else None
        self._ask_gateway = ask_gateway
        self._tasks: set[asyncio.Task[None]] = set()
        self._commands = command_tree(self, commands, self._on_command, self._guild)

    async def setup_hook(self) -> None:
        if self._ask_gateway:
            _, url, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = URL(url)
        try:
            await register(self._commands, self._guild)
        except discord.DiscordException as error:
            logger.warning(
                "Slash commands were not registered; invite the bot with the applications.commands scope: %s", error
            )

    async def on_message(self, message: discord.Message) -> None:
        if message.author.bot or message.webhook_id is not None or self.user is None:
            return
        text = addressed_text(message, self.user.id)
        if text is not None:
            self._spawn(self.answers.mention(message, text))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.component:
            self._spawn(self.answers.press(interaction))

    def _on_command(
        self, interaction: discord.Interaction[Any], command: SlashCommand, options: dict[str, str]
    ) -> None:
        self._spawn(self.answers.command(interaction, command, options))

    def _spawn(self, answer: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(answer)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Let running answers end, then close; neither waits for a partner that has gone silent."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        try:
            async with asyncio.timeout(CLOSE_SECONDS - GRACE_SECONDS):
                await self.close()
        except TimeoutError:
            await self.http.close()


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

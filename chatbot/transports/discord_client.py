"""The library's client, reduced to handing events on; and the list of commands, kept equal to ours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from yarl import URL

from chatbot.transports.discord_answers import Answers
from chatbot.transports.discord_commands import command_tree, register
from chatbot.transports.discord_people import addressed_text
from chatbot.transports.slash import SlashCommand
from trading.clock import Clock

CLOSE_SECONDS = 3.0
GRACE_SECONDS = 1.0
SILENT_SECONDS = 60.0
"""A gateway that says nothing for so long is left and resumed; it acknowledges a heartbeat every 41 seconds."""
REGISTER_SECONDS = 10.0
"""What the first registration may take before we connect without it."""
REGISTER_AGAIN_SECONDS = 60.0
_LOST = "Nothing more can be posted in the Discord channel %s: it was deleted, or the bot was put out of its server."

logger = logging.getLogger(__name__)


class Bot(discord.Client):
    """One connection. No event waits for another one's answer; `channels` are those whose loss is worth a warning."""

    answers: Answers
    reopened: Callable[[int], None]
    """Called with the id of a channel that may take messages again."""

    def __init__(
        self,
        guild_id: int | None,
        commands: Sequence[SlashCommand],
        channels: Collection[str],
        clock: Clock,
        ask_gateway: bool,
        direct_messages: bool,
    ) -> None:
        # The library warns about missing voice packages, which nobody here needs.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=direct_messages),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            max_ratelimit_timeout=30.0,
            heartbeat_timeout=SILENT_SECONDS,
            # We do not wait for the guilds, so no timer need outlive a short connection.
            guild_ready_timeout=0.0,
        )
        self._guild = discord.Object(guild_id) if guild_id is not None else None
        self._channels = channels
        self._clock = clock
        self._ask_gateway = ask_gateway
        self._tasks: set[asyncio.Task[None]] = set()
        self._registering: asyncio.Task[None] | None = None
        self._commands = command_tree(self, commands, self._on_command, self._guild, direct_messages)

    async def setup_hook(self) -> None:
        if self._ask_gateway:
            _, url, _ = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = URL(url)
        first = asyncio.create_task(self._register())
        self._registering = asyncio.create_task(self._register_again(first))
        await asyncio.wait([first], timeout=REGISTER_SECONDS)

    async def on_message(self, message: discord.Message) -> None:
        if message.author.bot or message.webhook_id is not None or message.is_system() or self.user is None:
            return
        text = addressed_text(message, self.user.id)
        if text is not None:
            self._spawn(self.answers.mention(message, text))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.component:
            self._spawn(self.answers.press(interaction))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._may_write_in(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self._may_write_in(guild)

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        self.reopened(after.id)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        self._may_write_in(after.guild)

    def _may_write_in(self, guild: discord.Guild) -> None:
        """What a role or a place in the server allows is Discord's to say: whoever was refused there tries again."""
        for channel in (*guild.channels, *guild.threads):
            self.reopened(channel.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        for channel in (*guild.channels, *guild.threads):
            self._lost(channel.id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        self._lost(channel.id)

    async def on_raw_thread_delete(self, thread: discord.RawThreadDeleteEvent) -> None:
        self._lost(thread.thread_id)

    def _lost(self, channel_id: int) -> None:
        """What is sent there fails by itself; here only, why."""
        if str(channel_id) in self._channels:
            logger.warning(_LOST, channel_id)

    def _on_command(
        self, interaction: discord.Interaction[Any], command: SlashCommand, options: dict[str, str]
    ) -> None:
        self._spawn(self.answers.command(interaction, command, options))

    def _spawn(self, answer: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(answer)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _register_again(self, first: asyncio.Task[bool]) -> None:
        """Until Discord takes the commands or says for good that it will not; people are served meanwhile."""
        settled = await first
        while not settled:
            await self._clock.sleep(REGISTER_AGAIN_SECONDS)
            settled = await self._register()

    async def _register(self) -> bool:
        """Whether there is nothing more to do."""
        try:
            await register(self._commands, self._guild)
        except (discord.Forbidden, discord.app_commands.AppCommandError) as error:
            logger.warning(
                "Slash commands were not registered; invite the bot with the applications.commands scope: %s", error
            )
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            logger.warning("Slash commands are not registered yet: %s", error)
            return False
        return True

    async def finish(self) -> None:
        """Let running answers end, then close; neither waits for a partner that has gone silent."""
        if self._registering is not None:
            self._registering.cancel()
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

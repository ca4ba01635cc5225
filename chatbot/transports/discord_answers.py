"""What people do on Discord, as our messages and presses, and our answers back to where they did it."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord

from chatbot.message import (
    Actor,
    Channel,
    Incoming,
    MaybeSent,
    MessageHandler,
    MessageRef,
    Press,
    PressHandler,
    PressReply,
    Reply,
    Tone,
    Undeliverable,
    Unsent,
)
from chatbot.transports.discord_delivery import Delivery, content, explained, replacement, twice
from chatbot.transports.discord_text import CONTENT_LIMIT, DiscordMessage, escape, render, split
from chatbot.transports.slash import SlashCommand

PLATFORM = "discord"
_FAILED = Reply("❌ This failed and was logged. Look at /status before you try again.", tone=Tone.BAD, ok=False)
_FAILURES = (Unsent, MaybeSent, Undeliverable)

logger = logging.getLogger(__name__)
Interaction = discord.Interaction[Any]


class Answers:
    """One method per kind of thing a person can do. Each is a task of its own and never raises."""

    def __init__(
        self, delivery: Delivery, guild_id: int | None, on_message: MessageHandler, on_press: PressHandler
    ) -> None:
        self._delivery = delivery
        self._guild_id = guild_id
        self._on_message = on_message
        self._on_press = on_press

    async def mention(self, message: discord.Message, text: str) -> None:
        """Free text addressed to the bot: answered by a message that refers to it."""
        channel = Channel(PLATFORM, str(message.channel.id))
        actor = self._actor(message.author, message.guild.id if message.guild else None)
        reply = await self._handled(Incoming(actor, channel, text, str(message.id), message.created_at))
        if reply is not None:
            await self._logged(channel, self._delivery.send(channel, reply, answers=message))

    async def command(self, interaction: Interaction, command: SlashCommand, options: dict[str, str]) -> None:
        """A slash command: acknowledged at once, answered when the handler is done."""
        if not await self._acknowledge(interaction):
            return
        reply = await self._handled(self._incoming(interaction, command, options))
        if reply is None:
            await self._withdraw(interaction)
        else:
            await self._show(interaction, render(reply))

    async def press(self, interaction: Interaction) -> None:
        """A button: acknowledged at once, then its message is replaced, followed, or a notice shown to the presser."""
        if not await self._acknowledge(interaction):
            return
        press = self._pressed(interaction)
        try:
            outcome = await self._on_press(press)
        except Exception:
            logger.exception("A press on %s failed.", press.button_id)
            outcome = PressReply(_FAILED.text)
        await self._tell(interaction, press, outcome)

    async def _tell(self, interaction: Interaction, press: Press, outcome: PressReply) -> None:
        if outcome.edit is not None and press.message is not None:
            await self._replace(interaction, press.message, outcome.edit)
        if outcome.send is not None:
            await self._follow(interaction, render(outcome.send))
        shown = any(reply is not None and reply.ok for reply in (outcome.edit, outcome.send))
        if outcome.toast and not shown:
            await self._whisper(interaction, outcome.toast)

    async def _handled(self, incoming: Incoming) -> Reply | None:
        try:
            return await self._on_message(incoming)
        except Exception:
            logger.exception("The message %s failed.", incoming.update_id)
            return _FAILED

    async def _acknowledge(self, interaction: Interaction) -> bool:
        """False when Discord told the person that we did not answer, or when another process did."""
        try:
            await interaction.response.defer(thinking=interaction.type is discord.InteractionType.application_command)
        except discord.HTTPException as error:
            logger.warning("Too late for interaction %s: %s", interaction.id, error)
            return False
        except (aiohttp.ClientError, OSError) as error:
            # It may have arrived; should it not have, the answer falls back on the channel.
            logger.warning("No word on the acknowledgement of interaction %s: %s", interaction.id, error)
        return True

    async def _show(self, interaction: Interaction, messages: Sequence[DiscordMessage]) -> None:
        """In place of "thinking"; by the bot's own message when the interaction's 15 minutes are over."""
        try:
            await self._edit_original(interaction, messages[0])
        except _FAILURES as error:
            await self._post(interaction, messages, error)
        else:
            await self._follow(interaction, messages[1:])

    async def _replace(self, interaction: Interaction, ref: MessageRef, reply: Reply) -> None:
        messages = render(reply)
        try:
            await self._edit_original(interaction, messages[0])
        except _FAILURES as error:
            logger.info("Interaction %s cannot be answered, the bot edits the message: %s", interaction.id, error)
            await self._logged(ref.channel, self._delivery.edit(ref, reply))
        else:
            await self._follow(interaction, messages[1:])

    async def _edit_original(self, interaction: Interaction, message: DiscordMessage) -> None:
        async def edit() -> None:
            with explained(f"interaction {interaction.id}"):
                await interaction.edit_original_response(**replacement(message))

        await twice(edit)

    async def _follow(self, interaction: Interaction, messages: Sequence[DiscordMessage]) -> None:
        for index, message in enumerate(messages):
            try:
                with explained(f"interaction {interaction.id}"):
                    await interaction.followup.send(**content(message))
            except _FAILURES as error:
                await self._post(interaction, messages[index:], error)
                return

    async def _post(self, interaction: Interaction, messages: Sequence[DiscordMessage], why: BaseException) -> None:
        logger.info("Interaction %s cannot be answered, the bot writes to its channel: %s", interaction.id, why)
        channel = _channel(interaction)
        await self._logged(channel, self._delivery.post(channel, messages))

    async def _whisper(self, interaction: Interaction, toast: str) -> None:
        """A notice that only the presser sees. Nobody else needs it, so it has no fallback."""
        try:
            for text in split(toast, CONTENT_LIMIT, escape):
                with explained(f"interaction {interaction.id}"):
                    await interaction.followup.send(text, ephemeral=True)
        except _FAILURES as error:
            logger.warning("A notice for interaction %s was not shown: %s", interaction.id, error)

    async def _withdraw(self, interaction: Interaction) -> None:
        try:
            with explained(f"interaction {interaction.id}"):
                await interaction.delete_original_response()
        except _FAILURES as error:
            logger.warning("Interaction %s goes on showing that we think: %s", interaction.id, error)

    async def _logged(self, channel: Channel, delivery: Any) -> None:
        try:
            await delivery
        except Exception:
            logger.exception("An answer did not reach %s.", channel.key)

    def _incoming(self, interaction: Interaction, command: SlashCommand, options: dict[str, str]) -> Incoming:
        given = [options[parameter.name] for parameter in command.parameters if parameter.name in options]
        return Incoming(
            actor=self._actor(interaction.user, interaction.guild_id),
            channel=_channel(interaction),
            text=" ".join([f"/{command.name}", *given]),
            update_id=str(interaction.id),
            sent_at=interaction.created_at,
            structured=options,
        )

    def _pressed(self, interaction: Interaction) -> Press:
        channel = _channel(interaction)
        data: Any = interaction.data or {}
        return Press(
            actor=self._actor(interaction.user, interaction.guild_id),
            channel=channel,
            button_id=data.get("custom_id", ""),
            update_id=str(interaction.id),
            message=MessageRef(channel, str(interaction.message.id)) if interaction.message else None,
        )

    def _actor(self, user: discord.User | discord.Member, guild_id: int | None) -> Actor:
        return Actor(PLATFORM, str(user.id), user.name, self._suspect(user, guild_id))

    def _suspect(self, user: discord.User | discord.Member, guild_id: int | None) -> str:
        if user.bot:
            return "bot"
        if guild_id is None:
            return "direct message"
        return "other guild" if self._guild_id not in (None, guild_id) else ""


def addressed_text(message: discord.Message, me: int) -> str | None:
    """What a message says to the bot, or None when it speaks to someone else. A bare mention asks for help."""
    mentioned = any(user.id == me for user in message.mentions)
    replied = message.reference.resolved if message.reference else None
    if not mentioned and not (isinstance(replied, discord.Message) and replied.author.id == me):
        return None
    # Without a mention Discord withholds the text of others, and an empty one cannot be answered.
    text = re.sub(rf"<@!?{me}>", "", message.content).strip()
    return text or ("/help" if mentioned else None)


def _channel(interaction: Interaction) -> Channel:
    return Channel(PLATFORM, str(interaction.channel_id))

"""Who speaks on Discord, where, and what they say: the library's objects as our shapes."""

from __future__ import annotations

import re
from typing import Any

import discord

from chatbot.message import Actor, Channel, Incoming, MessageRef, Press, Progress
from chatbot.transports.slash import SlashCommand

PLATFORM = "discord"

Interaction = discord.Interaction[Any]


class People:
    """Turns what people do into messages and presses. Those who act in another guild than `home` are suspects."""

    def __init__(self, home: int | None) -> None:
        self._home = home

    def wrote(self, message: discord.Message, text: str, progress: Progress) -> Incoming:
        """A message to the bot, without the mention of it."""
        guild_id = message.guild.id if message.guild else None
        actor = self._actor(message.author, guild_id, forwarded=message.flags.forwarded)
        channel = Channel(PLATFORM, str(message.channel.id))
        return Incoming(actor, channel, text, str(message.id), message.created_at, progress=progress)

    def used(
        self, interaction: Interaction, command: SlashCommand, options: dict[str, str], progress: Progress
    ) -> Incoming:
        """A slash command with the options given."""
        given = [options[parameter.name] for parameter in command.parameters if parameter.name in options]
        return Incoming(
            actor=self._actor(interaction.user, interaction.guild_id),
            channel=channel_of(interaction),
            text=" ".join([f"/{command.name}", *given]),
            update_id=str(interaction.id),
            sent_at=interaction.created_at,
            structured=options,
            progress=progress,
        )

    def pressed(self, interaction: Interaction, progress: Progress) -> Press:
        """A button under a message."""
        channel = channel_of(interaction)
        data: Any = interaction.data or {}
        return Press(
            actor=self._actor(interaction.user, interaction.guild_id),
            channel=channel,
            button_id=data.get("custom_id", ""),
            update_id=str(interaction.id),
            message=MessageRef(channel, str(interaction.message.id)) if interaction.message else None,
            progress=progress,
        )

    def _actor(self, user: discord.User | discord.Member, guild_id: int | None, forwarded: bool = False) -> Actor:
        suspect = "forwarded" if forwarded else self._suspect(user, guild_id)
        return Actor(PLATFORM, str(user.id), user.name, suspect, str(guild_id or ""), _groups(user))

    def _suspect(self, user: discord.User | discord.Member, guild_id: int | None) -> str:
        if user.bot:
            return "bot"
        # Whether direct messages count is decided where roles are.
        return "other guild" if guild_id is not None and self._home not in (None, guild_id) else ""


def channel_of(interaction: Interaction) -> Channel:
    """Where the interaction happened; a thread is a channel of its own."""
    return Channel(PLATFORM, str(interaction.channel_id))


def addressed_text(message: discord.Message, me: int) -> str | None:
    """What a message says to the bot, or None when it speaks to someone else. A bare mention asks for help."""
    mentioned = any(user.id == me for user in message.mentions)
    replied = message.reference.resolved if message.reference else None
    answers_us = isinstance(replied, discord.Message) and replied.author.id == me
    if not (mentioned or answers_us or message.guild is None):
        return None
    # Without a mention Discord withholds the text of others, and an empty one cannot be answered.
    text = re.sub(rf"<@!?{me}>", "", message.content).strip()
    return text or ("/help" if mentioned else None)


def _groups(user: discord.User | discord.Member) -> tuple[str, ...]:
    # The library's public list leaves out roles of a guild that it has not been told about yet.
    return tuple(str(role_id) for role_id in user._roles) if isinstance(user, discord.Member) else ()

"""What one interaction shows: acknowledged in three seconds, answered for fifteen minutes, then by the bot itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from enum import Enum

import aiohttp
import discord

from chatbot.message import MaybeSent, MessageRef, Reply, Undeliverable, Unsent
from chatbot.transports.discord_arguments import content, replacement
from chatbot.transports.discord_delivery import Delivery
from chatbot.transports.discord_errors import explained, once, twice
from chatbot.transports.discord_message import DiscordMessage, render
from chatbot.transports.discord_passing import Passing
from chatbot.transports.discord_people import Interaction, channel_of

ACKNOWLEDGE_SECONDS = 3.0
"""After so long Discord has told the person that nobody answered."""

_ALREADY_ACKNOWLEDGED = 40060
_FAILURES = (Unsent, MaybeSent, Undeliverable)

logger = logging.getLogger(__name__)


class Standing(Enum):
    """Ours: we answer it. Taken: it was acknowledged before, so it may be a repeat. Lost: Discord gave it up."""

    OURS = "ours"
    TAKEN = "taken"
    LOST = "lost"


class Stage:
    """Shows answers where people acted; what an interaction no longer takes, the bot writes to its channel."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    async def acknowledge(self, interaction: Interaction) -> Standing:
        """Tell Discord that an answer follows. Never raises."""
        thinking = interaction.type is discord.InteractionType.application_command
        try:
            async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
                await interaction.response.defer(thinking=thinking)
        except discord.HTTPException as error:
            logger.warning("Interaction %s was not acknowledged: %s", interaction.id, error)
            return Standing.TAKEN if error.code == _ALREADY_ACKNOWLEDGED else Standing.LOST
        except (aiohttp.ClientError, OSError) as error:
            # It may have arrived; should it not have, the answer falls back on the channel.
            logger.warning("No word on the acknowledgement of interaction %s: %s", interaction.id, error)
        return Standing.OURS

    async def answer(self, interaction: Interaction, reply: Reply) -> None:
        """In place of "thinking"; a private reply only to the person who asked."""
        if reply.private:
            await self.withdraw(interaction)
            await self.whisper(interaction, reply)
            return
        messages = render(reply)
        try:
            number = await self._edit_original(interaction, messages[0])
        except _FAILURES as error:
            await self._post(interaction, messages, error)
        else:
            await self._follow(interaction, messages[1:])
            if reply.told is not None:
                await reply.told(MessageRef(channel_of(interaction), number))

    async def show(self, interaction: Interaction, reply: Reply) -> None:
        """The state of things, until the answer comes. Raises Unsent, MaybeSent or Undeliverable."""
        await self._edit_original(interaction, render(reply)[0])

    async def replace(self, interaction: Interaction, ref: MessageRef, reply: Reply) -> None:
        """The pressed message becomes `reply`."""
        messages = render(reply)
        try:
            await self._edit_original(interaction, messages[0])
        except _FAILURES as error:
            logger.info("Interaction %s cannot be answered, the bot edits the message: %s", interaction.id, error)
            await self._logged(interaction, self._delivery.edit(ref, reply))
        else:
            await self._follow(interaction, messages[1:])

    async def follow(self, interaction: Interaction, reply: Reply | None, passing: Passing) -> None:
        """A further message below the pressed one, in place of what was shown in passing; a private one as a whisper.

        Without a reply what was shown in passing goes away.
        """
        if reply is None or reply.private:
            await passing.remove()
            if reply is not None:
                await self.whisper(interaction, reply)
            return
        messages = render(reply)
        number = await passing.become(messages[0])
        if number is None:
            number = await self._follow(interaction, messages)
        else:
            await self._follow(interaction, messages[1:])
        if number is not None and reply.told is not None:
            await reply.told(MessageRef(channel_of(interaction), number))

    async def whisper(self, interaction: Interaction, reply: Reply) -> None:
        """What only the person who acted sees. Nobody else needs it, so it has no fallback."""
        try:
            for message in render(reply):
                await self._sent(interaction, message, True)
        except _FAILURES as error:
            logger.warning("A notice for interaction %s was not shown: %s", interaction.id, error)

    async def withdraw(self, interaction: Interaction) -> None:
        """Stop "thinking" without a word."""

        async def delete() -> None:
            with explained(f"interaction {interaction.id}"):
                await interaction.delete_original_response()

        try:
            await once(delete)
        except _FAILURES as error:
            logger.warning("Interaction %s goes on showing that we think: %s", interaction.id, error)

    async def _edit_original(self, interaction: Interaction, message: DiscordMessage) -> str:
        """The id of the message that shows it."""
        shown: list[str] = []

        async def edit() -> None:
            with explained(f"interaction {interaction.id}"):
                edited = await interaction.edit_original_response(**replacement(message))
                shown.append(str(edited.id))

        await twice(edit)
        return shown[-1]

    async def _follow(self, interaction: Interaction, messages: Sequence[DiscordMessage]) -> str | None:
        """The id of the first message, as far as it is known."""
        first: list[str] = []
        for index, message in enumerate(messages):
            try:
                first.append(await self._sent(interaction, message, False))
            except _FAILURES as error:
                await self._post(interaction, messages[index:], error)
                break
        return first[0] if first else None

    async def _sent(self, interaction: Interaction, message: DiscordMessage, ephemeral: bool) -> str:
        """The id of the message once it is sent."""

        async def send() -> str:
            with explained(f"interaction {interaction.id}"):
                sent = await interaction.followup.send(**content(message), ephemeral=ephemeral, wait=True)
            return str(sent.id)

        return await once(send)

    async def _post(self, interaction: Interaction, messages: Sequence[DiscordMessage], why: BaseException) -> None:
        logger.info("Interaction %s cannot be answered, the bot writes to its channel: %s", interaction.id, why)
        await self._logged(interaction, self._delivery.post(channel_of(interaction), messages))

    async def _logged(self, interaction: Interaction, delivery: Awaitable[None]) -> None:
        try:
            await delivery
        except Exception:
            logger.exception("An answer did not reach %s.", channel_of(interaction).key)

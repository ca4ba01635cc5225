"""A message below a pressed one that shows how far it is, until the reply takes its place or it goes away."""

from __future__ import annotations

import logging
from functools import partial

import discord

from chatbot.message import MaybeSent, Reply, Undeliverable, Unsent
from chatbot.transports.discord_arguments import content, replacement
from chatbot.transports.discord_errors import explained, once
from chatbot.transports.discord_message import DiscordMessage, render
from chatbot.transports.discord_people import Interaction

_FAILURES = (Unsent, MaybeSent, Undeliverable)

logger = logging.getLogger(__name__)


class Passing:
    """Posted by the first `show`, edited by later ones."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self._what = f"interaction {interaction.id}"
        self._message: discord.WebhookMessage | None = None

    async def show(self, reply: Reply) -> None:
        """Post, or edit what is posted. Raises Unsent, MaybeSent or Undeliverable."""
        message = render(reply)[0]
        if self._message is None:
            self._message = await once(partial(self._post, message))
        else:
            await once(partial(self._edit, self._message, message))

    async def become(self, message: DiscordMessage) -> str | None:
        """Its id once it shows `message`; None where there is none to edit, or it cannot be: then it goes away."""
        if self._message is None:
            return None
        try:
            await once(partial(self._edit, self._message, message))
        except _FAILURES as error:
            logger.info("Progress does not become the answer: %s", error)
            await self.remove()
            return None
        return str(self._message.id)

    async def remove(self) -> None:
        """Take it away, where that is possible."""
        if self._message is None:
            return
        try:
            await once(partial(self._delete, self._message))
        except _FAILURES as error:
            logger.info("Progress stays where it was shown: %s", error)

    async def _post(self, message: DiscordMessage) -> discord.WebhookMessage:
        with explained(self._what):
            return await self._interaction.followup.send(**content(message), wait=True)

    async def _edit(self, posted: discord.WebhookMessage, message: DiscordMessage) -> None:
        with explained(self._what):
            await posted.edit(**replacement(message))

    async def _delete(self, posted: discord.WebhookMessage) -> None:
        with explained(self._what):
            await posted.delete()

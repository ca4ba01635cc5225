"""Sending and editing through the bot: a repeated send is not a second message, and failures say what to do next."""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import discord

from chatbot.message import Channel, MaybeSent, MessageRef, Reply, Undeliverable, Unsent
from chatbot.transports.discord_arguments import content, replacement
from chatbot.transports.discord_errors import explained, twice
from chatbot.transports.discord_message import DiscordMessage, render
from trading.clock import Clock

REMEMBERED_ATTEMPTS = 64
ATTEMPT_SECONDS = 600.0

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Attempt:
    """How far a message of several parts has got. Discord drops a second message with the nonce of a recent one."""

    nonce: str = field(default_factory=lambda: secrets.token_hex(8))
    delivered: list[str] = field(default_factory=list)


class Outbox:
    """Attempts that failed, so that the caller's repetition goes on from there; it outlives a reconnection.

    What is older than `ATTEMPT_SECONDS` is another message that happens to read the same.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed: OrderedDict[Hashable, tuple[float, Attempt]] = OrderedDict()
        self._grown: OrderedDict[MessageRef, tuple[str, ...]] = OrderedDict()

    def take(self, what: Hashable) -> Attempt:
        """The failed attempt at the same, or a new one. Equal sends at the same time get one each."""
        failed_at, attempt = self._failed.pop(what, (0.0, Attempt()))
        return attempt if self._clock.monotonic() - failed_at <= ATTEMPT_SECONDS else Attempt()

    def keep(self, what: Hashable, attempt: Attempt) -> None:
        self._failed[what] = (self._clock.monotonic(), attempt)
        while len(self._failed) > REMEMBERED_ATTEMPTS:
            self._failed.popitem(last=False)

    def parts(self, ref: MessageRef) -> tuple[str, ...]:
        """The ids of the messages that `ref` stands for now: edits may have made them more or fewer."""
        return self._grown.get(ref) or tuple(ref.id.split(","))

    def reshaped(self, ref: MessageRef, parts: Sequence[str]) -> None:
        self._grown[ref] = tuple(parts)
        self._grown.move_to_end(ref)
        while len(self._grown) > REMEMBERED_ATTEMPTS:
            self._grown.popitem(last=False)


class Delivery:
    """Messages of the bot in channels. A reply of several messages has their ids, joined by commas, as its id."""

    def __init__(self, client: discord.Client, outbox: Outbox) -> None:
        self._client = client
        self._outbox = outbox

    async def send(self, channel: Channel, reply: Reply, answers: discord.Message | None = None) -> MessageRef:
        """Post `reply`, as the answer to a message where one is given. Raises Unsent, MaybeSent or Undeliverable."""
        ids = await self._attempted((channel.key, reply), channel, render(reply), answers)
        return MessageRef(channel, ",".join(ids))

    async def post(self, channel: Channel, messages: Sequence[DiscordMessage]) -> None:
        """Messages as they are, for what could not be shown in another way."""
        await self._post(channel, messages, Attempt())

    async def edit(self, ref: MessageRef, reply: Reply) -> None:
        """Replace what `ref` shows. Messages too many are deleted; further ones follow at the end of the channel."""
        ids, messages = self._outbox.parts(ref), render(reply)
        for message_id, message in zip(ids, messages, strict=False):
            await self._edit(ref.channel, message_id, message)
        for message_id in ids[len(messages) :]:
            await self._delete(ref.channel, message_id)
        added = await self._attempted((ref, reply), ref.channel, messages[len(ids) :])
        if len(ids) != len(messages):
            self._outbox.reshaped(ref, [*ids[: len(messages)], *added])

    async def _attempted(
        self,
        what: Hashable,
        channel: Channel,
        messages: Sequence[DiscordMessage],
        answers: discord.Message | None = None,
    ) -> list[str]:
        """The ids of `messages`, which go on where a failed attempt at the same ended."""
        attempt = self._outbox.take(what)
        try:
            await self._post(channel, messages, attempt, answers)
        except (Unsent, MaybeSent):
            self._outbox.keep(what, attempt)
            raise
        return attempt.delivered

    async def _post(
        self,
        channel: Channel,
        messages: Sequence[DiscordMessage],
        attempt: Attempt,
        answers: discord.Message | None = None,
    ) -> None:
        for index in range(len(attempt.delivered), len(messages)):
            reference = answers.to_reference(fail_if_not_exists=False) if answers and index == 0 else None
            nonce = f"{attempt.nonce}-{index}"
            attempt.delivered.append(await twice(partial(self._send, channel, messages[index], nonce, reference)))

    async def _send(self, channel: Channel, message: DiscordMessage, nonce: str, reference: Any) -> str:
        where = self._client.get_partial_messageable(int(channel.id))
        with explained(f"channel {channel.id}"):
            sent = await where.send(**content(message), nonce=nonce, reference=reference, mention_author=False)
        return str(sent.id)

    async def _edit(self, channel: Channel, message_id: str, message: DiscordMessage) -> None:
        await twice(partial(self._replace, channel, message_id, message))

    async def _replace(self, channel: Channel, message_id: str, message: DiscordMessage) -> None:
        with explained(f"message {message_id} in channel {channel.id}"):
            await self._message(channel, message_id).edit(**replacement(message))

    async def _delete(self, channel: Channel, message_id: str) -> None:
        """What somebody else has deleted is gone as it should be."""
        try:
            with explained(f"message {message_id} in channel {channel.id}"):
                await self._message(channel, message_id).delete()
        except Undeliverable as error:
            logger.info("A surplus message stays or was gone: %s", error)

    def _message(self, channel: Channel, message_id: str) -> discord.PartialMessage:
        return self._client.get_partial_messageable(int(channel.id)).get_partial_message(int(message_id))

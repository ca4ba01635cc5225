"""Sending and editing through the bot: a repeated send is not a second message, and failures say what to do next."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import Any, TypeVar

import aiohttp
import discord

from chatbot.message import Button, Channel, MaybeSent, MessageRef, Reply, Style, Undeliverable, Unsent
from chatbot.transports.discord_text import DiscordMessage, render
from trading.clock import Clock

T = TypeVar("T")

LABEL_LIMIT = 80
REMEMBERED_ATTEMPTS = 64
ATTEMPT_SECONDS = 600.0
_RECONNECT_SECONDS = 5.0
_BANNED_SECONDS = 60.0
_STYLES = {
    Style.NEUTRAL: discord.ButtonStyle.secondary,
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.DANGER: discord.ButtonStyle.danger,
}


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
        self._failed: OrderedDict[tuple[str, Reply], tuple[float, Attempt]] = OrderedDict()

    def take(self, channel: Channel, reply: Reply) -> Attempt:
        """The failed attempt at sending the same, or a new one. Equal sends at the same time get one each."""
        failed_at, attempt = self._failed.pop((channel.key, reply), (0.0, Attempt()))
        return attempt if self._clock.monotonic() - failed_at <= ATTEMPT_SECONDS else Attempt()

    def keep(self, channel: Channel, reply: Reply, attempt: Attempt) -> None:
        self._failed[channel.key, reply] = (self._clock.monotonic(), attempt)
        while len(self._failed) > REMEMBERED_ATTEMPTS:
            self._failed.popitem(last=False)


class Delivery:
    """Messages of the bot in channels. A reply of several messages has their ids, joined by commas, as its id."""

    def __init__(self, client: discord.Client, outbox: Outbox) -> None:
        self._client = client
        self._outbox = outbox

    async def send(self, channel: Channel, reply: Reply, answers: discord.Message | None = None) -> MessageRef:
        """Post `reply`, as the answer to a message where one is given. Raises Unsent, MaybeSent or Undeliverable."""
        attempt = self._outbox.take(channel, reply)
        try:
            await self._post(channel, render(reply), attempt, answers)
        except (Unsent, MaybeSent):
            self._outbox.keep(channel, reply, attempt)
            raise
        return MessageRef(channel, ",".join(attempt.delivered))

    async def post(self, channel: Channel, messages: Sequence[DiscordMessage]) -> None:
        """Messages as they are, for what could not be shown in another way."""
        await self._post(channel, messages, Attempt())

    async def edit(self, ref: MessageRef, reply: Reply) -> None:
        """Replace what `ref` shows. Messages too many are deleted; further ones follow at the end of the channel."""
        ids, messages = ref.id.split(","), render(reply)
        for message_id, message in zip(ids, messages, strict=False):
            await self._edit(ref.channel, message_id, message)
        for message_id in ids[len(messages) :]:
            await self._delete(ref.channel, message_id)
        await self.post(ref.channel, messages[len(ids) :])

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
        with explained(f"message {message_id} in channel {channel.id}"):
            await self._message(channel, message_id).delete()

    def _message(self, channel: Channel, message_id: str) -> discord.PartialMessage:
        return self._client.get_partial_messageable(int(channel.id)).get_partial_message(int(message_id))


class ConnectionBroke(MaybeSent):
    """Told apart from a failing Discord, which the library has already asked several times."""


async def twice(call: Callable[[], Awaitable[T]]) -> T:
    """Repeat a call that has the same effect once or twice, when the connection broke in the middle of it."""
    try:
        return await call()
    except ConnectionBroke:
        return await call()


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Discord's errors as ours."""
    try:
        yield
    except discord.RateLimited as error:
        raise Unsent(f"Discord asks to wait before writing to {what}.", error.retry_after) from error
    except discord.DiscordServerError as error:
        raise MaybeSent(f"Discord failed with status {error.status} at {what}.") from error
    except discord.HTTPException as error:
        if error.status == 429:
            raise Unsent(f"Discord blocks this address for now, at {what}.", _BANNED_SECONDS) from error
        raise Undeliverable(
            f"Discord refused {what}: {error.text or error.status} (code {error.code}). "
            "Check DISCORD_CHANNEL_ID, and that the bot may view the channel, send messages, embed links, attach files."
        ) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise Unsent(f"Discord cannot be reached for {what}.", _RECONNECT_SECONDS) from error
    except (aiohttp.ClientError, OSError) as error:
        raise ConnectionBroke(f"The connection to Discord broke at {what}.") from error


def content(message: DiscordMessage) -> dict[str, Any]:
    """Arguments of a send. Made anew for every try: the library closes files it has sent."""
    arguments: dict[str, Any] = {"content": message.content or None, "embeds": list(message.embeds)}
    if message.pictures:
        arguments["files"] = files(message)
    if message.buttons:
        arguments["view"] = view(message.buttons)
    return arguments


def replacement(message: DiscordMessage) -> dict[str, Any]:
    """Arguments of an edit: what the message does not have is removed."""
    return {
        "content": message.content or None,
        "embeds": list(message.embeds),
        "attachments": files(message),
        "view": view(message.buttons) if message.buttons else None,
    }


def files(message: DiscordMessage) -> list[discord.File]:
    return [
        discord.File(BytesIO(picture.png), picture.name, description=picture.caption[:1024] or None)
        for picture in message.pictures
    ]


def view(buttons: Sequence[Button]) -> discord.ui.View:
    """Rows of buttons. It is stopped so that the library keeps no state: presses are told by their custom_id alone."""
    rows = discord.ui.View(timeout=None)
    for button in buttons:
        label = button.label if len(button.label) <= LABEL_LIMIT else f"{button.label[: LABEL_LIMIT - 1]}…"
        rows.add_item(discord.ui.Button(label=label, custom_id=button.id, style=_STYLES[button.style]))
    rows.stop()
    return rows

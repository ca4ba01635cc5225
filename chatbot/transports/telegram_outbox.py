"""Replies out to Telegram, and edits of what was sent.

A message's id, as `MessageRef` keeps it, is Telegram's number, with a "p" before it where the message
carries a picture: its text is a caption then, and is edited by another method.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram import Bot
from telegram.error import TelegramError

from chatbot.message import MaybeSent, Reply, Undeliverable, Unsent
from chatbot.transports.telegram_errors import delivery_failure
from chatbot.transports.telegram_text import Outgoing, as_caption, body, body_as_caption, compose, picture_messages
from chatbot.transports.telegram_wire import Wire
from trading.clock import Clock

T = TypeVar("T")

LONGEST_PAUSE = 60.0
TRIES = 4


async def persist(clock: Clock, send: Callable[[], Awaitable[T]]) -> T:
    """The result of `send`, tried again while it is Unsent and the pause asked for is at most a minute."""
    for _ in range(TRIES - 1):
        try:
            return await send()
        except Unsent as refusal:
            if refusal.retry_after > LONGEST_PAUSE:
                raise
            await clock.sleep(refusal.retry_after)
    return await send()


class Outbox:
    """Sends through one connected bot. Every method raises Unsent, MaybeSent or Undeliverable, and nothing else."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self._wire = Wire(bot)
        self._token = bot.token
        self._clock = clock

    async def send(self, chat_id: str, reply: Reply, answering: int | None = None) -> str:
        """Send `reply`, the first part as an answer to message `answering`; the id of the part with the buttons."""
        composed = compose(reply)
        if not composed.messages:
            raise Undeliverable("The message is empty: there is nothing to send")
        first, *rest = composed.messages
        ids = [await self._send_one(chat_id, first, answering)]
        ids += [await self._send_following(chat_id, message) for message in rest]
        return ids[composed.main]

    async def edit(self, chat_id: str, message_id: str, reply: Reply) -> None:
        """Make the sent message show `reply`. What does not fit into it follows as new messages."""
        number = int(message_id.removeprefix("p"))
        if message_id.startswith("p"):
            await self._edit_picture(chat_id, number, reply)
        else:
            await self._edit_text(chat_id, number, reply)

    async def _edit_text(self, chat_id: str, number: int, reply: Reply) -> None:
        texts = body(reply)
        if not texts:
            raise Undeliverable("A text message cannot be edited into one without text: send a new one")
        await self._call(lambda: self._wire.replace_text(chat_id, number, texts[0], reply.buttons))
        for text in texts[1:]:
            await self._send_following(chat_id, Outgoing(text))
        for message in (message for picture in reply.pictures for message in picture_messages(picture)):
            await self._send_following(chat_id, message)

    async def _edit_picture(self, chat_id: str, number: int, reply: Reply) -> None:
        try:
            replaced = await self._replace_in_place(chat_id, number, reply)
        except Undeliverable:
            replaced = False
        if not replaced:
            await self.send(chat_id, reply)

    async def _replace_in_place(self, chat_id: str, number: int, reply: Reply) -> bool:
        """Show `reply` in a message that carries a picture; False where it does not fit under one."""
        if (media := as_caption(reply)) is not None:
            await self._call(lambda: self._wire.replace_picture(chat_id, number, media, reply))
            return True
        if not reply.pictures and (caption := body_as_caption(reply)) is not None:
            await self._call(lambda: self._wire.replace_caption(chat_id, number, caption, reply.buttons))
            return True
        return False

    async def _send_following(self, chat_id: str, message: Outgoing) -> str:
        """Send a later part. The parts before it are there already, so the whole can no longer be Unsent."""
        try:
            return await persist(self._clock, lambda: self._send_one(chat_id, message))
        except Unsent as refusal:
            raise MaybeSent(f"Only a part of the message was sent: {refusal}") from None

    async def _send_one(self, chat_id: str, message: Outgoing, answering: int | None = None) -> str:
        if message.picture is None:
            sent = await self._call(lambda: self._wire.post_text(chat_id, message, answering))
            return str(sent.message_id)
        picture = message.picture
        sent = await self._call(lambda: self._wire.post_picture(chat_id, message, picture, answering))
        return f"p{sent.message_id}"

    async def _call(self, request: Callable[[], Awaitable[T]]) -> T:
        try:
            return await request()
        except TelegramError as error:
            failure = delivery_failure(error, self._token)
        raise failure

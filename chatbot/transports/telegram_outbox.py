"""Replies out to Telegram, and edits of what was sent.

A message's id, as `MessageRef` keeps it, is Telegram's number, with a "p" before it where the message
carries a picture or a file: its text is a caption then, and is edited by another method.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from telegram import Bot, Message
from telegram.error import TelegramError

from chatbot.message import MaybeSent, Reply, Undeliverable, Unsent
from chatbot.transports.telegram_address import Address, address_of
from chatbot.transports.telegram_composition import Outgoing, compose, files, pictures
from chatbot.transports.telegram_errors import delivery_failure, slow_down
from chatbot.transports.telegram_membership import Membership
from chatbot.transports.telegram_pace import LONGEST_WAIT, Pace, Urgency
from chatbot.transports.telegram_shown import Shown
from chatbot.transports.telegram_text import as_caption, body, body_as_caption
from chatbot.transports.telegram_wire import Posting, Wire
from trading.clock import Clock

T = TypeVar("T")

TRIES = 4


async def persist(clock: Clock, send: Callable[[], Awaitable[T]], longest: float) -> T:
    """The result of `send`, tried again while it is Unsent and the pause asked for is at most `longest` seconds."""
    for _ in range(TRIES - 1):
        try:
            return await send()
        except Unsent as refusal:
            if refusal.retry_after > longest:
                raise
            await clock.sleep(refusal.retry_after)
    return await send()


class Outbox:
    """Sends through one connected bot. Every method raises Unsent, MaybeSent or Undeliverable, and nothing else.

    `channel` is a `Channel.id`: "chat" or "chat/topic".
    """

    def __init__(self, bot: Bot, clock: Clock, pace: Pace, membership: Membership, shown: Shown) -> None:
        self._wire = Wire(bot)
        self._token = bot.token
        self._clock = clock
        self._pace = pace
        self._membership = membership
        self._shown = shown

    async def send(self, channel: str, reply: Reply, urgency: Urgency, answering: int | None = None) -> str:
        """Send `reply`, the first part as an answer to message `answering`; the id of the part with the buttons."""
        composed = compose(reply)
        if not composed.messages:
            raise Undeliverable("The message is empty: there is nothing to send")
        to = address_of(channel)
        first, *rest = composed.messages
        ids = [await self._send_one(Posting(to, answering, reply.silent), first, urgency)]
        ids += await self._send_following(Posting(to, silent=reply.silent), rest, urgency)
        return ids[composed.main]

    async def edit(self, channel: str, message_id: str, reply: Reply, urgency: Urgency) -> None:
        """Make the sent message show `reply`. What does not fit into it follows as new messages."""
        number = int(message_id.removeprefix("p"))
        if message_id.startswith("p"):
            await self._edit_picture(channel, number, reply, urgency)
        else:
            await self._edit_text(address_of(channel), number, reply, urgency)

    async def delete(self, channel: str, message_id: str) -> None:
        """Take one of our messages away. Not counted among the messages of a chat."""
        to, number = address_of(channel), int(message_id.removeprefix("p"))
        await self._translated(to, lambda: self._wire.remove(to.chat, number))

    async def _edit_text(self, to: Address, number: int, reply: Reply, urgency: Urgency) -> None:
        texts = body(reply)
        if not texts:
            raise Undeliverable("A text message cannot be edited into one without text: send a new one")
        edit = partial(self._wire.replace_text, to.chat, number, texts[0], reply.buttons)
        await self._shown.change((to.chat, number), texts[0], reply.buttons, lambda: self._call(to, urgency, edit))
        more = [*(Outgoing(text) for text in texts[1:]), *pictures(reply), *files(reply)]
        await self._send_following(Posting(to, silent=reply.silent), more, urgency)

    async def _edit_picture(self, channel: str, number: int, reply: Reply, urgency: Urgency) -> None:
        to = address_of(channel)
        try:
            replaced = await self._replace_in_place(to, number, reply, urgency)
        except Undeliverable:
            replaced = False
        if not replaced:
            await self.send(channel, reply, urgency)
            return
        await self._send_following(Posting(to, silent=reply.silent), files(reply), urgency)

    async def _replace_in_place(self, to: Address, number: int, reply: Reply, urgency: Urgency) -> bool:
        """Show `reply` in a message that carries a picture; False where it does not fit under one."""
        wire, place, buttons = self._wire, (to.chat, number), reply.buttons
        if (media := as_caption(reply)) is not None:
            whole = partial(wire.replace_picture, *place, media, reply.pictures[0], buttons)
            await self._shown.renew(place, media, buttons, lambda: self._call(to, urgency, whole))
            return True
        if not reply.pictures and (caption := body_as_caption(reply)) is not None:
            words = partial(wire.replace_caption, *place, caption, buttons)
            await self._shown.change(place, caption, buttons, lambda: self._call(to, urgency, words))
            return True
        return False

    async def _send_following(self, posting: Posting, messages: Sequence[Outgoing], urgency: Urgency) -> list[str]:
        """Send the later parts. What was before them is there already, so the whole can no longer be Unsent."""
        try:
            return [await self._insist(posting, message, urgency) for message in messages]
        except Unsent as refusal:
            raise MaybeSent(f"Only a part of the message was sent: {refusal}") from None

    async def _insist(self, posting: Posting, message: Outgoing, urgency: Urgency) -> str:
        return await persist(self._clock, lambda: self._send_one(posting, message, urgency), LONGEST_WAIT)

    async def _send_one(self, posting: Posting, message: Outgoing, urgency: Urgency) -> str:
        posted = await self._call(posting.to, urgency, lambda: self._wire.post(posting, message))
        self._shown.note((posting.to.chat, posted.message_id), message.text, message.buttons)
        return reference(posted)

    async def _call(self, to: Address, urgency: Urgency, request: Callable[[], Awaitable[T]]) -> T:
        """`request` when it is its turn, unless the chat is known to refuse it."""
        self._membership.check(to.chat)
        await self._pace.turn(to, urgency)
        return await self._translated(to, request)

    async def _translated(self, to: Address, request: Callable[[], Awaitable[T]]) -> T:
        try:
            return await request()
        except TelegramError as error:
            if (seconds := slow_down(error)) is not None:
                self._pace.hold(to, seconds)
            failure = delivery_failure(error, self._token)
        raise failure


def reference(message: Message) -> str:
    """The id under which `MessageRef` knows one of our messages."""
    return f"p{message.message_id}" if message.photo or message.document else str(message.message_id)

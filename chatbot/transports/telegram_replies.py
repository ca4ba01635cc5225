"""What handlers say, put into the chat: as a message, in place of a progress message, or in place of a pressed one.

Best effort, with patience: what could not be said is logged, and nothing is raised.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

from chatbot.message import Channel, MaybeSent, MessageRef, Reply, Undeliverable, Unsent
from chatbot.transports.telegram_address import PLATFORM
from chatbot.transports.telegram_outbox import Outbox, persist
from chatbot.transports.telegram_pace import LONGEST_LINE, Urgency
from chatbot.transports.telegram_progress import ProgressMessage
from trading.clock import Clock

log = logging.getLogger(__name__)

REPEAT_SECONDS = 3.0
"""After a failure that leaves it open whether an answer arrived: a gateway that restarts is back by then."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a person spoke: a `Channel.id`, and in groups the message to be answered."""

    channel: str
    answering: int | None = None


class Replies:
    """Answers to people through one connection."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    def progress(self, origin: Origin, patience: float = 0.0) -> ProgressMessage:
        """A progress message for whoever spoke at `origin`; nothing is posted yet, nor within `patience` seconds."""
        return ProgressMessage(self._outbox, self._clock, origin.channel, origin.answering, patience)

    async def post(self, origin: Origin, reply: Reply) -> None:
        try:
            number = await self._posted(origin, reply)
        except (Unsent, MaybeSent, Undeliverable) as failure:
            log.warning("a reply to Telegram chat %s may be missing: %s", origin.channel, failure)
        else:
            await _tell(reply, origin.channel, number)

    async def _posted(self, origin: Origin, reply: Reply) -> str:
        """The id of the message. What may be missing is said once more, marked: better twice than not at all."""
        try:
            return await self._send(origin, reply)
        except MaybeSent as failure:
            log.info("a reply to Telegram chat %s is repeated: %s", origin.channel, failure)
        await self._clock.sleep(REPEAT_SECONDS)
        return await self._send(origin, reply.maybe_repeated())

    async def _send(self, origin: Origin, reply: Reply) -> str:
        send = partial(self._outbox.send, origin.channel, reply, Urgency.ANSWER, origin.answering)
        return await persist(self._clock, send, LONGEST_LINE)

    async def finish(self, origin: Origin, progress: ProgressMessage, reply: Reply | None) -> None:
        """Put `reply` in the place of the progress message; anew where it carries what an edit cannot."""
        await progress.end()
        if await self._takes_the_place(origin, progress.message_id, reply):
            return
        if reply is not None:
            await self.post(origin, reply)
        await progress.remove()

    async def _takes_the_place(self, origin: Origin, message_id: str | None, reply: Reply | None) -> bool:
        if message_id is None or reply is None or reply.pictures or reply.files:
            return False
        try:
            taken = await self._edited(origin.channel, message_id, reply)
        except Unsent:  # better said twice than not at all
            return False
        if taken:
            await _tell(reply, origin.channel, message_id)
        return taken

    async def replace(self, origin: Origin, message_id: str, reply: Reply) -> None:
        """Edit a pressed message into `reply`; one that can no longer be edited is followed by it."""
        try:
            replaced = await self._edited(origin.channel, message_id, reply)
        except Unsent as failure:
            log.warning("a message in Telegram chat %s may show its old text: %s", origin.channel, failure)
            return
        if not replaced:
            await self.post(Origin(origin.channel), reply)

    async def _edited(self, channel: str, message_id: str, reply: Reply) -> bool:
        """Make the message show `reply`; False where it never will. Raises Unsent where that stays unknown."""

        async def edit() -> None:
            try:
                await self._outbox.edit(channel, message_id, reply, Urgency.ANSWER)
            except MaybeSent as failure:  # the same edit twice does no harm
                raise Unsent(str(failure)) from failure

        try:
            await persist(self._clock, edit, LONGEST_LINE)
        except Undeliverable:
            return False
        return True


async def _tell(reply: Reply, channel: str, message_id: str) -> None:
    """Let whoever said `reply` know which message shows it."""
    if reply.told is not None:
        await reply.told(MessageRef(Channel(PLATFORM, channel), message_id))

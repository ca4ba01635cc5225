"""One channel's door: sends and edits until the platform takes them, at least once, never in silence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import structlog

from chatbot.message import Channel, MaybeSent, MessageRef, Reply, Transport, Undeliverable, Unsent
from chatbot.present.layout import prose
from trading.clock import Clock

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
_UNEXPECTED_TRIES = 5
_REPEAT = "(may be a repeat)"

T = TypeVar("T")

log = structlog.get_logger(__name__)


class ChannelDown(Exception):
    """The platform has taken nothing for as long as we were told to be patient."""


class Refusing(Exception):
    """The platform will never take this message, or its adapter breaks on it."""


class Delivery:
    """Posts to one channel. Pauses are on `clock`, the people's; after `patience` of failures it raises ChannelDown."""

    def __init__(self, transport: Transport, channel: Channel, clock: Clock, patience: timedelta) -> None:
        self.channel = channel
        self._transport = transport
        self._clock = clock
        self._patience = patience

    async def post(self, reply: Reply) -> MessageRef | None:
        """Send, and again until sent. None where the platform will never take it, or may have it twice already.

        A broken connection leaves it open whether the message arrived: it is repeated once, marked as such.
        """
        try:
            return await self._persist(lambda: self._transport.send(self.channel, reply))
        except MaybeSent:
            log.info("repeating a message that may have arrived", channel=self.channel.key)
        except Refusing as error:
            self._give_up(error)
            return None
        marked = replace(reply, text=prose(reply.text, _REPEAT))
        try:
            return await self._persist(lambda: self._transport.send(self.channel, marked))
        except (MaybeSent, Refusing) as error:
            self._give_up(error)
            return None

    async def edit(self, message: MessageRef, reply: Reply) -> bool:
        """Replace a message; the same edit twice does no harm. False where it can no longer be edited."""
        try:
            await self._persist(lambda: self._edit(message, reply))
            return True
        except Refusing as error:
            log.info("message not edited", channel=self.channel.key, why=str(error))
            return False

    async def _edit(self, message: MessageRef, reply: Reply) -> None:
        try:
            await self._transport.edit(message, reply)
        except MaybeSent as error:
            raise Unsent(str(error)) from error

    async def _persist(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """The first success of `attempt`. Raises MaybeSent, Refusing, ChannelDown."""
        pause, began, unexpected = FIRST_PAUSE, self._clock.monotonic(), 0
        while True:
            try:
                return await attempt()
            except MaybeSent:
                raise
            except Undeliverable as error:
                raise Refusing(str(error)) from error
            except Unsent as error:
                wait = max(pause, error.retry_after)
                log.info("message not sent", channel=self.channel.key, why=str(error), again_in=wait)
            except Exception as error:
                unexpected, wait = unexpected + 1, pause
                log.exception("transport failed", channel=self.channel.key)
                if unexpected >= _UNEXPECTED_TRIES:
                    raise Refusing("its transport fails on it") from error
            await self._clock.sleep(wait)
            if self._clock.monotonic() - began >= self._patience.total_seconds():
                raise ChannelDown(self.channel.key)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _give_up(self, error: Exception) -> None:
        log.warning("message not delivered", channel=self.channel.key, why=str(error) or type(error).__name__)

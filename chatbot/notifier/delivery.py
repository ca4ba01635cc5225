"""One channel's door: sends and edits until the platform takes them, at least once, never in silence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import structlog

from chatbot.message import Channel, Gone, MaybeSent, MessageRef, Moved, Reply, Transport, Undeliverable, Unsent
from chatbot.notices.pace import Pace, pace_of
from trading.clock import Clock

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
GONE_TRIES = 3
"""A chat that is gone so many times in a row is lost."""
_UNEXPECTED_TRIES = 5

T = TypeVar("T")

log = structlog.get_logger(__name__)


class ChannelDown(Exception):
    """The platform has taken nothing for as long as we were told to be patient.

    `is_certain` is False where the message may have arrived all the same.
    """

    def __init__(self, channel: str, is_certain: bool = True) -> None:
        super().__init__(channel)
        self.is_certain = is_certain


class ChannelLost(Exception):
    """The chat no longer exists for us; the message says why."""


class ChannelMoved(Exception):
    """The chat goes on as `channel`."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel.key)
        self.channel = channel


class Refusing(Exception):
    """The platform will never take this message, its adapter breaks on it, or it may be there, unconfirmed."""


class Delivery:
    """Posts to one channel. Pauses are on `clock`, the people's; after `patience` of failures it raises ChannelDown.

    Everything may raise ChannelDown, ChannelLost and ChannelMoved: then nothing was delivered, or may have been.
    """

    def __init__(self, transport: Transport, channel: Channel, clock: Clock, patience: timedelta) -> None:
        self.channel = channel
        self.pace: Pace = pace_of(channel, clock)
        self._transport = transport
        self._clock = clock
        self._patience = patience

    async def post(self, reply: Reply) -> MessageRef:
        """Send, and again until sent. Raises Refusing, also where even a repeat may not have arrived.

        A broken connection leaves it open whether the message arrived: it is repeated once, marked as such.
        """
        try:
            return await self._persist(lambda: self._transport.send(self.channel, reply))
        except MaybeSent:
            log.info("repeating a message that may have arrived", channel=self.channel.key)
        try:
            return await self._persist(lambda: self._transport.send(self.channel, marked(reply)))
        except MaybeSent as error:
            raise Refusing("nothing confirmed that it arrived, twice") from error
        except ChannelDown as down:
            raise ChannelDown(self.channel.key, is_certain=False) from down

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
        """The first success of `attempt`. Raises MaybeSent, Refusing, ChannelDown, ChannelLost, ChannelMoved."""
        trouble = _Trouble(self.channel.key)
        pause, began = FIRST_PAUSE, self._clock.monotonic()
        while True:
            await self.pace.turn()
            try:
                return await attempt()
            except MaybeSent:
                raise
            except Exception as error:
                wait = max(pause, trouble.weigh(error))
            await self._clock.sleep(wait)
            if self._clock.monotonic() - began >= self._patience.total_seconds():
                raise ChannelDown(self.channel.key)
            pause = min(pause * 2, LONGEST_PAUSE)


class _Trouble:
    """What failed attempts at one message mean."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._unexpected = 0
        self._gone = 0

    def weigh(self, error: Exception) -> float:
        """The least pause before the next attempt, in seconds. Raises where there is to be none."""
        match error:
            case Moved():
                raise ChannelMoved(error.channel) from error
            case Gone():
                return self._gone_again(error)
            case Undeliverable():
                raise Refusing(str(error)) from error
            case Unsent():
                log.info("message not sent", channel=self._channel, why=str(error), at_least=error.retry_after)
                return error.retry_after
        log.error("transport failed", channel=self._channel, exc_info=error)
        self._unexpected += 1
        if self._unexpected >= _UNEXPECTED_TRIES:
            raise Refusing("its transport fails on it") from error
        return 0.0

    def _gone_again(self, error: Gone) -> float:
        self._gone += 1
        if self._gone >= GONE_TRIES:
            raise ChannelLost(str(error)) from error
        return 0.0


def marked(reply: Reply) -> Reply:
    """`reply`, saying that it may have been sent before."""
    return reply.maybe_repeated()

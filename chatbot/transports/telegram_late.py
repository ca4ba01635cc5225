"""Answers to what was written while nobody listened: one message for each chat, not one for each question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from chatbot.message import Reply
from chatbot.transports.telegram_replies import Origin
from trading.clock import Clock

GATHERING_SECONDS = 2.0
"""What was missed arrives in one go; so long after the first of it, it is answered."""

MOST_LINES = 10


class LateReplies:
    """Gathers replies for each chat, and posts what they come to."""

    def __init__(self, clock: Clock, post: Callable[[Origin, Reply], Awaitable[None]]) -> None:
        self._clock = clock
        self._post = post
        self._gathered: dict[str, list[tuple[Origin, Reply]]] = {}

    async def add(self, origin: Origin, reply: Reply) -> None:
        """Take `reply` in. The first of a chat waits for the others, and posts for all."""
        if (others := self._gathered.get(origin.channel)) is not None:
            others.append((origin, reply))
            return
        self._gathered[origin.channel] = [(origin, reply)]
        await self._clock.sleep(GATHERING_SECONDS)
        together = self._gathered.pop(origin.channel)
        if len(together) == 1:
            await self._post(origin, reply)
        else:
            await self._post(Origin(origin.channel), summary([reply for _, reply in together]))


def summary(replies: Sequence[Reply]) -> Reply:
    """The first line of each reply, and how many there were."""
    lines = [reply.text.split("\n", 1)[0] for reply in replies]
    more = len(lines) - MOST_LINES
    shown = lines if more <= 0 else [*lines[:MOST_LINES], f"and {more} more, not answered either."]
    head = f"💬 {len(lines)} messages came while this bot was away. What still holds: send it again."
    return Reply("\n".join([head, *shown]), ok=False)

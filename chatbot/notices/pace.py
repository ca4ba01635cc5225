"""How fast a channel takes messages: notices leave room for answers, and wait before a platform has to refuse."""

from __future__ import annotations

from collections import deque

from chatbot.message import Channel
from trading.clock import Clock


class Pace:
    """At most `most` messages and edits within any `window` seconds of `clock`, the people's."""

    def __init__(self, most: int, window: float, clock: Clock) -> None:
        self._window = window
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=most)

    def wait(self) -> float:
        """Seconds until the next message may go; 0 now."""
        if len(self._sent) < (self._sent.maxlen or 0):
            return 0.0
        return max(0.0, self._sent[0] + self._window - self._clock.monotonic())

    def note(self) -> None:
        """One went."""
        self._sent.append(self._clock.monotonic())

    async def turn(self) -> None:
        """Return when the next may go, and count it."""
        while wait := self.wait():
            await self._clock.sleep(wait)
        self.note()


def pace_of(channel: Channel, clock: Clock) -> Pace:
    """What `channel` takes. Telegram allows groups 20 a minute, answers included; chats about one a second."""
    if channel.platform == "telegram" and channel.id.startswith("-"):
        return Pace(15, 60.0, clock)
    if channel.platform in ("telegram", "discord"):
        return Pace(10, 10.0, clock)
    return Pace(1000, 1.0, clock)

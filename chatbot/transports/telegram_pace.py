"""How fast we may speak: Telegram's limits are kept before it has to refuse, and its refusals obeyed to the second.

Its manual allows about one message a second in a chat with short bursts above it, 20 a minute in a group, and 30 a
second in all. An answer to a person may run ahead in a burst; notices leave that room free, so that a person who asks
in the middle of a storm of notices is answered at once. Acknowledgements of presses are not messages, and are not
counted.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from chatbot.message import Unsent
from chatbot.transports.telegram_address import Address
from trading.clock import Clock

LONGEST_WAIT = 60.0
"""Seconds; who would wait longer for a turn is told so instead."""

LONGEST_LINE = 600.0
"""Seconds that an answer waits for its turn: late is better than never."""

CALM_SECONDS = 60.0
"""After a refusal a chat has no bursts for so long."""

MOST_CHATS = 1_000
"""Chats remembered; an idle one is forgotten first."""


class Urgency(Enum):
    ANSWER = "for a person who waits"
    NOTICE = "after the answers"
    PASSING = "now or not at all"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many messages may go. `spared` of a group's minute and of everybody's second are left to answers."""

    seconds_apart: float = 1.0
    answers_ahead: int = 60
    notices_ahead: int = 20
    group_minute: int = 20
    all_second: int = 30
    spared: int = 5


UNLIMITED = Limits(0.0, 1, 1, 1_000_000, 1_000_000, 0)
"""For a server that is not Telegram's."""


class Steady:
    """Messages `apart` seconds on average, a number of them ahead of that."""

    def __init__(self, apart: float) -> None:
        self._apart = apart
        self._paid_at = 0.0  # when the steady rate has caught up with everything taken so far

    def wait(self, now: float, ahead: int) -> float:
        return max(0.0, self._paid_at - now - (ahead - 1) * self._apart)

    def take(self, at: float) -> None:
        self._paid_at = max(self._paid_at, at) + self._apart

    def begin_again(self, at: float) -> None:
        """The first may go at `at`, whatever went before."""
        self._paid_at = at


class Window:
    """At most so many messages in any `seconds`."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._taken: deque[float] = deque(maxlen=most)

    def wait(self, now: float, spared: int) -> float:
        most = self._most - spared
        if len(self._taken) < most:
            return 0.0
        return max(0.0, self._taken[-most] + self._seconds - now)

    def take(self, at: float) -> None:
        self._taken.append(at)


class Lane:
    """One chat's turns."""

    def __init__(self, limits: Limits, is_group: bool) -> None:
        self._limits = limits
        self._steady = Steady(limits.seconds_apart)
        self._minute = Window(limits.group_minute, 60.0) if is_group else None
        self._held_until = 0.0
        self._calm_until = 0.0

    def wait(self, now: float, urgency: Urgency) -> float:
        """Seconds until a message of this urgency may go."""
        answer, limits = urgency is Urgency.ANSWER, self._limits
        ahead = limits.answers_ahead if answer else limits.notices_ahead
        wait = self._steady.wait(now, ahead if now >= self._calm_until else 1)
        if self._minute is not None:
            wait = max(wait, self._minute.wait(now, 0 if answer else limits.spared))
        return max(wait, self.held(now))

    def take(self, at: float) -> None:
        self._steady.take(at)
        if self._minute is not None:
            self._minute.take(at)

    def hold(self, until: float) -> None:
        """Telegram wants silence here until then. Who goes on with a burst is refused again, so there is none."""
        self._held_until = max(self._held_until, until)
        self._calm_until = self._held_until + CALM_SECONDS
        self._steady.begin_again(self._held_until)

    def held(self, now: float) -> float:
        return max(0.0, self._held_until - now)


class Pace:
    """Turns to speak, on the people's clock. It outlives connections: Telegram counts on while we reconnect."""

    def __init__(self, clock: Clock, limits: Limits | None = None) -> None:
        self._clock = clock
        self._limits = limits or Limits()
        self._lanes: dict[str, Lane] = {}
        self._all = Window(self._limits.all_second, 1.0)

    async def turn(self, to: Address, urgency: Urgency) -> None:
        """Return when a message may go to the chat. Raises Unsent where that would take too long."""
        lane = self._lane(to)
        while True:
            await self._slot(lane, urgency)
            await self._slot_of_all(urgency)
            if not lane.held(self._clock.monotonic()):  # it may have been refused while this one stood in line
                return

    def hold(self, to: Address, seconds: float) -> None:
        """Telegram has refused: nothing goes to this chat for so long. Other chats go on."""
        self._lane(to).hold(self._clock.monotonic() + seconds)

    async def _slot(self, lane: Lane, urgency: Urgency) -> None:
        """Answers take their place in line at once; notices look again when nobody is before them."""
        while (wait := lane.wait(self._clock.monotonic(), urgency)) > 0:
            self._check(wait, urgency)
            if urgency is Urgency.ANSWER:
                lane.take(self._clock.monotonic() + wait)
                await self._clock.sleep(wait)
                return
            await self._clock.sleep(wait)
        lane.take(self._clock.monotonic())

    async def _slot_of_all(self, urgency: Urgency) -> None:
        spared = 0 if urgency is Urgency.ANSWER else self._limits.spared
        while (wait := self._all.wait(self._clock.monotonic(), spared)) > 0:
            self._check(wait, urgency)
            await self._clock.sleep(wait)
        self._all.take(self._clock.monotonic())

    def _check(self, wait: float, urgency: Urgency) -> None:
        longest = {Urgency.ANSWER: LONGEST_LINE, Urgency.NOTICE: LONGEST_WAIT, Urgency.PASSING: 0.0}
        if wait > longest[urgency]:
            raise Unsent("Telegram's limit for this chat is used up", wait)

    def _lane(self, to: Address) -> Lane:
        lane = self._lanes.pop(to.chat, None) or Lane(self._limits, to.is_group)
        self._lanes[to.chat] = lane  # last in the order, so that the first is who has been idle longest
        if len(self._lanes) > MOST_CHATS:
            del self._lanes[next(iter(self._lanes))]
        return lane

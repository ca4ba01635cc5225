"""What goes wrong on the line between the program and the venue, drawn by seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum


class Mishap(Enum):
    """What becomes of one request."""

    NONE = "answered"
    REFUSED = "the venue refuses it, for certain"
    NOT_SENT = "nothing leaves this machine"
    TIMEOUT_BEFORE = "no answer in time, and it never arrived"
    TIMEOUT_AFTER = "executed, and no answer in time"
    CUT_BEFORE = "the connection ends before it arrived"
    CUT_AFTER = "executed, and the connection ends without a reply"
    GARBAGE_BEFORE = "an answer that cannot be read, and it never arrived"
    GARBAGE_AFTER = "executed, and an answer that cannot be read"
    LATE = "no answer; it arrives some time before its deadline"
    TOO_LATE = "no answer; it arrives after its deadline and is refused"


AT_PLACING = tuple(Mishap)[1:]
AT_ASKING = (Mishap.NOT_SENT, Mishap.TIMEOUT_AFTER, Mishap.GARBAGE_AFTER)
AT_CANCELLING = (Mishap.NOT_SENT, Mishap.TIMEOUT_BEFORE, Mishap.TIMEOUT_AFTER, Mishap.GARBAGE_AFTER)

ARRIVES = frozenset({Mishap.NONE, Mishap.REFUSED, Mishap.TIMEOUT_AFTER, Mishap.CUT_AFTER, Mishap.GARBAGE_AFTER})
"""Mishaps of requests that reach the venue at once."""
WAITS = frozenset({Mishap.TIMEOUT_BEFORE, Mishap.TIMEOUT_AFTER, Mishap.TOO_LATE})
"""Mishaps after which the program gives up waiting for an answer."""


NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Weather:
    """Chances (fractions) that placing, asking and cancelling go wrong, until the storm is over."""

    placing: float = 0.0
    asking: float = 0.0
    cancelling: float = 0.0
    over_at: datetime = NEVER

    def at_placing(self, chance: random.Random, now: datetime) -> Mishap:
        return self._draw(AT_PLACING, self.placing, chance, now)

    def at_asking(self, chance: random.Random, now: datetime) -> Mishap:
        return self._draw(AT_ASKING, self.asking, chance, now)

    def at_cancelling(self, chance: random.Random, now: datetime) -> Mishap:
        return self._draw(AT_CANCELLING, self.cancelling, chance, now)

    def _draw(self, mishaps: Sequence[Mishap], share: float, chance: random.Random, now: datetime) -> Mishap:
        return chance.choice(mishaps) if now < self.over_at and chance.random() < share else Mishap.NONE

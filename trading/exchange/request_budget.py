"""A venue's rate counter, kept on our side so that the venue never has to refuse.

Kraken counts what a client does: each act adds points, points decay with time, and beyond a threshold the
venue refuses. We keep the same counter, stop ordinary work below the threshold, and leave the rest to
exits and cancels. (Kraken's documentation: "Spot Trading Limits" and "REST rate limits".)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from trading.clock import Clock

_ROUNDING = 1e-4
"""Slack for rounding: waiting exactly as long as told must be enough."""


class Urgency(IntEnum):
    """Who goes first: smaller is more urgent."""

    EXIT = 0
    """Cancels and orders that reduce or protect."""
    ENTRY = 1
    QUESTION = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """A counter's rules: refused above `threshold` points, `decay` points forgotten per second.

    `reserve` points below the threshold are for exits only; `headroom` points are used by nobody, because the
    venue counts when a request arrives and the network's delay varies.
    """

    threshold: float
    decay: float
    reserve: float
    headroom: float = 2.0


@dataclass(frozen=True, slots=True)
class Tier:
    """What a venue allows an account: orders and cancels per pair, and questions altogether."""

    trading: Limits
    questions: Limits


KRAKEN_TIERS: Mapping[str, Tier] = {
    "starter": Tier(Limits(60, 1.0, 24), Limits(15, 0.33, 4)),
    "intermediate": Tier(Limits(125, 2.34, 40), Limits(20, 0.5, 6)),
    "pro": Tier(Limits(180, 3.75, 60), Limits(20, 1.0, 6)),
}
"""By the account's verification level; the lowest is safe for everyone."""

PLACING = 1.0
"""Points for one new order."""

# Seconds since the order was placed, and what cancelling it before then costs.
_CANCELLING = ((5, 8.0), (10, 6.0), (15, 5.0), (45, 4.0), (90, 2.0), (300, 1.0))


def cancelling(age_seconds: float) -> float:
    """Points for cancelling an order of that age: the younger, the dearer. At least 1, to be careful."""
    return next((points for limit, points in _CANCELLING if age_seconds < limit), 1.0)


class RequestBudget:
    """One counter. Ask `delay`; when it is zero, `spend` and send in the same breath."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._points = 0.0
        self._counted_at = clock.monotonic()

    @property
    def points(self) -> float:
        """What the counter stands at now."""
        elapsed = max(0.0, self._clock.monotonic() - self._counted_at)
        return max(0.0, self._points - elapsed * self._limits.decay)

    def delay(self, cost: float, urgency: Urgency) -> float:
        """Seconds until `cost` points fit; 0.0 when they fit now. Raises ValueError if they never do."""
        room = self._room(urgency)
        if cost > room:
            raise ValueError(f"{cost:g} points never fit into {room:g}; split the request")
        excess = self.points + cost - room
        return excess / self._limits.decay if excess > _ROUNDING else 0.0

    def spend(self, cost: float) -> None:
        """Count `cost` points from now on."""
        self._points = self.points + cost
        self._counted_at = self._clock.monotonic()

    def exhaust(self) -> None:
        """The venue says that we are over its limit after all: believe it, and start from the threshold."""
        self._points = self._limits.threshold
        self._counted_at = self._clock.monotonic()

    def _room(self, urgency: Urgency) -> float:
        kept_back = 0.0 if urgency is Urgency.EXIT else self._limits.reserve
        return self._limits.threshold - self._limits.headroom - kept_back

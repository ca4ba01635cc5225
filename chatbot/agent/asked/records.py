"""Questions about what was done and what waits, as data."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.agent.asked.figures import Only
from trading.domain.order import Side


@dataclass(frozen=True, slots=True)
class TradesAsked:
    window: str | None = None
    symbol: str | None = None
    side: Side | None = None
    only: Only | None = None
    count: int | None = None
    """How many to show; None for the usual number."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why the newest matching trade happened; where it lies outside `window`, that is said."""

    symbol: str | None = None
    side: Side | None = None
    window: str | None = None
    sure: bool = False
    """How sure the decider was is asked too."""


@dataclass(frozen=True, slots=True)
class RefusalsAsked:
    """Why orders were refused, rejected or failed; the newest first."""

    symbol: str | None = None


@dataclass(frozen=True, slots=True)
class LastOrder:
    """What became of the newest order."""

    symbol: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits for a person, and which orders are open."""

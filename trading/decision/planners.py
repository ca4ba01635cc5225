"""Who decides: the built-in allocator, or a language model where one is configured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from trading.brain.plans import Plans
from trading.brain.request import PlanRequest
from trading.decision.snapshots import Snapshot
from trading.domain.plan import Clamp, PlanOutcome, Quorum
from trading.strategy.allocator import DECIDED_BY, allocate


@dataclass(frozen=True, slots=True)
class Planned:
    """A decision, the model's answers as they came, and what it was sent as (role, content).

    `clamps` and `notes` tell what several answers did not agree on under `quorum`.
    """

    outcome: PlanOutcome
    raw: tuple[str, ...] = ()
    prompt: tuple[tuple[str, str], ...] = ()
    clamps: tuple[Clamp, ...] = ()
    notes: tuple[str, ...] = ()
    quorum: Quorum | None = None


class Planner(Protocol):
    """Turns a snapshot into target weights or a hold. Never raises."""

    @property
    def name(self) -> str: ...

    async def plan(self, snapshot: Snapshot) -> Planned: ...

    def outlook(self, snapshot: Snapshot) -> str:
        """What asking about `snapshot` takes, in a few words; empty where it takes nothing."""
        ...


class AllocatorPlanner:
    """Momentum with inverse volatility; cash when nothing trends."""

    name = DECIDED_BY

    async def plan(self, snapshot: Snapshot) -> Planned:
        return Planned(allocate(snapshot.daily_closes, snapshot.weights).outcome())

    def outlook(self, snapshot: Snapshot) -> str:
        return ""


Outlook = Callable[[PlanRequest], str]
"""What a request takes, in a few words."""


class LanguageModelPlanner:
    """A language model over the snapshot's figures. `symbols` are those that may be bought."""

    def __init__(self, planner: Plans, name: str, symbols: Sequence[str], outlook: Outlook | None = None) -> None:
        self.name = name
        self._planner = planner
        self._symbols = symbols
        self._outlook = outlook

    async def plan(self, snapshot: Snapshot) -> Planned:
        planned = await self._planner.plan(plan_request(snapshot, self._symbols))
        return Planned(planned.outcome, planned.raw, planned.prompt, planned.clamps, planned.notes, planned.quorum)

    def outlook(self, snapshot: Snapshot) -> str:
        return self._outlook(plan_request(snapshot, self._symbols)) if self._outlook else ""


def plan_request(snapshot: Snapshot, symbols: Sequence[str]) -> PlanRequest:
    """What a model is asked about `snapshot`, where `symbols` may be bought and have a price."""
    return PlanRequest(
        cycle_id=snapshot.cycle_id,
        snapshot_hash=snapshot.hash,
        facts=snapshot.facts,
        figures=snapshot.figures,
        allowed=tuple(symbol for symbol in symbols if symbol in snapshot.quotes),
        weights={symbol: weight for symbol, weight in snapshot.weights.items() if weight},
        prices={symbol: quote.last for symbol, quote in snapshot.quotes.items()},
        thesis=snapshot.thesis,
        quoted=snapshot.quoted,
    )

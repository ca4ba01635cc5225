"""Who decides: the built-in allocator, or a language model where one is configured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from trading.brain.planner import ModelPlanner
from trading.decision.snapshot import Snapshot
from trading.domain.plan import PlanOutcome
from trading.strategy.allocator import DECIDED_BY, allocate


@dataclass(frozen=True, slots=True)
class Planned:
    """A decision, and the model's answers as they came."""

    outcome: PlanOutcome
    raw: tuple[str, ...] = ()


class Planner(Protocol):
    """Turns a snapshot into target weights or a hold. Never raises."""

    @property
    def name(self) -> str: ...

    async def plan(self, snapshot: Snapshot) -> Planned: ...


class AllocatorPlanner:
    """Momentum with inverse volatility; cash when nothing trends."""

    name = DECIDED_BY

    async def plan(self, snapshot: Snapshot) -> Planned:
        return Planned(allocate(snapshot.daily_closes, snapshot.weights).outcome())


class LanguageModelPlanner:
    """A language model over the snapshot's text."""

    def __init__(self, planner: ModelPlanner, name: str, symbols: Sequence[str]) -> None:
        self.name = name
        self._planner = planner
        self._symbols = symbols

    async def plan(self, snapshot: Snapshot) -> Planned:
        held = [symbol for symbol, weight in snapshot.weights.items() if weight]
        planned = await self._planner.plan(snapshot.text, self._symbols, held)
        return Planned(planned.outcome, planned.raw)

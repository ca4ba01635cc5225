"""What a rebalance decides: target weights, and the record of one decision cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class TargetWeight:
    """The share of equity (fraction) wanted in one symbol, and why."""

    symbol: str
    weight: Decimal
    reason: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class TargetPlan:
    """Target weights plus cash, summing to one. `decided_by` is a model's name or "allocator"."""

    decided_by: str
    weights: tuple[TargetWeight, ...]
    cash_weight: Decimal
    reason: str
    thesis: str = ""
    confidence: float | None = None

    def weight_of(self, symbol: str) -> Decimal:
        """The target share of `symbol`; zero when the plan does not name it."""
        return next((w.weight for w in self.weights if w.symbol == symbol), Decimal(0))


@dataclass(frozen=True, slots=True)
class Hold:
    """No change. `chosen` tells a decision to hold from a hold forced by bad or missing input."""

    decided_by: str
    reason: str
    chosen: bool


PlanOutcome = TargetPlan | Hold


class CycleOutcome(StrEnum):
    TRADED = "traded"
    WAITING = "waiting"
    HELD = "held"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Cycle:
    """One decision, whole: what was seen, what was answered, what came of it.

    `snapshot` is canonical JSON; `raw` is the model's answers as they came; `notes` are clamps and
    skipped trades in plain sentences. `plan` is None when the cycle held.
    """

    id: str
    at: datetime
    trigger: str
    decided_by: str
    outcome: CycleOutcome
    reason: str
    snapshot: str
    plan: TargetPlan | None = None
    raw: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    batch_id: str | None = None
    weights_now: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thesis:
    """The running view of the market that the decider keeps from cycle to cycle."""

    at: datetime
    decided_by: str
    text: str
    cycle_id: str

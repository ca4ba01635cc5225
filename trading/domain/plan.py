"""What a rebalance decides: target weights, and the record of one decision cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from trading.domain.order import OrderIntent


@dataclass(frozen=True, slots=True)
class Evidence:
    """A figure that a decision rests on: its name in the snapshot, and its value as it is spelled there."""

    reference: str
    value: str


@dataclass(frozen=True, slots=True)
class TargetWeight:
    """The share of equity (fraction) wanted in one symbol, and why.

    Nothing is traded in the symbol while its price is outside `lowest` and `highest` (quote currency; None for no
    bound). `horizon` is in days; `invalidation` says in words what would prove the decision wrong.
    """

    symbol: str
    weight: Decimal
    reason: str
    confidence: float | None = None
    action: str = ""
    lowest: Decimal | None = None
    highest: Decimal | None = None
    horizon: int | None = None
    invalidation: str = ""
    evidence: tuple[Evidence, ...] = ()


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Prediction:
    """The part of a thesis that can be proved wrong: a price reached within `days`, before `invalidation` is.

    Prices are in the quote currency; without an invalidation price only the date decides. `confidence` is 0 to 1.
    """

    symbol: str
    direction: Direction
    target: Decimal
    invalidation: Decimal | None
    days: int
    confidence: float


@dataclass(frozen=True, slots=True)
class TargetPlan:
    """Target weights plus cash, summing to one. `decided_by` is a model's name or "allocator".

    `regime` is the market's state in the decider's words; `predictions` make the thesis one that can be scored.
    """

    decided_by: str
    weights: tuple[TargetWeight, ...]
    cash_weight: Decimal
    reason: str
    thesis: str = ""
    confidence: float | None = None
    regime: str = ""
    predictions: tuple[Prediction, ...] = ()

    def weight_of(self, symbol: str) -> Decimal:
        """The target share of `symbol`; zero when the plan does not name it."""
        return next((w.weight for w in self.weights if w.symbol == symbol), Decimal(0))


@dataclass(frozen=True, slots=True)
class Hold:
    """No change. `chosen` tells a decision to hold from a hold forced by bad or missing input.

    `plan` is the decider's answer where holding was its decision: its regime, thesis and predictions still count.
    """

    decided_by: str
    reason: str
    chosen: bool
    plan: TargetPlan | None = None


PlanOutcome = TargetPlan | Hold


@dataclass(frozen=True, slots=True)
class Clamp:
    """A guard that changed what was wanted: which one, where, and the figure before and after.

    `symbol` is empty where it is about the whole plan. `unit` is "weight" (fraction of equity), "quote" (an amount),
    or "orders" (a count); `limit` is the guard's figure in that unit, None where it has none (a pause, a price bound).
    `detail` says it in one plain sentence.
    """

    guard: str
    symbol: str
    before: Decimal
    after: Decimal
    unit: str
    limit: Decimal | None
    detail: str


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many answers were asked for, and which share of them (fraction) had to agree."""

    asked: int
    share: Decimal


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
    skipped trades in plain sentences. `plan` is None when there was no decision; one that chose to hold keeps it.
    `prompt` is what a model was sent, as (role, content), repairs included; `intents` are the orders that the plan
    came to, whether or not they were placed; `held` is "chosen", or "forced" by bad or missing input, else empty.
    `quorum` is None where one answer decided.
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
    snapshot_hash: str = ""
    prompt: tuple[tuple[str, str], ...] = ()
    clamps: tuple[Clamp, ...] = ()
    intents: tuple[OrderIntent, ...] = ()
    held: str = ""
    quorum: Quorum | None = None


@dataclass(frozen=True, slots=True)
class Thesis:
    """The running view of the market that the decider keeps from cycle to cycle."""

    at: datetime
    decided_by: str
    text: str
    cycle_id: str

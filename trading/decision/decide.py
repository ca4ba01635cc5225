"""From a snapshot and what was decided from it to orders: pure, so that the same cycle comes to the same orders."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from trading.decision.snapshots import Snapshot
from trading.decision.targets import Derivation, Portfolio, Terms
from trading.domain.money import ZERO
from trading.domain.order import OrderIntent
from trading.domain.plan import Clamp, Hold, PlanOutcome, TargetPlan
from trading.risk.clamping import clamp
from trading.risk.standing import Standing

_NAMESPACE = uuid.UUID("0b6a1c1e-52a7-4f0c-9d57-3c1f0e7a84d2")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a cycle comes to. `plan` is the one that may be traded, after the guards; a hold's is as it was decided.

    `clamps` are what guards and limits made smaller, in their order; `notes` say in plain sentences what was left out
    or stays as dust, and `left_out` counts the changes that no order could be made of. A hold has no `intents`.
    """

    plan: TargetPlan | None
    clamps: tuple[Clamp, ...] = ()
    intents: tuple[OrderIntent, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: int = 0


def decide(snapshot: Snapshot, outcome: PlanOutcome) -> Decision:
    """The orders of `outcome` at `snapshot`, sells first, under the guards and limits that the snapshot names."""
    if isinstance(outcome, Hold):
        return Decision(outcome.plan)
    guarded = clamp(outcome, standing(snapshot))
    derived = _derivation(snapshot).orders(guarded.plan, guarded.untouched)
    return Decision(
        plan=guarded.plan,
        clamps=(*guarded.clamps, *derived.clamps),
        intents=_named(derived.intents, snapshot.cycle_id),
        notes=derived.notes,
        left_out=derived.left_out,
    )


def batch_id(cycle_id: str) -> str:
    """The id of the batch that carries the cycle's orders."""
    return _id(cycle_id, "batch")


def standing(snapshot: Snapshot) -> Standing:
    """What the guards look at."""
    return Standing(
        at=snapshot.at,
        quote=snapshot.quote,
        equity=snapshot.equity,
        weights=snapshot.weights,
        quotes=snapshot.quotes,
        fees=snapshot.fees,
        guards=snapshot.guards,
        history=snapshot.history,
    )


@dataclass(frozen=True, slots=True)
class _KnownFees:
    rates: Mapping[str, Decimal]

    def taker(self, symbol: str) -> Decimal:
        return self.rates.get(symbol, ZERO)


def _derivation(snapshot: Snapshot) -> Derivation:
    terms = Terms(snapshot.limits, _KnownFees(snapshot.fees), snapshot.take_profit)
    portfolio = Portfolio(snapshot.equity, snapshot.cash, snapshot.held)
    return Derivation(portfolio, snapshot.instruments, snapshot.quotes, terms, batch_id(snapshot.cycle_id), str)


def _named(intents: tuple[OrderIntent, ...], cycle_id: str) -> tuple[OrderIntent, ...]:
    """With ids that follow from the cycle: the same orders have the same ids, whenever they are made."""
    return tuple(
        replace(intent, id=_id(cycle_id, f"{intent.symbol} {intent.side.value} {number}"))
        for number, intent in enumerate(intents)
    )


def _id(cycle_id: str, of: str) -> str:
    return uuid.uuid5(_NAMESPACE, f"{cycle_id}:{of}").hex

"""A decision beside what it comes to when it is made again: the same to the byte, or where they part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from trading.domain.order import OrderIntent
from trading.domain.plan import Clamp, Cycle, Hold, TargetPlan
from trading.research.rebuilding import Rebuilt
from trading.store.codec import JsonCodec

ORDERS: JsonCodec[tuple[OrderIntent, ...]] = JsonCodec(tuple[OrderIntent, ...])
ORDER: JsonCodec[OrderIntent | None] = JsonCodec(OrderIntent | None)
CLAMP: JsonCodec[Clamp | None] = JsonCodec(Clamp | None)
PLAN: JsonCodec[TargetPlan | None] = JsonCodec(TargetPlan | None)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same; empty where one side does not have it."""

    what: str
    recorded: str
    rebuilt: str


def differences(cycle: Cycle, again: Rebuilt) -> tuple[Difference, ...]:
    """Plan, clamps and orders compared as canonical JSON; nothing where every byte is the same."""
    return (*_plan(cycle, again), *_clamps(cycle.clamps, again.clamps), *_orders(cycle.intents, again.decision.intents))


def described(intent: OrderIntent) -> str:
    """ "sell 0.221 ETH"."""
    return f"{intent.side.value} {intent.quantity.normalize():f} {intent.instrument.base}"


def _plan(cycle: Cycle, again: Rebuilt) -> Iterator[Difference]:
    outcome = again.outcome
    plan = outcome.plan if isinstance(outcome, Hold) else outcome
    if PLAN.dump(cycle.plan) != PLAN.dump(plan):
        yield Difference("plan", _shares(cycle.plan), _shares(plan))


def _clamps(recorded: Sequence[Clamp], again: Sequence[Clamp]) -> Iterator[Difference]:
    for old, new in zip_longest(recorded, again):
        if CLAMP.dump(old) != CLAMP.dump(new):
            yield Difference("clamp", old.detail if old else "", new.detail if new else "")


def _orders(recorded: Sequence[OrderIntent], again: Sequence[OrderIntent]) -> Iterator[Difference]:
    """Orders are compared by their ids, which follow from the decision; then in which order they stand."""
    mine, theirs = ({intent.id: intent for intent in intents} for intents in (recorded, again))
    for name in dict.fromkeys([*mine, *theirs]):
        old, new = mine.get(name), theirs.get(name)
        if ORDER.dump(old) != ORDER.dump(new):
            yield Difference("order", _named(old), _named(new))
    if mine.keys() == theirs.keys() and list(mine) != list(theirs):
        yield Difference("sequence", ", ".join(map(described, recorded)), ", ".join(map(described, again)))


def _named(intent: OrderIntent | None) -> str:
    return "" if intent is None else f"{described(intent)} ({intent.id[:8]}, {intent.reason})"


def _shares(plan: TargetPlan | None) -> str:
    if plan is None:
        return ""
    named = [f"{weight.symbol} {weight.weight:.2%}" for weight in plan.weights]
    return f"{', '.join([*named, f'cash {plan.cash_weight:.2%}'])}: {plan.reason}"

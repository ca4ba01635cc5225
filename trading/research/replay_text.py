"""What came of making a decision again, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rich.console import RenderableType

from trading.contract.books.cycles import CASH
from trading.decision.decide import Decision
from trading.domain.money import ZERO
from trading.domain.plan import Clamp, Cycle
from trading.research.comparison import Difference, described
from trading.research.rebuilding import Rebuilt
from trading.research.terminal_page import line, printed, section, table
from trading.research.visible import on_one_line


def same_or_not(cycle: Cycle, mode: str, again: Rebuilt, found: Sequence[Difference]) -> str:
    """One sentence where every byte is the same, else each difference with both sides."""
    head = f"{mode} · decision {cycle.id[:8]}, from snapshot {cycle.snapshot_hash[:8]} and {again.made_from}:"
    if not found:
        return printed([line(head), line(f"same: {_counted(len(cycle.intents), 'order')}{_cut(len(cycle.clamps))}")])
    rows = table("what", "recorded", "made again")
    for each in found:
        rows.add_row(each.what, on_one_line(each.recorded) or "none", on_one_line(each.rebuilt) or "none")
    return printed([line(head), line(f"different in {_counted(len(found), 'place')}:"), rows])


def side_by_side(cycle: Cycle, mode: str, own: Rebuilt, other: Rebuilt, words: Sequence[str]) -> str:
    """Weights and orders as they were, and as they would have been."""
    head = f"{mode} · decision {cycle.id[:8]} with {', '.join(words)}, from {own.made_from}:"
    fewer = f"{_counted(len(own.decision.intents), 'order')} → {_counted(len(other.decision.intents), 'order')}"
    return printed(
        [
            line(head),
            *_columns(own.decision, other.decision),
            line(""),
            line(fewer),
            *section("Guards that would have cut", _clamps(other.clamps)),
        ]
    )


def _columns(own: Decision, other: Decision) -> list[RenderableType]:
    ours, theirs = _weights(own), _weights(other)
    orders, others = _orders(own), _orders(other)
    rows = table("", ">weight", "order", ">weight with", "order with")
    for symbol in dict.fromkeys([*ours, *theirs, *orders, *others]):
        rows.add_row(
            symbol, _share(ours.get(symbol)), orders.get(symbol, ""), _share(theirs.get(symbol)), others.get(symbol, "")
        )
    return [line(""), rows]


def _weights(decision: Decision) -> Mapping[str, Decimal]:
    """What may be traded towards, after the guards."""
    plan = decision.plan
    return {} if plan is None else {**{w.symbol: w.weight for w in plan.weights}, CASH: plan.cash_weight}


def _orders(decision: Decision) -> Mapping[str, str]:
    return {intent.symbol: described(intent) for intent in decision.intents}


def _clamps(clamps: Sequence[Clamp]) -> list[RenderableType]:
    return [line(clamp.detail) for clamp in clamps]


def _share(weight: Decimal | None) -> str:
    return f"{ZERO if weight is None else weight:.1%}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _cut(clamps: int) -> str:
    return f", {_counted(clamps, 'clamp')}" if clamps else ""

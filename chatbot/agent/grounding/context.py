"""What a clause claims as a whole, and what the clauses and sentences before it leave unsaid in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from chatbot.agent.grounding import vocabulary as v
from chatbot.agent.grounding.clauses import Clause
from chatbot.agent.grounding.figures import PORTFOLIO, Measure


class NotBound(Exception):
    """A claim that the figures do not bear out."""


@dataclass(slots=True)
class Context:
    """What may be left unsaid because it was said before: the subject, the measure, the comparison, the span."""

    subject: str = PORTFOLIO
    measures: frozenset[Measure] = frozenset()
    comparison: int = 0
    spans: tuple[str, ...] = ()
    covered: set[str] = field(default_factory=set)
    events: list[set[str]] = field(default_factory=list)


def strong_measures(clause: Clause) -> frozenset[Measure]:
    """What the clause's words say that its numbers are."""
    found = [v.MEASURES[word] for _, word in clause.tokens.places(v.MEASURES)]
    return frozenset().union(*found) if found else frozenset()


def direction(clause: Clause) -> int:
    """Where the clause says things went, up or down, or 0. Raises NotBound for both at once."""
    ways = {v.DIRECTIONS[word] for _, word in clause.tokens.places(v.DIRECTIONS)}
    if len(ways) > 1:
        raise NotBound
    return next(iter(ways), 0)


def sign_of(value: Decimal) -> int:
    """-1, 0 or 1."""
    return (value > 0) - (value < 0)


def one_event(events: Iterable[set[str]]) -> bool:
    """Whether figures of trades in one sentence can all be of the same trade."""
    sets = list(events)
    return not sets or bool(set.intersection(*sets))

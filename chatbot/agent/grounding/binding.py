"""Binding of one clause: every number, direction, comparison and rank to figures that bear it out."""

from __future__ import annotations

from collections.abc import Collection

from chatbot.agent.grounding import vocabulary as v
from chatbot.agent.grounding.claims import Claims
from chatbot.agent.grounding.clauses import Clause
from chatbot.agent.grounding.comparing import Comparing
from chatbot.agent.grounding.context import Context, NotBound, strong_measures
from chatbot.agent.grounding.figures import PORTFOLIO, Figure, Figures, Measure, Unit
from chatbot.agent.grounding.matching import Matching
from chatbot.agent.grounding.times import Times
from chatbot.agent.grounding.tokens import Amount

_AFTER = frozenset({"of", "in", "on", "for", "from"})


class Binder:
    """Holds clauses against `figures`. `currency` is the portfolio's."""

    def __init__(self, figures: Figures, times: Times, currency: str) -> None:
        self._matching = Matching(figures, times, currency)
        self._comparing = Comparing(figures, times, self._matching)
        self._claims = Claims(figures, times)

    def bind(self, clause: Clause, context: Context) -> None:
        """Raises NotBound where a claim in `clause` has no figure; `context` then knows what the clause was about."""
        if clause.tokens.has(v.OTHERS) and not clause.tokens.has(v.COMPARISONS):
            raise NotBound
        context.subject = self._subject(clause, context)
        context.spans = clause.spans or context.spans
        strong = strong_measures(clause)
        compared = (
            self._comparing.compare(clause, context) if self._comparing.compares(clause, context) else frozenset()
        )
        context.covered |= compared
        signed = [self._amount(amount, clause, context) for amount in clause.tokens.amounts]
        self._claims.check(clause, context, [figure for figures in signed for figure in figures])
        context.measures = strong or context.measures

    def _subject(self, clause: Clause, context: Context) -> str:
        coins = [base for _, base in clause.tokens.coins]
        if coins:
            return PORTFOLIO if clause.about_us and clause.tokens.has(v.COMPARISONS) else coins[0]
        return PORTFOLIO if clause.about_us else context.subject

    def _subjects(self, amount: Amount, clause: Clause, context: Context) -> list[str]:
        """Who a number is about: the coins since the last number, a coin after it ("on ETH"), us, or who was before."""
        earlier = max((other.at for other in clause.tokens.amounts if other.at < amount.at), default=-1)
        later = min((other.at for other in clause.tokens.amounts if other.at > amount.at), default=10**9)
        if amount.base:
            return [amount.base]
        before = [base for at, base in clause.tokens.coins if earlier < at < amount.at]
        if before:
            return [*([PORTFOLIO] if clause.joins_us else []), *before]
        places = {at for at, word in clause.tokens.words if word in _AFTER}
        after = [base for at, base in clause.tokens.coins if amount.at < at < later and self._leads(at, amount, places)]
        if after:
            return after
        if earlier >= 0:
            return [context.subject]
        return [PORTFOLIO] if clause.about_us else [context.subject]

    @staticmethod
    def _leads(at: int, amount: Amount, places: Collection[int]) -> bool:
        return at - 1 in places or at - 2 in places or (amount.counted is not None and at <= amount.at + 2)

    def _amount(self, amount: Amount, clause: Clause, context: Context) -> list[Figure]:
        """The figures that bear `amount` out, one per subject; the signed ones carry the clause's direction."""
        if amount.unit is Unit.POINTS and (amount.figure is None or amount.figure.measure is Measure.GAP):
            return [self._comparing.gap(amount, clause, context)]
        measures = self._measures(amount, clause, context)
        found = []
        for subject in self._subjects(amount, clause, context):
            fitting = list(self._matching.fitting(amount, subject, measures, clause, context))
            if not fitting or not self._matching.unmistakable(fitting, context):
                raise NotBound
            context.covered.add(subject)
            found.append(fitting[0])
            events = {figure.event for figure in fitting if figure.event}
            if events:
                context.events.append(events)
        return found

    def _measures(self, amount: Amount, clause: Clause, context: Context) -> frozenset[Measure]:
        if amount.counted is not None:
            return frozenset({amount.counted})
        places = clause.tokens.places(v.MEASURES)
        if not places:
            return context.measures | (v.WEAK if not context.measures else frozenset())
        nearest = min(abs(at - amount.at) for at, _ in places)
        return frozenset().union(*(v.MEASURES[word] for at, word in places if abs(at - amount.at) == nearest))

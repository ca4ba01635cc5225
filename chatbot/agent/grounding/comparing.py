"""Comparisons: who is ahead of whom, and by how much, against known gaps and returns."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from chatbot.agent.grounding import vocabulary as v
from chatbot.agent.grounding.clauses import Clause
from chatbot.agent.grounding.context import Context, NotBound, sign_of
from chatbot.agent.grounding.figures import PORTFOLIO, Figure, Figures, Measure, Unit
from chatbot.agent.grounding.matching import Matching
from chatbot.agent.grounding.times import Times
from chatbot.agent.grounding.tokens import Amount

_BENCHMARKS = ("BTC", "ETH")


class Comparing:
    """Holds comparisons against `figures`."""

    def __init__(self, figures: Figures, times: Times, matching: Matching) -> None:
        self._figures = figures
        self._times = times
        self._matching = matching

    def compares(self, clause: Clause, context: Context) -> bool:
        points = any(amount.unit is Unit.POINTS for amount in clause.tokens.amounts)
        return clause.tokens.has(v.COMPARISONS) or (points and context.comparison != 0)

    def _sides(self, clause: Clause, context: Context) -> tuple[str, list[str], int]:
        """Who is compared with whom, and the sign of the gap that this claims."""
        places = clause.tokens.places(v.COMPARISONS)
        if len(places) > 1:
            raise NotBound
        at, word = places[0] if places else (-1, "")
        sign = v.COMPARISONS[word] if word else context.comparison
        us = [(place, PORTFOLIO) for place, said in clause.tokens.words if said in v.US][:1]
        entities = sorted([*us, *clause.tokens.coins])
        before = [name for place, name in entities if place < at]
        after = [name for place, name in entities if place > at]
        if any(said in ("both", "benchmarks", "benchmark") for _, said in clause.tokens.words):
            after = [*after, *_BENCHMARKS]
        if not after and len(before) == 2:
            before, after = before[:1], before[1:]
        if not after or len(before) > 1:
            raise NotBound
        left = before[0] if before else PORTFOLIO
        passive = any(said in ("was", "were", "been") for place, said in clause.tokens.words if place < at)
        return left, after, -sign if passive and word in ("beaten", "outperformed", "led") else sign

    def compare(self, clause: Clause, context: Context) -> frozenset[str]:
        left, right, sign = self._sides(clause, context)
        for other in right:
            gaps = list(self._gaps(left, other, context))
            if not gaps or any(sign_of(gap) != sign for gap in gaps):
                raise NotBound
        context.comparison = sign if left == PORTFOLIO else 0
        return frozenset({left, *right})

    def _gaps(self, left: str, right: str, context: Context) -> Iterator[Decimal]:
        """By how much `left` is ahead, in every span that is meant."""
        if left == right:
            raise NotBound
        returns = [f for f in self._figures if f.measure is Measure.RETURN]
        ours = [figure for figure in returns if figure.subject == left]
        theirs = [figure for figure in returns if figure.subject == right]
        for gap in self._figures:
            if gap.measure is Measure.GAP and self._times.fits(gap, context.spans):
                if (left, right) == (PORTFOLIO, gap.against):
                    yield gap.value
                if (left, right) == (gap.against, PORTFOLIO):
                    yield -gap.value
        for mine in ours:
            for other in theirs:
                if self._times.fits(mine, context.spans) and self._times.one_span([mine, other]):
                    yield mine.value - other.value

    def gap(self, amount: Amount, clause: Clause, context: Context) -> Figure:
        if not self.compares(clause, context):
            raise NotBound
        left, right, sign = self._sides(clause, context)
        pair = {left, *right} - {PORTFOLIO}
        for figure in self._figures if amount.figure is None else [amount.figure]:
            ours = figure.measure is Measure.GAP and {figure.against} == pair and PORTFOLIO in (left, *right)
            size = amount.figure is not None or self._matching.same_size(amount, figure)
            same = ours and size and amount.sign in (0, sign) and self._times.fits(figure, context.spans)
            if same and self._matching.unmistakable([figure], context):
                context.covered |= pair
                return figure
        raise NotBound

"""Whether a number as it is written is a figure: its unit, its size, its sign, its words, its time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatbot.agent.grounding.clauses import Clause
from chatbot.agent.grounding.context import Context, direction, sign_of
from chatbot.agent.grounding.figures import SIGNED, Figure, Figures, Measure, Unit
from chatbot.agent.grounding.times import Times
from chatbot.agent.grounding.tokens import Amount

_STATES = frozenset(
    {Measure.STOP, Measure.TARGET, Measure.PRICE, Measure.COST, Measure.EQUITY, Measure.BOUGHT, Measure.SOLD}
)
"""Prices are often written without their currency."""


class Matching:
    """Finds figures for numbers. `currency` is the portfolio's."""

    def __init__(self, figures: Figures, times: Times, currency: str) -> None:
        self._figures = figures
        self._times = times
        self._currency = currency

    def fitting(
        self, amount: Amount, subject: str, measures: frozenset[Measure], clause: Clause, context: Context
    ) -> Iterator[Figure]:
        pool = [amount.figure] if amount.figure is not None else list(self._figures)
        for figure in pool:
            if figure.measure is Measure.OTHER:
                fits = self._is_said(figure, clause)
            else:
                fits = figure.subject == subject and figure.measure in measures
            if fits and self._same_amount(amount, figure, clause) and self._times.fits(figure, context.spans):
                yield figure

    def _is_said(self, figure: Figure, clause: Clause) -> bool:
        said = {word for _, word in clause.tokens.words} | {base.lower() for _, base in clause.tokens.coins}
        return all(word in said for word in figure.label.split())

    def unmistakable(self, fitting: Sequence[Figure], context: Context) -> bool:
        """Where no time is named, there must be only one that the figure could be of."""
        first = fitting[0]
        if context.spans or first.event:
            return True
        kind = (first.subject, first.measure, first.unit, first.against)
        alike = (f for f in self._figures if (f.subject, f.measure, f.unit, f.against) == kind and not f.event)
        return self._times.one_span(alike)

    def _same_amount(self, amount: Amount, figure: Figure, clause: Clause) -> bool:
        if amount.figure is None and not (self._same_unit(amount, figure) and self.same_size(amount, figure)):
            return False
        return self._same_sign(amount, figure, clause)

    def _same_unit(self, amount: Amount, figure: Figure) -> bool:
        if amount.unit is None:
            return figure.unit is Unit.PLAIN or (figure.unit is Unit.MONEY and figure.measure in _STATES)
        if amount.unit is Unit.MONEY and amount.currency != self._currency:
            return False
        return figure.unit is amount.unit

    @staticmethod
    def same_size(amount: Amount, figure: Figure) -> bool:
        written = amount.written
        if written is None or (amount.almost and not abs(figure.value) < written.size):
            return False
        shown = figure.shown.replace(",", "").lstrip("+\u2212$").split(" ")[0]
        return written.is_rounding_of(figure.value, amount.roughly or amount.almost) or written.digits == shown

    def _same_sign(self, amount: Amount, figure: Figure, clause: Clause) -> bool:
        if figure.measure is Measure.OTHER:
            return amount.figure is not None or (amount.sign < 0) == (figure.value < 0)
        if figure.measure not in SIGNED:
            return amount.sign == 0 or (amount.sign < 0 and figure.value < 0)
        wanted = sign_of(figure.value)
        way = direction(clause)
        if way and wanted and way != wanted:
            return False
        if amount.sign:
            return amount.sign == wanted
        fills = amount.figure is not None
        return bool(way) or fills or wanted >= 0 or figure.measure is Measure.DRAWDOWN

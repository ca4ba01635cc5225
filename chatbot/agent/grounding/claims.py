"""Claims without a number of their own: directions, ranks, hours, dates, and what was bought, sold and held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from chatbot.agent.grounding import vocabulary as v
from chatbot.agent.grounding.clauses import Clause
from chatbot.agent.grounding.context import Context, NotBound, direction, sign_of, strong_measures
from chatbot.agent.grounding.figures import PORTFOLIO, SIGNED, Figure, Figures, Measure
from chatbot.agent.grounding.times import Times

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_DEEDS = frozenset({Measure.BOUGHT, Measure.SOLD})


def _named_result(clause: Clause) -> int:
    """What "a profit", "a plus" or "a minus" without a number says of the direction."""
    if clause.tokens.amounts:
        return 0
    words = {word for _, word in clause.tokens.words}
    return bool(words & v.GOOD_RESULT) - bool(words & v.BAD_RESULT)


def _newest_of(figures: Iterable[Figure]) -> str | None:
    """The event of the newest of `figures`; of two at one instant that which is told first, as the newest are."""
    newest = max(figures, key=lambda figure: figure.moment or _LONG_AGO, default=None)
    return newest.event if newest is not None else None


class Claims:
    """Holds claims in words against `figures`."""

    def __init__(self, figures: Figures, times: Times) -> None:
        self._figures = figures
        self._times = times

    def check(self, clause: Clause, context: Context, bound: Sequence[Figure]) -> None:
        """Raises NotBound for a claim without a figure; `bound` are those of the clause's numbers."""
        self._directions(clause, context, bound)
        self._ranks(clause, context)
        self._clocks(clause, context)
        self._deeds(clause, context)
        self._dates(clause)

    def _directions(self, clause: Clause, context: Context, bound: Sequence[Figure]) -> None:
        """A direction that no number in the clause bears out must be that of a known return."""
        way = direction(clause) or _named_result(clause)
        if not way or any(figure.measure in SIGNED and sign_of(figure.value) == way for figure in bound):
            return
        coins = [base for _, base in clause.tokens.coins] or [PORTFOLIO if clause.about_us else context.subject]
        subjects = [*([PORTFOLIO] if clause.joins_us else []), *coins]
        strong = strong_measures(clause)
        if strong and not strong & {Measure.GAIN, Measure.PRICE}:
            raise NotBound
        for subject in subjects:
            known = [f for f in self._figures if f.subject == subject and f.measure in self._moves(subject, strong)
                     and self._times.fits(f, context.spans)]  # fmt: skip
            if not known or any(sign_of(figure.value) != way for figure in known):
                raise NotBound
            context.covered.add(subject)

    @staticmethod
    def _moves(subject: str, strong: frozenset[Measure]) -> frozenset[Measure]:
        if subject == PORTFOLIO:
            return frozenset({Measure.RETURN, Measure.PROFIT})
        return frozenset({Measure.GAIN}) if Measure.GAIN in strong else frozenset({Measure.RETURN})

    def _ranks(self, clause: Clause, context: Context) -> None:
        ranks = clause.tokens.places(v.SUPERLATIVES)
        if not ranks:
            return
        coins = {base for _, base in clause.tokens.coins}
        if len(ranks) != 1 or len(coins) != 1:
            raise NotBound
        rank, strong, base = v.SUPERLATIVES[ranks[0][1]], strong_measures(clause), next(iter(coins))
        by_weight = rank in (v.LARGEST, v.SMALLEST)
        if not strong & {Measure.WEIGHT} or (by_weight and direction(clause)):
            raise NotBound
        measure = Measure.WEIGHT if by_weight else Measure.GAIN
        known = {f.subject: f.value for f in self._figures if f.measure is measure and f.subject != PORTFOLIO}
        extreme = max if rank in (v.LARGEST, v.BEST) else min
        if context.spans or base not in known or known[base] != extreme(known.values()):
            raise NotBound
        context.covered.add(base)

    def _clocks(self, clause: Clause, context: Context) -> None:
        strong = strong_measures(clause) or context.measures
        for _, clock in clause.tokens.clocks:
            fitting = [f for f in self._figures if f.moment is not None and f.measure in strong
                       and self._times.of_clock(clock, f.moment) and self._times.fits(f, context.spans)]  # fmt: skip
            coins = {base for _, base in clause.tokens.coins}
            if not fitting or (coins and not coins & {figure.subject for figure in fitting}):
                raise NotBound
            context.events += [{figure.event for figure in fitting}] if fitting[0].event else []

    def _deeds(self, clause: Clause, context: Context) -> None:
        """ "bought", "sold", "hold": of every coin that is named there must be such a trade, or such a holding."""
        claimed = {v.SIDE_WORDS[word] for _, word in clause.tokens.places(v.SIDE_WORDS)}
        held = Measure.QUANTITY in strong_measures(clause) and not claimed
        if any(amount.counted in claimed for amount in clause.tokens.amounts):
            return
        wanted = claimed | ({Measure.QUANTITY} if held else set())
        for measure in wanted:
            for base in {base for _, base in clause.tokens.coins} or {context.subject}:
                self._require(measure, base, clause, context)

    def _dates(self, clause: Clause) -> None:
        """A time that is named without a number: there must be a figure of it; of the last trade, that trade's."""
        counted = {v.COUNTED[word] for _, word in clause.tokens.places(v.COUNTED)}
        named = strong_measures(clause) | counted | (_DEEDS if Measure.TRADES in counted else frozenset())
        if not (clause.spans and named) or clause.tokens.amounts:
            return
        known = [f for f in self._figures if f.measure in named and self._times.fits(f, clause.spans)]
        if not known or (clause.tokens.has(v.ENDS) and not self._newest(known, clause)):
            raise NotBound

    def _newest(self, known: Sequence[Figure], clause: Clause) -> bool:
        """Whether the newest trade of all is among `known`; which one was the first is never known."""
        if clause.tokens.has(v.FIRST):
            return False
        newest = _newest_of(f for f in self._figures if f.event)
        return newest is not None and any(figure.event == newest for figure in known)

    def _require(self, measure: Measure, base: str, clause: Clause, context: Context) -> None:
        known = [f for f in self._figures if f.measure is measure and f.subject == base and f.value
                 and self._times.fits(f, context.spans)]  # fmt: skip
        if base == PORTFOLIO and measure is Measure.QUANTITY:
            return
        if base == PORTFOLIO:
            known = [f for f in self._figures if f.measure is measure and self._times.fits(f, context.spans)]
        ends = clause.tokens.has(v.ENDS) and measure in _DEEDS
        if not known or (ends and not self._is_newest(measure, known, clause)):
            raise NotBound
        context.covered.add(base)

    def _is_newest(self, measure: Measure, known: Sequence[Figure], clause: Clause) -> bool:
        """ "the last sale was of BTC": the newest of all sales must be among `known`."""
        if clause.tokens.has(v.FIRST):
            return False
        newest = _newest_of(f for f in self._figures if f.measure is measure and f.event)
        return newest is not None and any(figure.event == newest for figure in known)

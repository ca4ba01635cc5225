"""Figures that an answer may use: each with its subject, its measure, its span, and the text that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

PORTFOLIO = "portfolio"
"""The subject of figures that are about all of it."""


class Unit(StrEnum):
    PERCENT = "percent"
    POINTS = "points"
    MONEY = "money"
    """In the portfolio's quote currency."""
    COIN = "coin"
    """In units of the subject."""
    COUNT = "count"
    PLAIN = "plain"
    """A ratio or an index, without a unit."""
    MOMENT = "moment"


class Measure(StrEnum):
    """What a figure measures; the value is what the model reads."""

    RETURN = "return"
    GAIN = "gain since bought"
    GAP = "return less the benchmark's"
    DRAWDOWN = "deepest fall"
    VOLATILITY = "volatility a year"
    SHARPE = "Sharpe ratio"
    EXPOSURE = "average invested share"
    WEIGHT = "share of equity"
    CASH_SHARE = "cash share of equity"
    EQUITY = "equity"
    CASH = "cash"
    VALUE = "value held"
    QUANTITY = "quantity held"
    COST = "average cost"
    PRICE = "price"
    STOP = "stop level"
    TARGET = "target level"
    PROFIT = "profit, change of equity"
    REALIZED = "realized profit"
    UNREALIZED = "open profit"
    FEES = "fees paid"
    TRADES = "trades"
    WINS = "winning sales"
    LOSSES = "losing sales"
    BOUGHT = "bought"
    SOLD = "sold"
    PENDING = "cards that wait"
    REBALANCE = "next rebalance"
    START = "start"
    OTHER = "other"
    """Taken from an answer's own lines; its label says what it is."""


SIGNED = frozenset(
    {Measure.RETURN, Measure.GAIN, Measure.GAP, Measure.PROFIT, Measure.REALIZED, Measure.UNREALIZED, Measure.DRAWDOWN}
)


@dataclass(frozen=True, slots=True)
class Span:
    """The time a figure covers: its ends, and the words for it."""

    start: datetime
    end: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `value` is in its unit (3.21 for 3.21 %), `shown` is how code writes it.

    `subject` is a base such as "BTC", or the portfolio. `against` is a gap's benchmark. `event` ties the figures of
    one trade together. `moment` stands for `value` where the unit is a moment. `label` are the words of an OTHER.
    """

    subject: str
    measure: Measure
    unit: Unit
    value: Decimal
    shown: str
    span: Span | None = None
    against: str = ""
    event: str = ""
    moment: datetime | None = None
    label: str = ""
    id: str = ""

    @property
    def name(self) -> str:
        """ "BTC return, this month"."""
        words = self.label or f"{self.subject} {self.measure.value}{f' of {self.against}' if self.against else ''}"
        return f"{words}, {self.span.label}" if self.span else words


@dataclass(slots=True)
class Figures:
    """The figures of one conversation, numbered "f1", "f2" in the order they came; equal ones count once."""

    _by_id: dict[str, Figure] = field(default_factory=dict)
    _known: dict[Figure, Figure] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    """Of their labels: they may stand in a sentence about them."""

    def add(self, found: Iterable[Figure]) -> list[Figure]:
        """`found` with their ids."""
        return [self._numbered(figure) for figure in found]

    def get(self, figure_id: str) -> Figure | None:
        return self._by_id.get(figure_id)

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def _numbered(self, figure: Figure) -> Figure:
        if figure not in self._known:
            numbered = replace(figure, id=f"f{len(self._by_id) + 1}")
            self.words |= set(figure.label.split())
            self._known[figure] = self._by_id[numbered.id] = numbered
        return self._known[figure]

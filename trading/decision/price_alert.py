"""One watched price: when it is met, when it can be met again, and its words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import TypeAdapter

from trading.contract.controls import Condition
from trading.domain.money import ONE, ZERO

REARMED_AT = Decimal("0.005")
"""A repeating alert is met anew only after the price has gone back behind its level by this fraction."""


@dataclass(frozen=True, slots=True)
class PriceAlert:
    """A watched price: met when the last trade is at or beyond `level`, above it for one that `rises`.

    With a `span` the level is not fixed: it lies `change` (signed fraction) off the price of so long ago.
    """

    id: str
    symbol: str
    rises: bool
    level: Decimal
    words: str
    by: str
    set_at: datetime
    repeats: bool = False
    armed: bool = True
    """Whether it can be met; a repeating one that was told waits until the price has gone back."""
    span: timedelta | None = None
    change: Decimal = ZERO

    def at(self, then: Decimal | None) -> PriceAlert:
        """It, with its level where it lies now: `then` is the price of a span ago, None while that is not known."""
        if self.span is None:
            return self
        return replace(self, level=ZERO if then is None else then * (ONE + self.change))

    def is_met(self, last: Decimal) -> bool:
        if not self.level:
            return False
        return last >= self.level if self.rises else last <= self.level

    def is_behind(self, last: Decimal) -> bool:
        """Whether the price has gone back far enough to be told anew."""
        if not self.level:
            return False
        back = self.level * (ONE - REARMED_AT if self.rises else ONE + REARMED_AT)
        return last <= back if self.rises else last >= back


ALERTS: TypeAdapter[tuple[PriceAlert, ...]] = TypeAdapter(tuple[PriceAlert, ...])
"""The list as JSON, exact."""


def words(rises: bool, condition: Condition, level: Decimal, last: Decimal) -> str:
    """The condition for people, with the price it is reckoned from."""
    if condition.span is not None:
        return f"{_percent(condition.value)} in {_span(condition.span)}"
    side = "above" if rises else "below"
    if not condition.move:
        return f"{side} {_figure(level)}"
    return f"{side} {_figure(level)} ({_percent(condition.value)} from {_figure(last)})"


def _percent(change: Decimal) -> str:
    sign = "+" if change > 0 else "\u2212"
    return f"{sign}{_figure(abs(change) * 100)} %"


def _span(span: timedelta) -> str:
    """ "24 h", "90 min", "7 d"."""
    minutes = int(span.total_seconds()) // 60
    if minutes % 1440 == 0 and minutes > 1440:
        return f"{minutes // 1440} d"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def _figure(price: Decimal) -> str:
    digits = f"{price:,f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits

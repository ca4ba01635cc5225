"""One watched price: when it is met, when it can be met again, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pydantic import TypeAdapter

from trading.contract.controls import Condition
from trading.domain.money import ONE

REARMED_AT = Decimal("0.005")
"""A repeating alert is met anew only after the price has gone back behind its level by this fraction."""


@dataclass(frozen=True, slots=True)
class PriceAlert:
    """A watched price: met when the last trade is at or beyond `level`, above it for one that `rises`."""

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

    def is_met(self, last: Decimal) -> bool:
        return last >= self.level if self.rises else last <= self.level

    def is_behind(self, last: Decimal) -> bool:
        """Whether the price has gone back far enough to be told anew."""
        back = self.level * (ONE - REARMED_AT if self.rises else ONE + REARMED_AT)
        return last <= back if self.rises else last >= back


ALERTS: TypeAdapter[tuple[PriceAlert, ...]] = TypeAdapter(tuple[PriceAlert, ...])
"""The list as JSON, exact."""


def words(rises: bool, condition: Condition, level: Decimal, last: Decimal) -> str:
    """The condition for people, with the price it is reckoned from."""
    side = "above" if rises else "below"
    if not condition.move:
        return f"{side} {_figure(level)}"
    sign = "+" if condition.value > 0 else "\u2212"
    return f"{side} {_figure(level)} ({sign}{_figure(abs(condition.value) * 100)} % from {_figure(last)})"


def _figure(price: Decimal) -> str:
    digits = f"{price:,f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits

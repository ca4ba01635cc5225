"""What a plan meets when it is guarded: the portfolio as it stands, prices, and what the guards are set to and know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from trading.domain.market import Quote, base_of
from trading.domain.money import ZERO
from trading.domain.plan import Clamp, TargetWeight
from trading.risk.guards import GuardHistory, Guards

SMALLEST_CHANGE = Decimal("0.005")
"""A weight that is off by less than this share of equity is left alone: it would cost more than it changes."""

Wanted = Mapping[str, TargetWeight]
"""Target weights by symbol: each that the plan names, and zero for what is held besides."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One instant. `weights` are the shares of equity held now by symbol, `fees` the taker's rates; `quote` is cash."""

    at: datetime
    quote: str
    equity: Decimal
    weights: Mapping[str, Decimal]
    quotes: Mapping[str, Quote]
    fees: Mapping[str, Decimal]
    guards: Guards
    history: GuardHistory

    def now(self, symbol: str) -> Decimal:
        """The share of equity held in `symbol`."""
        return self.weights.get(symbol, ZERO)

    def most_kept(self, symbol: str) -> Decimal:
        """The most that a guard may keep from being sold: all of it, except above the largest position."""
        return min(self.now(symbol), self.guards.max_weight)

    def untraded(self, want: TargetWeight) -> Decimal:
        """The weight that `want` has when it is left alone."""
        now = self.now(want.symbol)
        return now if want.weight > now else self.most_kept(want.symbol)

    def change(self, want: TargetWeight) -> Decimal:
        """The share of equity to be bought (above zero) or sold (below); zero where it is too small to be traded."""
        change = want.weight - self.now(want.symbol)
        return ZERO if want.weight and abs(change) < SMALLEST_CHANGE else change

    def value(self, want: TargetWeight) -> Decimal:
        """What is to be traded in `want`, in quote."""
        return abs(self.change(want)) * self.equity


def weight_clamp(guard: str, want: TargetWeight, after: Decimal, limit: Decimal | None, why: str) -> Clamp:
    """`want` with the weight `after`, because of `guard`. `why` ends the sentence that begins with the coin."""
    return Clamp(guard, want.symbol, want.weight, after, "weight", limit, f"{base_of(want.symbol)} {why}")

"""The built-in allocator: more of what trends and moves little, cash when nothing trends.

From daily closes, per symbol:

- a trend of L days is up when the last close is above the mean of the last L closes (L = 20, 60, 120);
- volatility is the standard deviation (ddof 1) of the last 60 simple daily returns x sqrt(365);
- weight = inverse volatility, normalised over all symbols, x the share of the trends that are up;
- when the portfolio's volatility would exceed the target, all weights shrink by target / volatility, with
  the volatility taken as the weighted sum of the parts: as if all moved together, which in a fall they do.

No leverage: the weights sum to at most 1. Weights move only when one is off by more than the band.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

import numpy as np

from trading.domain.money import ONE, ZERO
from trading.domain.plan import Hold, PlanOutcome, TargetPlan, TargetWeight
from trading.strategy.port import Float64s

DECIDED_BY = "allocator"
WEIGHT_STEP = Decimal("0.0001")
DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class AllocatorRules:
    """The allocator's parameters. Days are daily closes; target and band are fractions."""

    trends: tuple[int, ...] = (20, 60, 120)
    volatility_days: int = 60
    volatility_target: Decimal = Decimal("0.40")
    band: Decimal = Decimal("0.05")

    @property
    def minimum_closes(self) -> int:
        """The shortest trend: with fewer closes nothing can be said."""
        return min(self.trends)


DEFAULT_RULES = AllocatorRules()


@dataclass(frozen=True, slots=True)
class Allocation:
    """Target weights by symbol (steps of 0.0001) and cash, summing to exactly 1, and why.

    `changed` is False when no weight is off by more than the band: keep what is held.
    """

    weights: Mapping[str, Decimal]
    cash: Decimal
    reasons: Mapping[str, str]
    reason: str
    changed: bool

    def outcome(self) -> PlanOutcome:
        """The allocation as a rebalance's decision."""
        if not self.changed:
            return Hold(DECIDED_BY, self.reason, chosen=True)
        weights = tuple(TargetWeight(symbol, w, self.reasons[symbol]) for symbol, w in self.weights.items())
        return TargetPlan(DECIDED_BY, weights, self.cash, self.reason)


@dataclass(frozen=True, slots=True)
class Signal:
    """What one symbol's daily closes say. `volatility` is annual; None when there is too little to judge."""

    closes: int
    trends_up: int
    trends: int
    volatility: float | None

    @property
    def inverse_volatility(self) -> float:
        return 1 / self.volatility if self.volatility else 0.0

    @property
    def strength(self) -> float:
        """The share of the known trends that are up."""
        return self.trends_up / self.trends if self.trends else 0.0


def allocate(
    daily_closes: Mapping[str, Float64s], holdings: Mapping[str, Decimal], rules: AllocatorRules = DEFAULT_RULES
) -> Allocation:
    """Weights for every symbol of `daily_closes` (oldest first, quote per base); `holdings` are the weights now."""
    signals = {symbol: read_signal(closes, rules) for symbol, closes in daily_closes.items()}
    weights = _weights(signals, rules)
    gaps = {symbol: abs(weights[symbol] - holdings.get(symbol, ZERO)) for symbol in weights}
    return Allocation(
        weights=weights,
        cash=ONE - sum(weights.values(), ZERO),
        reasons={symbol: describe(signal, rules) for symbol, signal in signals.items()},
        reason=_overall_reason(signals, weights, gaps, rules),
        changed=any(gap > rules.band for gap in gaps.values()),
    )


def read_signal(closes: Float64s, rules: AllocatorRules = DEFAULT_RULES) -> Signal:
    """Trends and volatility of one symbol; closes that are missing or not positive are left out."""
    known = closes[np.isfinite(closes) & (closes > 0)]
    if len(known) < rules.minimum_closes:
        return Signal(len(known), 0, 0, None)
    lengths = [length for length in rules.trends if len(known) >= length]
    up = sum(bool(known[-1] > known[-length:].mean()) for length in lengths)
    return Signal(len(known), up, len(lengths), annual_volatility(known[-rules.volatility_days - 1 :]))


def annual_volatility(closes: Float64s) -> float | None:
    """Standard deviation (ddof 1) of simple daily returns x sqrt(365); None below two returns or without movement."""
    if len(closes) < 3:
        return None
    returns = closes[1:] / closes[:-1] - 1
    volatility = float(returns.std(ddof=1)) * DAYS_A_YEAR**0.5
    return volatility if volatility > 1e-9 else None


def describe(signal: Signal, rules: AllocatorRules = DEFAULT_RULES) -> str:
    """The symbol's signal in one sentence with its figures."""
    if signal.closes < rules.minimum_closes:
        return f"only {signal.closes} daily closes, {rules.minimum_closes} needed; stays in cash"
    if signal.volatility is None:
        return "the price did not move; stays in cash"
    return f"{signal.trends_up} of {_trends(signal.trends)} up; volatility {signal.volatility:.0%}".replace("%", " %")


def _trends(count: int) -> str:
    return f"{count} trend" if count == 1 else f"{count} trends"


def _weights(signals: Mapping[str, Signal], rules: AllocatorRules) -> dict[str, Decimal]:
    """Inverse volatility x strength, shrunk to the volatility target, rounded down so that the sum stays within 1."""
    total = sum(signal.inverse_volatility for signal in signals.values())
    if not total:
        return dict.fromkeys(signals, ZERO)
    raw = {symbol: s.inverse_volatility / total * s.strength for symbol, s in signals.items()}
    volatility = sum(raw[symbol] * (s.volatility or 0.0) for symbol, s in signals.items())
    scale = min(1.0, float(rules.volatility_target) / volatility) if volatility else 1.0
    return {symbol: Decimal(weight * scale).quantize(WEIGHT_STEP, ROUND_DOWN) for symbol, weight in raw.items()}


def _overall_reason(
    signals: Mapping[str, Signal],
    weights: Mapping[str, Decimal],
    gaps: Mapping[str, Decimal],
    rules: AllocatorRules,
) -> str:
    rising = [symbol for symbol, weight in weights.items() if weight > 0]
    if not _any_known(list(signals.values())):
        return "no symbol has enough daily closes to judge, so everything stays in cash"
    invested = sum(weights.values(), ZERO)
    plan = f"{len(rising)} of {len(signals)} symbols trend up, so {_percent(invested)} is invested" if rising else ""
    plan = plan or "nothing trends up, so everything stays in cash"
    symbol, gap = max(gaps.items(), key=lambda item: item[1])
    if gap > rules.band:
        return f"{plan}; {symbol} is {_points(gap)} off its target"
    return f"{plan}; no weight is more than {_points(rules.band)} off its target, so nothing is traded"


def _any_known(signals: Sequence[Signal]) -> bool:
    return any(signal.trends and signal.volatility for signal in signals)


def _percent(share: Decimal) -> str:
    return f"{share * 100:.0f} %"


def _points(share: Decimal) -> str:
    return f"{share * 100:.1f}".removesuffix(".0") + " points"

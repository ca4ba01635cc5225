"""A plan under guard: each guard in its turn, each change on record, and what is freed goes to cash.

The order matters. First what may not be bought at all (drawdown stop), then the largest position, which alone may
make a sale that was not wanted; then what keeps a coin from being traded (re-entry pause, floor, minimum holding,
price bounds, trades that are too small); then the sums, which count only what is left (cash, turnover, orders). What
they have cut may have become too small, so that is asked once more. Done twice, the second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from trading.domain.money import ONE, ZERO
from trading.domain.plan import Clamp, TargetPlan, TargetWeight
from trading.risk import coin_guards, sum_guards
from trading.risk.standing import Standing, Wanted

Guard = Callable[[Wanted, Standing], Iterator[Clamp]]

GUARDS: tuple[Guard, ...] = (
    coin_guards.drawdown_stop,
    coin_guards.largest_position,
    coin_guards.reentry_pause,
    coin_guards.floor,
    coin_guards.minimum_holding,
    coin_guards.price_bounds,
    coin_guards.smallest_trade,
    sum_guards.minimum_cash,
    sum_guards.turnover,
    sum_guards.orders,
    coin_guards.smallest_trade,
)


@dataclass(frozen=True, slots=True)
class Clamped:
    """The plan that may be traded, what was changed in it, and the symbols that stay exactly as they are."""

    plan: TargetPlan
    clamps: tuple[Clamp, ...]
    untouched: frozenset[str]


def clamp(plan: TargetPlan, standing: Standing) -> Clamped:
    """`plan` after every guard. Weights and cash sum to one, and none is above what was wanted and what is held."""
    wanted: dict[str, TargetWeight] = dict(_wanted(plan, standing))
    clamps: list[Clamp] = []
    for guard in GUARDS:
        for made in tuple(guard(wanted, standing)):
            if made.after != wanted[made.symbol].weight:
                wanted[made.symbol] = replace(wanted[made.symbol], weight=made.after)
                clamps.append(made)
    weights = tuple(wanted.values())
    untouched = frozenset(want.symbol for want in weights if want.weight == standing.now(want.symbol))
    guarded = replace(plan, weights=weights, cash_weight=ONE - _sum(weights))
    return Clamped(guarded, tuple(clamps), untouched)


def _wanted(plan: TargetPlan, standing: Standing) -> Iterator[tuple[str, TargetWeight]]:
    """What the plan names, with a hold at exactly what is held; and what is held but not named, which is to go."""
    for want in plan.weights:
        weight = standing.now(want.symbol) if want.action == "hold" else want.weight
        yield want.symbol, replace(want, weight=weight)
    named = {want.symbol for want in plan.weights}
    for symbol, weight in standing.weights.items():
        if weight and symbol not in named:
            yield symbol, TargetWeight(symbol, ZERO, plan.reason)


def _sum(weights: tuple[TargetWeight, ...]) -> Decimal:
    return sum((want.weight for want in weights), ZERO)

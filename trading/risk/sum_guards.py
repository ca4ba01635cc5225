"""Guards over all coins together: cash, turnover and orders of a day. Buys give way first, whole exits last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_DOWN, Decimal

from trading.domain.money import ONE, ZERO
from trading.domain.plan import Clamp, TargetWeight
from trading.risk.standing import Standing, Wanted, weight_clamp

STEP = Decimal("0.0001")
"""Sums of weights are kept to this: what is held never sums to a round figure."""

_EXACT = Decimal("0.00000001")


def minimum_cash(wanted: Wanted, standing: Standing) -> Iterator[Clamp]:
    """Buys leave the minimum in cash, each cut by the same share. Nothing is sold for it."""
    least = standing.guards.min_cash
    buys = [want for want in wanted.values() if standing.change(want) > ZERO]
    excess = sum((want.weight for want in wanted.values()), ZERO) - (ONE - least)
    if not buys or excess <= STEP:
        return
    guard, limit = ("minimum cash", least) if least else ("cash", None)
    why = f"is bought less, so that {least:.1%} stay in cash." if least else "is bought less: the cash covers no more."
    for want, after in _cut(buys, excess, standing):
        yield weight_clamp(guard, want, after, limit, why)


def turnover(wanted: Wanted, standing: Standing) -> Iterator[Clamp]:
    """A day's rebalances trade no more than the share of equity allowed. What the largest position forces goes."""
    most = standing.guards.max_turnover
    if most is None or standing.equity <= ZERO:
        return
    over = _traded(wanted.values(), standing) - max(most - standing.history.turnover / standing.equity, ZERO)
    why = f"is traded less: a day's rebalances, waiting ones too, turn over {most:.1%} of equity at most."
    for group in _giving_way(wanted, standing):
        if over <= STEP:
            return
        for want, after in _cut(group, over, standing):
            yield weight_clamp("turnover per day", want, after, most, why)
        over -= _traded(group, standing)


def orders(wanted: Wanted, standing: Standing) -> Iterator[Clamp]:
    """A day's rebalances send no more orders than allowed: the smallest of those that give way first stay unsent.

    What the largest position forces goes, and takes the place of another.
    """
    most = standing.guards.max_orders
    if most is None:
        return
    groups = _giving_way(wanted, standing)
    sent = sum(1 for want in wanted.values() if standing.change(want))
    over = sent - max(most - standing.history.orders, 0)
    sorted_out = [want for group in groups for want in sorted(group, key=standing.value)]
    why = f"is left alone: a day's rebalances, waiting ones too, send {most} order{'' if most == 1 else 's'} at most."
    for want in sorted_out[: max(over, 0)]:
        yield weight_clamp("orders per day", want, standing.untraded(want), None, why)


def _giving_way(wanted: Wanted, standing: Standing) -> tuple[Sequence[TargetWeight], ...]:
    """What can be left out, in three groups: buys, sales of a part, sales of all."""
    movable = [w for w in wanted.values() if standing.change(w) and standing.untraded(w) != w.weight]
    buys = [want for want in movable if standing.change(want) > ZERO]
    sales = [want for want in movable if standing.change(want) < ZERO]
    return buys, [want for want in sales if want.weight], [want for want in sales if not want.weight]


def _cut(group: Sequence[TargetWeight], by: Decimal, standing: Standing) -> Iterator[tuple[TargetWeight, Decimal]]:
    """Each of `group` with its weight once all together trade `by` less, in proportion and rounded down."""
    total = _traded(group, standing)
    share = max(ONE - by / total, ZERO) if total else ZERO
    for want in group:
        change = (abs(standing.change(want)) * share).quantize(_EXACT, ROUND_DOWN)
        now = standing.now(want.symbol)
        bought = standing.change(want) > ZERO
        yield want, now + change if bought else min(now - change, standing.most_kept(want.symbol))


def _traded(group: Iterable[TargetWeight], standing: Standing) -> Decimal:
    return sum((abs(standing.change(want)) for want in group), ZERO)

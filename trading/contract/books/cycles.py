"""One decision with everything that belongs to it: its orders, its fills, who agreed, and what asking a model took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from trading.domain.money import ONE, ZERO
from trading.domain.order import Fill, Order
from trading.domain.plan import Clamp, Cycle, TargetWeight
from trading.domain.risk import Approval
from trading.domain.usage import ModelCall

CASH = "cash"


@dataclass(frozen=True, slots=True)
class WeightLine:
    """A share of equity on its way through a decision: what it was, what was wanted, what the guards left of that.

    `symbol` is "cash" for what is in no symbol; `decision` is then None, as it is for what the plan does not name.
    """

    symbol: str
    now: Decimal
    wanted: Decimal
    allowed: Decimal
    decision: TargetWeight | None = None


@dataclass(frozen=True, slots=True)
class CycleStory:
    """`orders` are those of its batch, in the order in which they were added; fills and calls are oldest first."""

    cycle: Cycle
    orders: tuple[Order, ...]
    fills: tuple[Fill, ...]
    approval: Approval | None
    calls: tuple[ModelCall, ...]

    @property
    def fees(self) -> Decimal:
        """In quote."""
        return sum((fill.fee_worth for fill in self.fills), ZERO)

    @property
    def tokens(self) -> int:
        return sum(call.input_tokens + call.output_tokens for call in self.calls)

    @property
    def cost(self) -> Decimal | None:
        """What the model calls cost in US dollars; None where a price is not known."""
        costs = [call.cost for call in self.calls]
        return sum((cost for cost in costs if cost is not None), ZERO) if None not in costs else None


def weight_lines(cycle: Cycle) -> tuple[WeightLine, ...]:
    """What the plan names or the portfolio held, then cash; empty where there was no plan."""
    plan = cycle.plan
    if plan is None:
        return ()
    decisions = {decision.symbol: decision for decision in plan.weights}
    allowed = _allowed(cycle.clamps)
    lines = [
        WeightLine(
            symbol,
            cycle.weights_now.get(symbol, ZERO),
            plan.weight_of(symbol),
            allowed.get(symbol, plan.weight_of(symbol)),
            decisions.get(symbol),
        )
        for symbol in dict.fromkeys([*cycle.weights_now, *decisions])
    ]
    now, left = (ONE - sum(shares, ZERO) for shares in ([x.now for x in lines], [x.allowed for x in lines]))
    return (*lines, WeightLine(CASH, now, plan.cash_weight, left))


def _allowed(clamps: tuple[Clamp, ...]) -> Mapping[str, Decimal]:
    """The weight that each clamped symbol was left with: the last guard's word counts."""
    return {clamp.symbol: clamp.after for clamp in clamps if clamp.symbol and clamp.unit == "weight"}

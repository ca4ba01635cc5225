"""How much may be spent on a model: in a cycle, in a day, in money and in tokens. It is asked first, and fails closed.

What a request may take at most is set aside before it is made, so that two at once cannot both slip under the limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal

from trading.brain.meter import Reservation
from trading.domain.money import ZERO
from trading.errors import NeedsOperator

_CENT = Decimal("0.01")


class BudgetUsed(NeedsOperator):
    """The next request may go over the budget: nothing was asked."""


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """US dollars for one rebalance and for one local day, and tokens (in and out) for the day."""

    per_cycle: Decimal
    per_day: Decimal
    tokens_per_day: int


@dataclass(frozen=True, slots=True)
class Spent:
    """US dollars and tokens. Requests to a model without a known price count in tokens only."""

    cost: Decimal = ZERO
    tokens: int = 0

    def plus(self, cost: Decimal | None, tokens: int) -> Spent:
        return Spent(self.cost + (cost or ZERO), self.tokens + tokens)


@dataclass(slots=True)
class Budget:
    """What is spent and set aside. `day` is the local day (ISO) that `spent` is about."""

    limits: BudgetLimits
    day: str = ""
    spent: Spent = Spent()
    _open: list[Reservation] = field(default_factory=list)
    _cycle: str = ""
    _spent_in_cycle: Decimal = ZERO

    def begin(self, today: date) -> None:
        """Start anew on a new local day. Going back a day, as a change of zone may, starts nothing anew."""
        kept = date.fromisoformat(self.day) if self.day else None
        if kept is None or today > kept or today < kept - timedelta(days=1):
            self.day, self.spent = today.isoformat(), Spent()

    def reserve(self, wanted: Reservation) -> None:
        """Set `wanted` aside. Raises BudgetUsed, with the figures, when a limit does not leave as much."""
        if wanted.charge.cycle_id != self._cycle and wanted.charge.cycle_id:
            self._cycle, self._spent_in_cycle = wanted.charge.cycle_id, ZERO
        self._check_day(wanted)
        self._check_cycle(wanted)
        self._open.append(wanted)

    def settle(self, reservation: Reservation, cost: Decimal | None, tokens: int) -> None:
        """Count what was used in place of what was set aside."""
        self._open = [each for each in self._open if each is not reservation]
        self.spent = self.spent.plus(cost, tokens)
        if reservation.charge.cycle_id and reservation.charge.cycle_id == self._cycle:
            self._spent_in_cycle += cost or ZERO

    @property
    def taken(self) -> Spent:
        """What is spent and set aside together."""
        taken = self.spent
        for each in self._open:
            taken = taken.plus(each.cost, each.tokens)
        return taken

    def _check_day(self, wanted: Reservation) -> None:
        taken, limits = self.taken, self.limits
        if taken.tokens + wanted.tokens > limits.tokens_per_day:
            raise BudgetUsed(
                f"the model's budget of the day is used: {taken.tokens:,} of {limits.tokens_per_day:,} tokens, and "
                f"this may take {wanted.tokens:,}; tomorrow it goes on, or raise MODEL_TOKENS_PER_DAY"
            )
        if wanted.cost is not None and taken.cost + wanted.cost > limits.per_day:
            raise BudgetUsed(
                f"the model's budget of the day is used: {dollars(taken.cost)} of {dollars(limits.per_day)}, and this "
                f"may cost {dollars(wanted.cost)}; tomorrow it goes on, or raise MODEL_BUDGET_PER_DAY"
            )

    def _check_cycle(self, wanted: Reservation) -> None:
        cycle = wanted.charge.cycle_id
        if not cycle or wanted.cost is None:
            return
        aside = sum((each.cost or ZERO for each in self._open if each.charge.cycle_id == cycle), ZERO)
        taken = self._spent_in_cycle + aside
        if taken + wanted.cost > self.limits.per_cycle:
            raise BudgetUsed(
                f"the model's budget of one rebalance is too small: {dollars(taken)} of "
                f"{dollars(self.limits.per_cycle)} is used, and this may cost {dollars(wanted.cost)}; "
                "raise MODEL_BUDGET_PER_CYCLE"
            )


def dollars(cost: Decimal) -> str:
    """ "$0.42", rounded up to the cent: what is spent is never told as less."""
    return f"${cost.quantize(_CENT, ROUND_UP):,.2f}"

"""What counts requests to a model: asked before each, told after each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from trading.brain.charge import Charge, current_charge


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one request may take at most: tokens, and US dollars where its model has a known price."""

    model: str
    input_tokens: int
    output_tokens: int
    cost: Decimal | None
    charge: Charge

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Used:
    """What came of a request. `tokens` is in and out; None where nobody knows, and the reservation counts.

    `outcome` is "ok", or one sentence about why there is no usable answer; `seconds` is how long it took.
    """

    tokens: tuple[int, int] | None
    seconds: float
    outcome: str


class Meter(Protocol):
    """Counts requests, and refuses what would go over the budget."""

    async def reserve(self, model: str, input_tokens: int, output_tokens: int) -> Reservation:
        """Set so much aside for one request. Raises BudgetUsed when it is not there."""
        ...

    async def settle(self, reservation: Reservation, used: Used) -> None:
        """Replace what was set aside by what was used."""
        ...


class Unmetered:
    """Counts nothing: for a model that nobody pays for."""

    async def reserve(self, model: str, input_tokens: int, output_tokens: int) -> Reservation:
        return Reservation(model, input_tokens, output_tokens, None, current_charge())

    async def settle(self, reservation: Reservation, used: Used) -> None:
        """Nothing to keep."""

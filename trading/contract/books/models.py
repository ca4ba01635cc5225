"""What asking language models took. Money here is US dollars, whatever the portfolio's currency is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from trading.domain.usage import Purpose

DOLLARS = frozenset({"USD", "USDT", "USDC"})
"""Quote currencies in which a dollar is one."""


@dataclass(frozen=True, slots=True)
class ModelUse:
    """One model's calls for one purpose. `cost` is None where no call has a known price; `failed` had no usable
    answer."""

    model: str
    purpose: Purpose
    calls: int
    failed: int
    input_tokens: int
    output_tokens: int
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class ModelBudget:
    """What is spent on this local day, and what may be; requests under way count as spent."""

    cost: Decimal
    most_cost: Decimal
    tokens: int
    most_tokens: int


@dataclass(frozen=True, slots=True)
class ModelCosts:
    """Model calls over a window, the dearest first. `budget` is None without a model; `unpriced` have no price."""

    uses: tuple[ModelUse, ...] = ()
    budget: ModelBudget | None = None
    unpriced: tuple[str, ...] = ()

    @property
    def calls(self) -> int:
        return sum(use.calls for use in self.uses)

    @property
    def cost(self) -> Decimal:
        """What is known, added up."""
        return sum((use.cost for use in self.uses if use.cost is not None), Decimal(0))

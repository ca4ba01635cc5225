"""What keeps the models within bounds, for whoever shows it or ends it."""

from __future__ import annotations

from dataclasses import dataclass

from trading.brain.budget import BudgetLimits, Spent
from trading.brain.prices import PriceTable
from trading.brain.safe_mode import SafeMode
from trading.brain.usage import UsageLedger


@dataclass(frozen=True, slots=True)
class Oversight:
    """Safe mode, the ledger of usage with its budget, and the prices. `models` are all that may be asked."""

    safe_mode: SafeMode
    ledger: UsageLedger
    prices: PriceTable
    models: tuple[str, ...]

    @property
    def limits(self) -> BudgetLimits:
        return self.ledger.budget.limits

    def today(self) -> Spent:
        """What is spent on this local day."""
        return self.ledger.today()

    def unpriced(self) -> tuple[str, ...]:
        """The models without a known price."""
        return tuple(name for name in self.models if self.prices.estimate(name, 0, 0) is None)

    def notes(self) -> tuple[str, ...]:
        """What to say at the start, a sentence each."""
        return tuple(
            f"No price is known for {name}: its budget is in tokens ({self.limits.tokens_per_day:,} a day). "
            "A file that MODEL_PRICES names can add it."
            for name in self.unpriced()
        )

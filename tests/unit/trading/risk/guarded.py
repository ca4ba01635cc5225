"""Plans and portfolios for the tests of the guards."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from trading.domain.market import Quote
from trading.domain.money import ONE, ZERO
from trading.domain.plan import TargetPlan, TargetWeight
from trading.risk.guards import GuardHistory, Guards
from trading.risk.standing import Standing

AT = datetime(2025, 3, 3, 12, tzinfo=UTC)
PRICES = {"BTC/USD": Decimal(100), "ETH/USD": Decimal(10), "SOL/USD": Decimal(1)}
FEE = Decimal("0.004")


def standing(
    held: dict[str, str] | None = None, history: GuardHistory | None = None, equity: str = "1000", **guards: Any
) -> Standing:
    """A portfolio with these weights by base, under these guards and no others."""
    return Standing(
        at=AT,
        quote="USD",
        equity=Decimal(equity),
        weights={f"{base}/USD": Decimal(weight) for base, weight in (held or {}).items()},
        quotes={symbol: Quote(price, price, price, AT) for symbol, price in PRICES.items()},
        fees=dict.fromkeys(PRICES, FEE),
        guards=Guards(**guards),
        history=history or GuardHistory(),
    )


def plan(*wanted: TargetWeight, **weights: str) -> TargetPlan:
    """Target weights by base, after what is given whole; the rest is cash."""
    chosen = (*wanted, *(target(base, weight) for base, weight in weights.items()))
    return TargetPlan("me", chosen, ONE - sum((w.weight for w in chosen), ZERO), "the plan")


def target(base: str, weight: str, **more: Any) -> TargetWeight:
    return TargetWeight(f"{base}/USD", Decimal(weight), f"why {base}", **more)

"""What is held in every currency, what trading costs, and where profit came from.

Amounts are Decimals in the quote currency unless a field says otherwise; None is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from trading.contract.books.models import DOLLARS, ModelCosts
from trading.contract.read_models import Pnl, Window, World


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One currency, in its own units. `reserved` is kept back by orders on their way; `value` is in quote.

    `at_exchange` is what the account held at the last comparison; None where there is no account, or none was made.
    """

    currency: str
    total: Decimal
    reserved: Decimal
    value: Decimal | None
    price_age: timedelta | None = None
    at_exchange: Decimal | None = None

    @property
    def free(self) -> Decimal:
        return self.total - self.reserved


@dataclass(frozen=True, slots=True)
class Balances:
    """Cash first, then positions by worth, then what nothing prices here. `agreed` is None without a comparison."""

    world: World
    at: datetime
    equity: Decimal | None
    lines: tuple[BalanceLine, ...]
    compared_at: datetime | None = None
    agreed: bool | None = None


@dataclass(frozen=True, slots=True)
class FeeRate:
    """What a pair costs now, as fractions. `age` is None where the exchange has not told: the default is used."""

    symbol: str
    maker: Decimal
    taker: Decimal
    age: timedelta | None


@dataclass(frozen=True, slots=True)
class Fees:
    """Fees over a window. `by_currency` is as paid, in each currency; `by_symbol` and `total` are worth in quote.

    `turnover` is what was exchanged, fees left out. `as_maker` is what the same turnover costs at today's maker rates.
    """

    world: World
    window: Window
    total: Decimal
    by_currency: Mapping[str, Decimal]
    by_symbol: Mapping[str, Decimal]
    turnover: Decimal
    trades: int
    as_maker: Decimal
    rates: tuple[FeeRate, ...]

    @property
    def share(self) -> Decimal | None:
        """Fees over turnover; None without trades."""
        return self.total / self.turnover if self.turnover else None


@dataclass(frozen=True, slots=True)
class Costs:
    """What running costs: fees, slippage against the quotes decided at, borrowing, and a model's answers.

    `slippage` covers the `measured` newest of the window's `orders`, those whose quote was kept; above zero is a cost.
    `models` is in US dollars.
    """

    world: World
    window: Window
    fees: Decimal
    borrowing: Decimal
    slippage: Decimal | None
    measured: int
    orders: int
    models: ModelCosts = field(default_factory=ModelCosts)

    @property
    def total(self) -> Decimal:
        """What is known, added up; models where the quote currency is worth a dollar."""
        models = self.models.cost if self.world.quote in DOLLARS else Decimal(0)
        return self.fees + self.borrowing + (self.slippage or Decimal(0)) + models


@dataclass(frozen=True, slots=True)
class SymbolProfit:
    """`realized` over the window, fees in; `open` is what is unrealized now; None without a price."""

    symbol: str
    realized: Decimal
    open: Decimal | None


@dataclass(frozen=True, slots=True)
class Profit:
    """Profit over a window: the whole, its parts in time (days, weeks or months, oldest first), and by coin."""

    world: World
    whole: Pnl
    unit: str
    """ "day", "week" or "month": what `parts` are."""
    parts: tuple[Pnl, ...]
    by_symbol: tuple[SymbolProfit, ...]

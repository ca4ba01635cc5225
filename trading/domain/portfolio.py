"""What is held and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from trading.domain.money import ZERO, Money
from trading.domain.order import Side


@dataclass(frozen=True, slots=True)
class Position:
    """A holding of one instrument's base; a negative quantity is a short position.

    `cost` is what the held quantity cost in quote with buying fees, `entry_value` the same without them:
    profit is measured from the first, exit levels from the second. Of a short position both are negative:
    what its sale brought, after and before fees.
    """

    symbol: str
    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    entry_value: Decimal = ZERO
    realized_pnl: Decimal = ZERO
    opened_at: datetime | None = None

    @property
    def average_cost(self) -> Decimal:
        """Quote per base (weighted average cost; of a short what it brought); zero when nothing is held."""
        return self.cost / self.quantity if self.quantity else ZERO

    @property
    def entry_price(self) -> Decimal:
        """Average price paid, or got for a short, fees left out; zero when nothing is held."""
        return self.entry_value / self.quantity if self.quantity else ZERO


@dataclass(frozen=True, slots=True)
class Protection:
    """Exit levels of a position as quote prices; None means off. `basis` is the entry price they were set from."""

    symbol: str
    stop: Decimal | None
    target: Decimal | None
    basis: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds of one currency."""

    total: Decimal
    free: Decimal


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Money that came in (positive) or went out (negative) from outside; never part of a return.

    `value` is its worth in quote at that moment: None where `money` is in quote already, zero where nothing prices
    its currency, which then stays beside the portfolio. `rollover_of` names the short position whose borrowing was
    paid for: such a payment is a cost, and part of the return.
    """

    id: str
    money: Money
    at: datetime
    note: str
    value: Decimal | None = None
    rollover_of: str | None = None

    @property
    def worth(self) -> Decimal:
        """What came from outside, in quote, with its sign; zero for a cost."""
        if self.rollover_of is not None:
            return ZERO
        return self.money.amount if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of the ledger. The postings of one entry sum to exactly zero in every currency."""

    entry_id: str
    account: str
    money: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """The portfolio's worth in quote at `at`.

    `flows` is external money since the previous point, already inside `equity`; `benchmarks` maps an asset
    ("BTC", "ETH") to its price then; `exposure` is the invested share of equity.
    """

    at: datetime
    equity: Decimal
    cash: Decimal
    flows: Decimal = ZERO
    exposure: Decimal = ZERO
    benchmarks: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Traded:
    """What the fills of one symbol and side add up to: how many, `realized` and `fees` in quote.

    `wins` are the fills that realized a profit, `made` what they realized; the others lost `made - realized`.
    """

    symbol: str
    side: Side
    trades: int
    wins: int
    realized: Decimal
    fees: Decimal
    made: Decimal

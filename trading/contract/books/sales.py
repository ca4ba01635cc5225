"""What sales brought, the orders that were refused, and what an order would change.

Amounts are Decimals in the quote currency unless a field says otherwise; shares are fractions; None is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from trading.contract.read_models import Window, World
from trading.domain.market import Instrument
from trading.domain.money import ZERO
from trading.domain.order import Side, Source


@dataclass(frozen=True, slots=True)
class Sales:
    """Sales over a window by what they realized, fees in. `symbol` None is all of them.

    `made` adds up the sales above zero, `lost` the others (zero or above).
    """

    world: World
    window: Window
    symbol: str | None
    wins: int
    losses: int
    made: Decimal
    lost: Decimal

    @property
    def count(self) -> int:
        return self.wins + self.losses

    @property
    def win_rate(self) -> Decimal | None:
        """Winning sales over all; None without sales."""
        return Decimal(self.wins) / self.count if self.count else None

    @property
    def profit_factor(self) -> Decimal | None:
        """What winning sales made over what the others lost; None where nothing was lost."""
        return self.made / self.lost if self.lost else None

    @property
    def average_win(self) -> Decimal | None:
        return self.made / self.wins if self.wins else None

    @property
    def average_loss(self) -> Decimal | None:
        """Zero or above."""
        return self.lost / self.losses if self.losses else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An order, or a batch of them, that was not carried out: `reason` is why, with the figures, as it was recorded.

    `side` and `instrument` are None where a batch was refused as a whole. `by` is who wished for it.
    """

    at: datetime
    source: Source | None
    by: str
    reason: str
    side: Side | None = None
    instrument: Instrument | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An order that is not placed: what it would cost and leave, at the last prices and the taker's fee.

    Weights are shares of equity, before and after. `spent` is what a purchase takes from cash with its fee, or what a
    sale brings after it.
    """

    world: World
    at: datetime
    side: Side
    instrument: Instrument
    quantity: Decimal
    price: Decimal
    fee: Decimal
    cash_after: Decimal
    weight_before: Decimal | None
    weight_after: Decimal | None

    @property
    def notional(self) -> Decimal:
        return self.quantity * self.price

    @property
    def spent(self) -> Decimal:
        return self.notional + (self.fee if self.side is Side.BUY else -self.fee)

    @property
    def short_of_cash(self) -> bool:
        return self.cash_after < ZERO

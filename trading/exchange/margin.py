"""What a venue asks for selling what is not held: a fee at the opening, and a rollover for every period after it.

No leverage: a short position is backed by what its sale brought and by the same amount of free cash.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from trading.domain.money import ZERO, Money
from trading.domain.portfolio import CashFlow


@dataclass(frozen=True, slots=True)
class MarginTerms:
    """Fees as fractions of the value borrowed, in quote at the opening price; a rollover is due after each `period`."""

    opening_fee: Decimal
    rollover_fee: Decimal
    period: timedelta = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class _Short:
    """`quantity` of base sold for `value` of `currency`; `charged_to` is how far the rollovers are paid."""

    quantity: Decimal
    value: Decimal
    currency: str
    charged_to: datetime


class ShortPositions:
    """The open short positions of one account, by symbol, since the program started."""

    def __init__(self, terms: MarginTerms) -> None:
        self.terms = terms
        self._open: dict[str, _Short] = {}

    def backing(self, currency: str, besides: str) -> Decimal:
        """What of `currency` is bound by positions other than `besides`: what the sales brought, and as much again."""
        bound = (
            short.value for symbol, short in self._open.items() if symbol != besides and short.currency == currency
        )
        return 2 * sum(bound, ZERO)

    def opened(self, symbol: str, quantity: Decimal, proceeds: Money, at: datetime) -> None:
        """Sell short. What is added to an open position is charged from its next rollover on."""
        held = self._open.get(symbol) or _Short(ZERO, ZERO, proceeds.currency, at)
        self._open[symbol] = replace(held, quantity=held.quantity + quantity, value=held.value + proceeds.amount)

    def covered(self, symbol: str, quantity: Decimal) -> None:
        """Buy back up to what is owed."""
        held = self._open.get(symbol)
        if held is None:
            return
        if quantity >= held.quantity:
            del self._open[symbol]
            return
        left = held.quantity - quantity
        self._open[symbol] = replace(held, quantity=left, value=held.value * left / held.quantity)

    def rollovers(self, now: datetime) -> tuple[CashFlow, ...]:
        """The fees of every period that has ended by `now`; each is told once."""
        return tuple(fee for symbol in self._open for fee in self._rollovers_of(symbol, now))

    def _rollovers_of(self, symbol: str, now: datetime) -> list[CashFlow]:
        charged: list[CashFlow] = []
        short, period = self._open[symbol], self.terms.period
        while (due := short.charged_to + period) <= now:
            short = replace(short, charged_to=due)
            fee = Money(-short.value * self.terms.rollover_fee, short.currency)
            name = f"rollover-{symbol}-{due:%Y%m%dT%H%M%S}"
            charged.append(CashFlow(name, fee, due, f"rollover of {symbol}", rollover_of=symbol))
        self._open[symbol] = short
        return charged

"""The book: cash and positions by weighted average cost, derived from flows and fills alone.

It is kept in memory and can always be rebuilt from the store; the ledger's totals must agree with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from trading.domain.market import base_of
from trading.domain.money import ZERO, Money
from trading.domain.order import Fill, Side
from trading.domain.portfolio import CashFlow, Position
from trading.errors import CurrencyMismatch, NeedsOperator
from trading.portfolio.average_cost import profit_of, traded, withdrawn

PriceOf = Callable[[str], Decimal | None]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A book's state at one moment."""

    cash: Decimal
    fees: Decimal
    positions: Mapping[str, Position]
    others: Mapping[str, Decimal]


class Book:
    """Cash in `quote`, one position per symbol, and beside them currencies that nothing prices here.

    `fees` is the total in quote. A currency belongs to the symbol that prices it: "BTC" to "BTC/USD".
    """

    def __init__(self, quote: str) -> None:
        self.quote = quote
        self.cash = ZERO
        self.fees = ZERO
        self._positions: dict[str, Position] = {}
        self._others: dict[str, Decimal] = {}

    @classmethod
    def rebuilt(cls, quote: str, facts: Iterable[CashFlow | Fill]) -> Book:
        """The book that these facts, in the order in which they were booked, amount to."""
        book = cls(quote)
        for fact in facts:
            if isinstance(fact, Fill):
                book.apply_fill(fact)
            else:
                book.apply_flow(fact)
        return book

    def position(self, symbol: str) -> Position:
        """The position in `symbol`, empty when there is none."""
        return self._positions.get(symbol) or Position(symbol)

    def positions(self) -> tuple[Position, ...]:
        """What is held, in the order in which it was first bought."""
        return tuple(p for p in self._positions.values() if p.quantity)

    @property
    def others(self) -> Mapping[str, Decimal]:
        """By currency, what is held (or owed: negative) beside the portfolio; never part of equity."""
        return {currency: amount for currency, amount in self._others.items() if amount}

    def holdings(self) -> Mapping[str, Decimal]:
        """By currency, everything: cash, positions and others."""
        held = dict(self._others)
        held[self.quote] = held.get(self.quote, ZERO) + self.cash
        for symbol, position in self._positions.items():
            base = base_of(symbol)
            held[base] = held.get(base, ZERO) + position.quantity
        return held

    def realized_of(self) -> Mapping[str, Decimal]:
        """Realized profit by symbol since inception."""
        return {symbol: p.realized_pnl for symbol, p in self._positions.items()}

    def checkpoint(self) -> Checkpoint:
        """The book as it is, to go back to when what is being written is not kept."""
        return Checkpoint(self.cash, self.fees, dict(self._positions), dict(self._others))

    def restore(self, kept: Checkpoint) -> None:
        self.cash, self.fees = kept.cash, kept.fees
        self._positions, self._others = dict(kept.positions), dict(kept.others)

    def apply_flow(self, flow: CashFlow) -> None:
        """Take `flow` in: quote into cash, what has a value into its position at that value, the rest into `others`.

        A withdrawal takes its share of the cost along and realizes nothing. Raises NeedsOperator when more leaves
        than is held, CurrencyMismatch for a flow in another currency that does not say its value.
        """
        money = flow.money
        if flow.rollover_of is not None:
            self._pay_rollover(flow, flow.rollover_of)
        elif money.currency == self.quote:
            self.cash += money.amount
        elif flow.value is None:
            raise CurrencyMismatch(f"a flow of {money} must say its value in {self.quote}; give 0 if nothing prices it")
        elif flow.value:
            self._move_base(flow, flow.value)
        else:
            self._add_other(money)

    def realized_by(self, fill: Fill) -> Decimal:
        """The profit that `fill` books: what cash gains less the average cost of what leaves; zero where it opens."""
        base, cash, _ = self._exchanged(fill)
        return profit_of(self.position(fill.symbol), base, cash)

    def apply_fill(self, fill: Fill) -> None:
        """Take `fill` into cash and position, and its fee from where it was taken.

        A fee in base makes a buy smaller at full cost, and a sale larger. Raises NeedsOperator when more is sold
        than held and the fill is not one on margin.
        """
        held, fee = self.position(fill.symbol), fill.fee
        base, cash, value = self._exchanged(fill)
        _refuse_impossible(fill, held, base)
        self._positions[fill.symbol] = traded(held, base, cash, value, fill.at)
        self.cash += cash
        self.fees += fill.fee_worth
        if fee.currency != self.quote and fee.currency != base_of(fill.symbol):
            self._take(fee, fill.at)

    def equity(self, price_of: PriceOf) -> Decimal | None:
        """Cash plus positions at `price_of(symbol)`; None when a held symbol has no price."""
        total = self.cash
        for position in self._positions.values():
            if position.quantity:
                price = price_of(position.symbol)
                if price is None:
                    return None
                total += position.quantity * price
        return total

    def _exchanged(self, fill: Fill) -> tuple[Decimal, Decimal, Decimal]:
        """What base and quote gain by `fill`, and what that base is worth at its price.

        The fee is counted in whichever of the two it was taken from.
        """
        fee, base = fill.fee, fill.quantity if fill.side is Side.BUY else -fill.quantity
        value = fill.notional if fill.side is Side.BUY else -fill.notional
        if fee.currency == self.quote:
            return base, -value - fee.amount, value
        if fee.currency == base_of(fill.symbol):
            return base - fee.amount, -value, fill.price * (base - fee.amount)
        return base, -value, value

    def _move_base(self, flow: CashFlow, value: Decimal) -> None:
        money = flow.money
        held = self.position(f"{money.currency}/{self.quote}")
        if money.amount > 0:
            self._positions[held.symbol] = traded(held, money.amount, -value, value, flow.at)
        elif -money.amount <= held.quantity:
            self._positions[held.symbol] = withdrawn(held, -money.amount)
        else:
            raise NeedsOperator(
                f"{-money.amount} {money.currency} left but the book holds {held.quantity}; check the venue"
            )

    def _pay_rollover(self, flow: CashFlow, symbol: str) -> None:
        if flow.money.currency != self.quote:
            raise CurrencyMismatch(f"a rollover of {flow.money} must be in {self.quote}; book it as a flow")
        held, paid = self.position(symbol), -flow.money.amount
        self._positions[symbol] = replace(held, realized_pnl=held.realized_pnl - paid)
        self.cash -= paid
        self.fees += paid

    def _take(self, fee: Money, at: datetime) -> None:
        """A fee in a third currency: from what is held of it, whose cost is lost, and the rest from `others`."""
        held = self.position(f"{fee.currency}/{self.quote}")
        taken = max(min(fee.amount, held.quantity), ZERO)
        if taken:
            self._positions[held.symbol] = traded(held, -taken, ZERO, ZERO, at)
        self._add_other(Money(taken - fee.amount, fee.currency))

    def _add_other(self, money: Money) -> None:
        if money.amount:
            self._others[money.currency] = self._others.get(money.currency, ZERO) + money.amount


def _refuse_impossible(fill: Fill, held: Position, base: Decimal) -> None:
    buying = fill.side is Side.BUY
    if not base or (base > 0) is not buying:
        raise NeedsOperator(f"the fee of {fill.fee} eats all of trade {fill.trade_id}; check the venue")
    if not buying and not fill.margin and -base > held.quantity:
        raise NeedsOperator(f"sold {-base} of {fill.symbol} but the book holds {held.quantity}; check the venue")

"""The book: cash and positions by weighted average cost, derived from flows and fills alone.

It is kept in memory and can always be rebuilt from the store; the ledger's totals must agree with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from trading.domain.money import ZERO
from trading.domain.order import Fill, Side
from trading.domain.portfolio import CashFlow, Position
from trading.errors import NeedsOperator

PriceOf = Callable[[str], Decimal | None]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A book's state at one moment."""

    cash: Decimal
    fees: Decimal
    positions: Mapping[str, Position]


class Book:
    """Cash in `quote` and one position per symbol."""

    def __init__(self, quote: str) -> None:
        self.quote = quote
        self.cash = ZERO
        self.fees = ZERO
        self._positions: dict[str, Position] = {}

    @classmethod
    def rebuilt(cls, quote: str, flows: Iterable[CashFlow], fills: Iterable[Fill]) -> Book:
        """The book that these facts, oldest first, amount to."""
        book = cls(quote)
        for flow in flows:
            book.apply_flow(flow)
        for fill in fills:
            book.apply_fill(fill)
        return book

    def position(self, symbol: str) -> Position:
        """The position in `symbol`, empty when there is none."""
        return self._positions.get(symbol) or Position(symbol)

    def positions(self) -> tuple[Position, ...]:
        """What is held, in the order in which it was first bought."""
        return tuple(p for p in self._positions.values() if p.quantity)

    def realized_of(self) -> Mapping[str, Decimal]:
        """Realized profit by symbol since inception."""
        return {symbol: p.realized_pnl for symbol, p in self._positions.items()}

    def checkpoint(self) -> Checkpoint:
        """The book as it is, to go back to when what is being written is not kept."""
        return Checkpoint(self.cash, self.fees, dict(self._positions))

    def restore(self, kept: Checkpoint) -> None:
        self.cash, self.fees, self._positions = kept.cash, kept.fees, dict(kept.positions)

    def apply_flow(self, flow: CashFlow) -> None:
        self.cash += flow.money.amount

    def realized_by(self, fill: Fill) -> Decimal:
        """The profit that `fill` books: proceeds less fee less the average cost of what is sold; zero for a buy."""
        if fill.side is Side.BUY:
            return ZERO
        position = self.position(fill.symbol)
        return fill.notional - fill.fee.amount - _share(position.cost, fill.quantity, position.quantity)

    def apply_fill(self, fill: Fill) -> None:
        """Take `fill` into cash and position. Raises NeedsOperator when more is sold than held."""
        if fill.side is Side.BUY:
            self._bought(fill)
        else:
            self._sold(fill)
        self.fees += fill.fee.amount

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

    def _bought(self, fill: Fill) -> None:
        held = self.position(fill.symbol)
        paid = fill.notional + fill.fee.amount
        self.cash -= paid
        self._positions[fill.symbol] = replace(
            held,
            quantity=held.quantity + fill.quantity,
            cost=held.cost + paid,
            entry_value=held.entry_value + fill.notional,
            opened_at=held.opened_at if held.quantity else fill.at,
        )

    def _sold(self, fill: Fill) -> None:
        held = self.position(fill.symbol)
        if fill.quantity > held.quantity:
            raise NeedsOperator(
                f"sold {fill.quantity} of {fill.symbol} but the book holds {held.quantity}; check the venue"
            )
        realized = self.realized_by(fill)
        self.cash += fill.notional - fill.fee.amount
        self._positions[fill.symbol] = replace(
            held,
            quantity=held.quantity - fill.quantity,
            cost=held.cost - _share(held.cost, fill.quantity, held.quantity),
            entry_value=held.entry_value - _share(held.entry_value, fill.quantity, held.quantity),
            realized_pnl=held.realized_pnl + realized,
            opened_at=held.opened_at if fill.quantity < held.quantity else None,
        )


def _share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    # A full sale takes the whole cost: a division would leave a rounding crumb behind.
    return amount if part == whole else amount * part / whole

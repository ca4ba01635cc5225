"""What is held, at the newest prices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from trading.contract import Holding
from trading.domain.market import Instrument
from trading.domain.portfolio import Position
from trading.market.quotes import QuoteCache
from trading.orders.account import Account
from trading.orders.protections import Protections


class Holdings:
    """Positions as people see them, largest first."""

    def __init__(
        self, account: Account, quotes: QuoteCache, protections: Protections, instruments: Mapping[str, Instrument]
    ) -> None:
        self._account = account
        self._quotes = quotes
        self._protections = protections
        self._instruments = instruments

    def all(self) -> tuple[Holding, ...]:
        equity = self._account.equity()
        holdings = [self._holding(position, equity) for position in self._account.book.positions()]
        return tuple(sorted(holdings, key=lambda h: h.value or Decimal(0), reverse=True))

    def oldest_price(self) -> timedelta | None:
        """The age of the oldest price among what is held, or among all instruments when nothing is."""
        symbols = [p.symbol for p in self._account.book.positions()] or list(self._instruments)
        ages = [age for age in map(self._quotes.age, symbols) if age is not None]
        return max(ages, default=None)

    def _holding(self, position: Position, equity: Decimal | None) -> Holding:
        price = self._account.price(position.symbol)
        value = None if price is None else position.quantity * price
        protection = self._protections.get(position.symbol)
        return Holding(
            instrument=self._instruments[position.symbol],
            quantity=position.quantity,
            average_cost=position.average_cost,
            price=price,
            price_age=self._quotes.age(position.symbol),
            value=value,
            weight=None if value is None or not equity else value / equity,
            gain=None if value is None or not position.cost else value / position.cost - 1,
            unrealized=None if value is None else value - position.cost,
            realized=position.realized_pnl,
            stop=protection.stop if protection else None,
            target=protection.target if protection else None,
        )

"""What the book holds less what orders on their way have reserved."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from trading.domain.market import Quote
from trading.domain.money import ZERO
from trading.domain.order import Order, Side
from trading.portfolio.book import Book


class Prices(Protocol):
    def latest(self, symbol: str) -> Quote | None: ...


class Account:
    """The book with reservations. Equity is valued at the middle of bid and ask."""

    def __init__(self, book: Book, prices: Prices) -> None:
        self.book = book
        self._prices = prices
        self._cash: dict[str, Decimal] = {}
        self._base: dict[str, tuple[str, Decimal]] = {}

    def free_cash(self) -> Decimal:
        return self.book.cash - sum(self._cash.values(), ZERO) if self._cash else self.book.cash

    def free_holding(self, symbol: str) -> Decimal:
        held = self.book.position(symbol).quantity
        return held - sum((q for s, q in self._base.values() if s == symbol), ZERO) if self._base else held

    def equity(self) -> Decimal | None:
        """None while a held symbol has no price."""
        return self.book.equity(self.price)

    def price(self, symbol: str) -> Decimal | None:
        quote = self._prices.latest(symbol)
        return None if quote is None else quote.mid

    def reserve(self, order: Order, cost: Decimal) -> None:
        """Set aside what `order` will take: `cost` of cash for a buy, its quantity for a sale."""
        if order.side is Side.BUY:
            self._cash[order.client_order_id] = cost
        else:
            self._base[order.client_order_id] = (order.symbol, order.intent.quantity)

    def release(self, order: Order) -> None:
        self._cash.pop(order.client_order_id, None)
        self._base.pop(order.client_order_id, None)

"""What the book holds less what orders on their way have reserved."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from trading.domain.market import Quote, base_of
from trading.domain.money import ZERO
from trading.domain.order import FINAL, Order, Side
from trading.portfolio.book import Book


class Prices(Protocol):
    def latest(self, symbol: str) -> Quote | None: ...


class Account:
    """The book with reservations. Equity is valued at the middle of bid and ask."""

    def __init__(self, book: Book, prices: Prices) -> None:
        self.book = book
        self._prices = prices
        self._cash: dict[str, Decimal] = {}
        self._unit_cost: dict[str, Decimal] = {}
        self._base: dict[str, tuple[str, Decimal]] = {}
        self._outside: Mapping[str, Decimal] = {}

    def hold_outside(self, held: Mapping[str, Decimal]) -> None:
        """Amounts by currency that orders which are not ours keep back at the venue."""
        self._outside = held

    def free_cash(self) -> Decimal:
        free = self.book.cash - self._outside.get(self.book.quote, ZERO)
        return free - sum(self._cash.values(), ZERO) if self._cash else free

    def free_holding(self, symbol: str) -> Decimal:
        held = self.book.position(symbol).quantity
        if self._outside:
            held -= self._outside.get(base_of(symbol), ZERO)
        return held - sum((q for s, q in self._base.values() if s == symbol), ZERO) if self._base else held

    def held_outside(self, symbol: str) -> Decimal:
        """What of the holding orders that are not ours keep back."""
        return self._outside.get(base_of(symbol), ZERO)

    def equity(self) -> Decimal | None:
        """None while a held symbol has no price."""
        return self.book.equity(self.price)

    def price(self, symbol: str) -> Decimal | None:
        quote = self._prices.latest(symbol)
        return None if quote is None else quote.mid

    def reserve(self, order: Order, cost: Decimal) -> None:
        """Set aside what the rest of `order` will take: `cost` of cash for a buy, its quantity for a sale.

        What buys a short position back sets that aside too, so that nothing is bought back twice.
        """
        if order.side is Side.BUY:
            self._cash[order.client_order_id] = cost
            self._unit_cost[order.client_order_id] = cost / order.remaining if order.remaining else ZERO
        if order.side is Side.SELL or order.intent.covers:
            self._base[order.client_order_id] = (order.symbol, _leaves(order))

    def follow(self, order: Order) -> None:
        """What is filled is in the book now: only the rest stays set aside, and nothing once `order` is final."""
        id_ = order.client_order_id
        if order.status in FINAL:
            self.release(order)
            return
        if id_ in self._cash:
            self._cash[id_] = self._unit_cost[id_] * order.remaining
        if id_ in self._base:
            self._base[id_] = (order.symbol, _leaves(order))

    def release(self, order: Order) -> None:
        self._cash.pop(order.client_order_id, None)
        self._unit_cost.pop(order.client_order_id, None)
        self._base.pop(order.client_order_id, None)


def _leaves(order: Order) -> Decimal:
    """What the rest of `order` takes from the holding: negative where it buys a short position back."""
    return order.remaining if order.side is Side.SELL else -order.remaining

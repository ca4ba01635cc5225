"""A paper venue with one pair, a quote and a purse, and orders to send to it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from trading.clock import SimulatedClock
from trading.domain.market import Instrument, Quote
from trading.domain.order import Order, OrderIntent, OrderStatus, OrderType, Side, Source
from trading.exchange.margin import MarginTerms
from trading.exchange.paper import PaperVenue
from trading.exchange.ports import FeeRates
from trading.market.quotes import QuoteCache

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
RULES = Instrument("BTC/USD", "BTC", "USD", Decimal("0.1"), Decimal("0.0001"), Decimal("0.001"), Decimal(5))
FEES = FeeRates(maker=Decimal("0.0025"), taker=Decimal("0.004"))


class PaperDesk:
    """BTC/USD at 99.9 / 100.1 with 1000 USD and 2 BTC to spend."""

    def __init__(
        self, *, priced: bool = True, slippage: Decimal = Decimal("0.0005"), margin: MarginTerms | None = None
    ) -> None:
        self.clock = clock = SimulatedClock(NOW)
        self.held = {"USD": Decimal(1000), "BTC": Decimal(2)}
        self.cache = QuoteCache(clock)
        self.venue = PaperVenue(
            self.cache,
            clock,
            {"BTC/USD": RULES},
            fee=FEES,
            slippage=slippage,
            free=self.held.__getitem__,
            margin=margin,
        )
        if priced:
            self.cache.put("BTC/USD", quote(100))


def quote(level: int | Decimal) -> Quote:
    """A quote a dime to either side of `level`."""
    return Quote(level - Decimal("0.1"), level + Decimal("0.1"), Decimal(level), NOW)


def market(name: str, side: Side, quantity: str) -> Order:
    return _order(name, side, quantity, OrderType.MARKET, None)


def limit(name: str, side: Side, quantity: str, price: str) -> Order:
    return _order(name, side, quantity, OrderType.LIMIT, Decimal(price))


def _order(name: str, side: Side, quantity: str, type_: OrderType, price: Decimal | None) -> Order:
    intent = OrderIntent(name, "batch", RULES, side, Decimal(quantity), type_, Source.MANUAL, "asked", price)
    return Order(name, intent, OrderStatus.SUBMITTED, NOW, NOW)

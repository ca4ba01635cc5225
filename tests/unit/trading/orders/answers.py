"""What a venue may answer to an order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from trading.domain.money import Money
from trading.domain.order import Fill, Order, OrderStatus
from trading.errors import OutcomeUnknown, Retryable
from trading.exchange.ports import VenueOrder

FEE = Decimal("0.004")
Answer = Callable[[Order], Awaitable[VenueOrder]]


def fill_of(order: Order, quantity: str, price: str = "100", name: str = "t1") -> Fill:
    fee = Money(Decimal(quantity) * Decimal(price) * FEE, "USD")
    at = datetime(2025, 3, 3, 12, tzinfo=UTC)
    return Fill(name, order.client_order_id, order.symbol, order.side, Decimal(price), Decimal(quantity), fee, at)


def told(order: Order, status: OrderStatus, *fills: Fill, detail: str = "") -> VenueOrder:
    return VenueOrder(order.client_order_id, f"venue-{order.client_order_id}", status, fills, detail)


async def silence(order: Order) -> VenueOrder:
    """The reply is lost."""
    raise OutcomeUnknown("the connection broke after the order left")


async def unreachable(order: Order) -> VenueOrder:
    """Nothing leaves this machine."""
    raise Retryable("the exchange cannot be reached")


async def refuses(order: Order) -> VenueOrder:
    return replace(told(order, OrderStatus.REJECTED, detail="busy"), venue_order_id=None)


async def accepts(order: Order) -> VenueOrder:
    """It is taken and has not filled yet."""
    return told(order, OrderStatus.ACCEPTED)

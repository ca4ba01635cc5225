"""A venue behind a gate: the last look before the network, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from trading.domain.order import Order, OrderIntent
from trading.domain.risk import Refused
from trading.errors import Retryable
from trading.exchange.ports import OrderVenue, VenueOrder

Gate = Callable[[OrderIntent], Refused | None]
"""Why an order must not be sent; None lets it pass. Reads memory."""


class GatedVenue:
    """`OrderVenue` that passes on to `venue` what `gate` lets through. Reviews may be gone around; this may not."""

    def __init__(self, venue: OrderVenue, gate: Gate) -> None:
        self._venue = venue
        self._gate = gate

    @property
    def visibility(self) -> timedelta:
        return self._venue.visibility

    async def place_order(self, order: Order) -> VenueOrder:
        """Raises Retryable, with the gate's sentence, for what it holds back: then nothing was sent."""
        refused = self._gate(order.intent)
        if refused is not None:
            raise Retryable(refused.detail)
        return await self._venue.place_order(order)

    async def check_order(self, order: Order) -> str:
        return await self._venue.check_order(order)

    async def find_order(self, order: Order) -> VenueOrder | None:
        return await self._venue.find_order(order)

    async def cancel_order(self, order: Order) -> VenueOrder | None:
        return await self._venue.cancel_order(order)

"""The lab's exchange as the program sees it: the ports `OrderVenue`, `AccountData` and `ReconcileData`.

It raises what the real adapter raises. Each call crosses the crash boundaries; a request that is on its way when the
program dies may still arrive.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.faults.lab.account import LabAccount
from tests.faults.lab.crash import Boundaries, Crash
from tests.faults.lab.exchange import Exchange, RefusedOrder
from tests.faults.lab.records import Ticket
from tests.faults.lab.weather import ARRIVES, WAITS, Mishap, Weather
from trading.clock import Clock
from trading.domain.order import Fill, Order, OrderStatus
from trading.errors import NeedsOperator, OutcomeUnknown, Retryable
from trading.exchange.ports import VenueOrder

DEADLINE = 10.0
"""Seconds after sending at which the venue refuses an order."""
PATIENCE = 10.0
"""Seconds the program waits for an answer."""
LONGEST_LAG = 120.0
VISIBILITY = timedelta(seconds=DEADLINE + LONGEST_LAG + 30)


class LabVenue(LabAccount):
    """One life's connection to the exchange."""

    visibility = VISIBILITY

    def __init__(
        self,
        exchange: Exchange,
        clock: Clock,
        chance: random.Random,
        weather: Weather,
        boundaries: Boundaries,
    ) -> None:
        super().__init__(exchange, clock, chance, weather)
        self._boundaries = boundaries

    async def place_order(self, order: Order) -> VenueOrder:
        """ACCEPTED or REJECTED. Raises Retryable when nothing was sent, OutcomeUnknown for all else."""
        self._boundaries.cross("before sending")
        mishap = self._weather.at_placing(self._chance, self._clock.now())
        if mishap is Mishap.NOT_SENT:
            raise Retryable("The venue could not be reached, so nothing was sent.")
        self._send(order)
        answer = self._arrive(order, mishap)
        self._boundaries.cross("after arrival")
        await self._clock.sleep(PATIENCE if mishap in WAITS else self._chance.uniform(0.05, 0.5))
        self._boundaries.cross("after the answer")
        if mishap in (Mishap.NONE, Mishap.REFUSED) and answer is not None:
            return answer
        raise OutcomeUnknown(f"{mishap.value}; the order may or may not exist.")

    async def check_order(self, order: Order) -> str:
        """Nothing to object."""
        return ""

    async def find_order(self, order: Order) -> VenueOrder | None:
        """What questions can see of `order`. Raises Retryable, NeedsOperator."""
        await self._ask()
        self._boundaries.cross("asking")
        now = self._clock.now()
        found = [t for t in self._exchange.tickets if t.client_id == order.client_order_id and _shown(t, now)]
        if len(found) > 1:
            raise NeedsOperator(f"The venue shows {len(found)} orders under our id {order.client_order_id}.")
        if not found and order.venue_order_id:
            raise Retryable(f"The venue took the order as {order.venue_order_id} but does not show it.")
        return _told(order, found[0], now) if found else None

    async def cancel_order(self, order: Order) -> VenueOrder | None:
        """Cancel our own order. Raises Retryable, OutcomeUnknown."""
        self._boundaries.cross("before cancelling")
        mishap = self._weather.at_cancelling(self._chance, self._clock.now())
        if mishap is Mishap.NOT_SENT:
            raise Retryable("The cancellation was not taken.")
        self._exchange.settle()
        if mishap in ARRIVES:
            for ticket in self._meant(order):
                ticket.cancels += 1
                self._exchange.cancel(ticket, self._clock.now())
        self._boundaries.cross("after cancelling")
        if mishap is not Mishap.NONE:
            raise OutcomeUnknown("The cancellation may or may not have been taken.")
        return await self.find_order(order)

    def _meant(self, order: Order) -> list[Ticket]:
        if order.venue_order_id:
            return [t for t in self._exchange.tickets if t.venue_id == order.venue_order_id]
        return [t for t in self._exchange.tickets if t.client_id == order.client_order_id]

    def _send(self, order: Order) -> None:
        """A program that dies while its request is on the way does not stop the request."""
        try:
            self._boundaries.cross("on the way")
        except Crash:
            if self._chance.random() < 0.7:
                self._arrive_later(order, self._chance.uniform(0, DEADLINE))
            raise

    def _arrive(self, order: Order, mishap: Mishap) -> VenueOrder | None:
        if mishap is Mishap.REFUSED:
            return _rejected(order, "EOrder:Post only order")
        if mishap in ARRIVES:
            self._exchange.settle()
            return self._place(order, self._clock.now())
        if mishap is Mishap.LATE:
            self._arrive_later(order, self._chance.uniform(0, DEADLINE))
        return None

    def _arrive_later(self, order: Order, seconds: float) -> None:
        self._exchange.later(seconds, lambda at: self._place_silently(order, at))

    def _place_silently(self, order: Order, at: datetime) -> None:
        self._place(order, at)

    def _place(self, order: Order, at: datetime) -> VenueOrder | None:
        intent = order.intent
        try:
            ticket = self._exchange.place(
                order.client_order_id,
                intent.instrument,
                intent.side,
                intent.type,
                intent.quantity,
                intent.limit_price,
                at,
            )
        except RefusedOrder as refused:
            # An order with this id may be open: no refusal, but a doubt.
            return None if "cl_ord_id" in str(refused) else _rejected(order, str(refused))
        return VenueOrder(order.client_order_id, ticket.venue_id, OrderStatus.ACCEPTED)


def _shown(ticket: Ticket, now: datetime) -> bool:
    return ticket.opened_at + timedelta(seconds=ticket.lag) <= now


def _told(order: Order, ticket: Ticket, now: datetime) -> VenueOrder:
    behind = now - timedelta(seconds=ticket.lag)
    fills = tuple(_fills(order, ticket, behind))
    if ticket.closed_at is not None and ticket.closed_at <= behind:
        return VenueOrder(order.client_order_id, ticket.venue_id, ticket.status, fills, ticket.detail)
    status = OrderStatus.PARTIALLY_FILLED if fills else OrderStatus.ACCEPTED
    return VenueOrder(order.client_order_id, ticket.venue_id, status, fills)


def _fills(order: Order, ticket: Ticket, until: datetime) -> Sequence[Fill]:
    return [
        Fill(
            trade_id=done.trade_id,
            client_order_id=order.client_order_id,
            symbol=ticket.instrument.symbol,
            side=ticket.side,
            price=done.price,
            quantity=done.quantity,
            fee=done.fee,
            at=done.at,
        )
        for done in ticket.executions
        if done.at <= until
    ]


def _rejected(order: Order, why: str) -> VenueOrder:
    return VenueOrder(order.client_order_id, None, OrderStatus.REJECTED, (), f"The venue refused the order: {why}.")

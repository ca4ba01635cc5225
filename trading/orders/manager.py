"""Carries single orders to the venue, and what it says about them to the books. The only caller of an `OrderVenue`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from trading.clock import Clock
from trading.domain.market import Quote
from trading.domain.money import ZERO, round_down
from trading.domain.order import Order, OrderStatus, Side
from trading.errors import OutcomeUnknown, Retryable
from trading.exchange.ports import OrderVenue, PriceSource, VenueOrder
from trading.market.fees import FeeTable
from trading.orders.account import Account
from trading.orders.bookkeeper import Bookkeeper
from trading.risk.limits import Limits
from trading.store.port import Store


class OrderManager:
    """Sends committed orders, asks for them, and books what came of them, each fill once."""

    def __init__(
        self,
        store: Store,
        venue: OrderVenue,
        account: Account,
        books: Bookkeeper,
        prices: PriceSource,
        limits: Limits,
        fees: FeeTable,
        clock: Clock,
    ) -> None:
        self._store = store
        self._venue = venue
        self._account = account
        self._books = books
        self._prices = prices
        self._limits = limits
        self._fees = fees
        self._clock = clock

    def reserve(self, orders: Iterable[Order]) -> None:
        """Set aside what these orders will take, sells' proceeds not counted."""
        for order in orders:
            self._account.reserve(order, self._cost(order))

    def release(self, orders: Iterable[Order]) -> None:
        """Give back what was set aside for orders that will not be sent."""
        for order in orders:
            self._account.release(order)

    @property
    def visibility(self) -> timedelta:
        """How long an order that was sent may still arrive at the venue or stay invisible there."""
        return self._venue.visibility

    async def place(self, order: Order) -> Order:
        """Send one INTENDED, reserved order: SUBMITTED is kept before the venue hears of it.

        Returns it as the venue took it, UNKNOWN where nobody can tell, or CANCELED where the cash that was left
        does not cover it.
        """
        sized = self._affordable(order)
        if sized is None:
            return await self.settle(order, OrderStatus.CANCELED, "The cash that was left does not cover it.")
        submitted = replace(sized, status=OrderStatus.SUBMITTED, updated_at=self._clock.now())
        async with self._store.transaction() as tx:
            await tx.update_order(submitted, expected=OrderStatus.INTENDED)
        try:
            seen = await self._venue.place_order(submitted)
        except OutcomeUnknown as error:
            return await self.settle(submitted, OrderStatus.UNKNOWN, str(error))
        except Retryable as error:
            return await self.settle(submitted, OrderStatus.REJECTED, str(error))
        return await self.apply(submitted, seen)

    async def apply(self, order: Order, seen: VenueOrder) -> Order:
        """Book what the venue says about `order`, and set aside what its rest will take."""
        return await self._books.record(order, seen)

    async def settle(self, order: Order, status: OrderStatus, detail: str) -> Order:
        """Close `order` without a further word from the venue."""
        return await self.apply(order, VenueOrder(order.client_order_id, order.venue_order_id, status, (), detail))

    async def find(self, order: Order) -> VenueOrder | None:
        """What the venue knows of `order`; None when it shows none now. Raises Retryable, NeedsOperator."""
        return await self._venue.find_order(order)

    async def cancel(self, order: Order) -> VenueOrder | None:
        """Have the venue cancel `order`, and what became of it; None where it shows none now.

        Raises Retryable, NeedsOperator, OutcomeUnknown.
        """
        return await self._venue.cancel_order(order)

    async def withdraw(self, order: Order, detail: str) -> Order:
        """Close `order` unless it has been sent. Returns it as it is then: only a CANCELED one was never sent."""
        return await self._books.withdraw(order, detail)

    async def check(self, order: Order) -> str:
        """Why the venue would refuse `order`, or "" where it would not. Places nothing. Raises Retryable."""
        return await self._venue.check_order(order)

    def _affordable(self, order: Order) -> Order | None:
        """`order` cut down to the free cash; itself when that suffices; None when nothing legal is left."""
        quote = self._prices.latest(order.symbol)
        if order.side is Side.SELL or quote is None:
            return order
        rules = order.intent.instrument
        # Its own reservation is its own to spend.
        self._account.release(order)
        most = round_down(self._account.free_cash() / self._worst(order, quote), rules.lot_step)
        quantity = min(order.intent.quantity, most)
        sized = order if quantity == order.intent.quantity else _cut(order, quantity)
        if quantity < rules.min_quantity or quantity * quote.ask < rules.min_notional:
            return None
        self._account.reserve(sized, self._cost(sized, quote))
        return sized

    def _cost(self, order: Order, quote: Quote | None = None) -> Decimal:
        quote = quote or self._prices.latest(order.symbol)
        if quote is None:
            # Nobody can say what it takes, so it may take everything.
            return max(self._account.free_cash(), ZERO)
        return order.remaining * self._worst(order, quote)

    def _worst(self, order: Order, quote: Quote) -> Decimal:
        """What one unit of base costs a buyer at most."""
        return self._limits.cost_of_buying(order.intent.instrument, quote.ask, self._fees.taker(order.symbol))


def _cut(order: Order, quantity: Decimal) -> Order:
    """`order` for less, saying so."""
    detail = f"Cut from {order.intent.quantity} to {quantity} {order.intent.instrument.base}: the cash covers no more."
    return replace(order, intent=replace(order.intent, quantity=quantity), detail=detail)

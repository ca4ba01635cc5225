"""Carries orders to the venue and their fills into the books. The only caller of an `OrderVenue`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from trading.clock import Clock
from trading.domain.event import BatchCompleted
from trading.domain.market import Quote
from trading.domain.money import ZERO, round_down, round_up
from trading.domain.order import FINAL, MOVES, Fill, Order, OrderStatus, Side
from trading.domain.portfolio import Protection
from trading.errors import OutcomeUnknown, Retryable
from trading.exchange.ports import OrderVenue, PriceSource, VenueOrder
from trading.orders.account import Account
from trading.orders.protections import Protections
from trading.portfolio.book import Checkpoint
from trading.portfolio.ledger import fill_postings
from trading.risk.limits import Limits
from trading.store.port import Store, Transaction

Kept = tuple[Checkpoint, tuple[Protection, ...]]
"""Book and exit levels as they were before a transaction."""


class OrderManager:
    """Executes committed orders one after the other and books what came of them."""

    def __init__(
        self,
        store: Store,
        venue: OrderVenue,
        account: Account,
        protections: Protections,
        prices: PriceSource,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._store = store
        self._venue = venue
        self._account = account
        self._protections = protections
        self._prices = prices
        self._limits = limits
        self._clock = clock

    def reserve(self, orders: Iterable[Order]) -> None:
        """Set aside what these orders will take, sells' proceeds not counted."""
        for order in orders:
            self._account.reserve(order, self._cost(order))

    def release(self, orders: Iterable[Order]) -> None:
        """Give back what was set aside for orders that will not be sent."""
        for order in orders:
            self._account.release(order)

    async def execute(self, orders: Sequence[Order]) -> tuple[Order, ...]:
        """Send sells, then buys from what the sells really brought. Orders are INTENDED and reserved."""
        sells = [order for order in orders if order.side is Side.SELL]
        buys = [order for order in orders if order.side is Side.BUY]
        return tuple([await self._send(order) for order in sells + buys])

    async def apply(self, order: Order, seen: VenueOrder) -> Order:
        """Book what the venue says about `order`; known fills are skipped. Returns the order as it is now."""
        kept: Kept | None = None
        after = order
        try:
            async with self._store.transaction() as tx:
                kept = self._account.book.checkpoint(), self._protections.checkpoint()
                after = await self._book(tx, order, seen)
        except BaseException as error:
            # A cancellation that arrives during the commit is raised after it: then everything is kept.
            committed = after is not order and isinstance(error, asyncio.CancelledError)
            if committed:
                self._release_final(after)
            elif kept:
                self._account.book.restore(kept[0])
                self._protections.load(kept[1])
            raise
        self._release_final(after)
        return after

    async def settle(self, order: Order, status: OrderStatus, detail: str) -> Order:
        """Close `order` without a further word from the venue."""
        return await self.apply(order, VenueOrder(order.client_order_id, order.venue_order_id, status, (), detail))

    async def find(self, order: Order) -> VenueOrder | None:
        """What the venue knows of `order`. Raises Retryable."""
        return await self._venue.find_order(order)

    async def _send(self, order: Order) -> Order:
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

    def _release_final(self, order: Order) -> None:
        if order.status in FINAL:
            self._account.release(order)

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
        sized = (
            replace(order, intent=replace(order.intent, quantity=quantity))
            if quantity < order.intent.quantity
            else order
        )
        if quantity < rules.min_quantity or quantity * quote.ask < rules.min_notional:
            return None
        self._account.reserve(sized, self._cost(sized, quote))
        return sized

    def _cost(self, order: Order, quote: Quote | None = None) -> Decimal:
        quote = quote or self._prices.latest(order.symbol)
        return ZERO if quote is None else order.intent.quantity * self._worst(order, quote)

    def _worst(self, order: Order, quote: Quote) -> Decimal:
        """What one unit of base costs a buyer at most: slippage, the venue's next price step, and the fee."""
        price = round_up(quote.ask * (1 + self._limits.slippage), order.intent.instrument.price_tick)
        return price * (1 + self._limits.fee_rate)

    async def _book(self, tx: Transaction, order: Order, seen: VenueOrder) -> Order:
        after = order
        for fill in seen.fills:
            after = await self._book_fill(tx, after, fill)
        status = seen.status if seen.status in MOVES[order.status] else order.status
        after = replace(
            after,
            status=status,
            updated_at=self._clock.now(),
            venue_order_id=seen.venue_order_id or order.venue_order_id,
            detail=seen.detail or order.detail,
        )
        await tx.update_order(after, expected=order.status)
        if status in FINAL:
            await self._complete(tx, after)
        return after

    async def _book_fill(self, tx: Transaction, order: Order, fill: Fill) -> Order:
        book, instrument = self._account.book, order.intent.instrument
        fill = replace(fill, realized=book.realized_by(fill)) if fill.side is Side.SELL else fill
        if not await tx.add_fill(fill):
            return order
        await tx.add_postings(fill_postings(fill, instrument))
        book.apply_fill(fill)
        await self._protections.after_fill(tx, fill, book.position(fill.symbol), instrument)
        filled = order.filled_quantity + fill.quantity
        value = (order.average_price or ZERO) * order.filled_quantity + fill.notional
        return replace(order, filled_quantity=filled, average_price=value / filled, fee=order.fee + fill.fee.amount)

    async def _complete(self, tx: Transaction, order: Order) -> None:
        batch_id = order.intent.batch_id
        if all(other.status in FINAL for other in await tx.orders_of_batch(batch_id)):
            await tx.append(BatchCompleted(self._clock.now(), batch_id))

"""Takes facts into the books: what the venue says about an order, the owner's own trades, money from outside.

Each fact is written with its postings and its journal entry in one transaction, once, and the book in memory goes
back to where it was when that transaction is not kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

from trading.clock import Clock
from trading.domain.event import BatchCompleted, Event, OrderInDoubt, OrderSettled
from trading.domain.market import Instrument
from trading.domain.money import ZERO, Money
from trading.domain.order import FINAL, MOVES, Batch, Fill, Order, OrderStatus
from trading.domain.portfolio import CashFlow
from trading.exchange.ports import VenueOrder
from trading.orders.account import Account
from trading.orders.protections import Protections
from trading.portfolio.equity import EquityCurve
from trading.portfolio.ledger import fill_postings, flow_postings
from trading.store.port import Claim, Store, Transaction, unclaimed


class Bookkeeper:
    """The only writer of book and ledger."""

    def __init__(
        self, store: Store, account: Account, protections: Protections, curve: EquityCurve, clock: Clock
    ) -> None:
        self._store = store
        self._account = account
        self._protections = protections
        self._curve = curve
        self._clock = clock
        self.fills = 0
        """How many executions were booked since the program started."""

    async def record(self, order: Order, seen: VenueOrder) -> Order:
        """Book what the venue says about `order`; known fills are skipped. Returns the order as it is now.

        What the store holds counts, not `order`: somebody else may have booked something meanwhile.
        """
        after = order
        try:
            async with self._writing() as tx:
                after = await self._record(tx, order, seen)
        except asyncio.CancelledError:
            # A cancellation that arrives during the commit is raised after it: then everything is kept.
            self._account.follow(after)
            raise
        self._account.follow(after)
        return after

    async def withdraw(self, order: Order, detail: str) -> Order:
        """Close an order that was never sent; one that was sent, or has ended, is returned as it is."""
        async with self._writing() as tx:
            before = await tx.order(order.client_order_id) or order
            if before.status is not OrderStatus.INTENDED:
                return before
            after = replace(before, status=OrderStatus.CANCELED, updated_at=self._clock.now(), detail=detail)
            await tx.update_order(after, expected=OrderStatus.INTENDED)
            await self._tell(tx, before, after)
        self._account.follow(after)
        return after

    async def record_external(self, batch: Batch, order: Order, fill: Fill, told: Event) -> bool:
        """Book an execution of the owner's own order, entered as `order` under `batch`; False when it is known.

        It moves the position but sets no exit levels: what the owner bought by hand is not sold by a stop that he
        never asked for. Raises NeedsOperator when more was sold than the books hold.
        """
        async with self._writing() as tx:
            known = await tx.order(order.client_order_id)
            if known is None:
                await tx.add_batch(batch)
                await tx.add_orders([order])
            before = known or order
            after = await self._book_fill(tx, before, fill)
            if after is before:
                return False
            await tx.update_order(replace(after, updated_at=self._clock.now()), expected=before.status)
            await tx.append(told)
            return True

    async def record_flow(self, flow: CashFlow, told: Event, claim: Claim = unclaimed) -> None:
        """Book money from outside unless it is known. `claim` joins the transaction. Raises NeedsOperator."""
        async with self._writing() as tx:
            if await self._book_flow(tx, flow):
                await self._drop_levels_of_what_is_gone(tx)
                await tx.append(told)
            # After the books took it: what `claim` changes in memory would not be undone.
            await claim(tx)
            point = await self._curve.sample_in(tx)
        if point is not None:
            self._curve.keep(point)

    async def record_quietly(self, flow: CashFlow) -> None:
        """Book what is too small to be told."""
        async with self._writing() as tx:
            await self._book_flow(tx, flow)

    async def open_books(self, flows: Sequence[CashFlow], claim: Claim) -> None:
        """Book what the portfolio begins with."""
        async with self._writing() as tx:
            await claim(tx)
            for flow in flows:
                await self._book_flow(tx, flow)
            point = await self._curve.sample_in(tx)
        if point is not None:
            self._curve.keep(point)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Transaction]:
        """One transaction; what it changed in memory is undone unless it was committed."""
        kept = None
        leaving = False
        try:
            async with self._store.transaction() as tx:
                kept = self._account.book.checkpoint(), self._protections.checkpoint(), self._curve.pending
                yield tx
                leaving = True
        except BaseException as error:
            committed = leaving and isinstance(error, asyncio.CancelledError)
            if kept and not committed:
                self._account.book.restore(kept[0])
                self._protections.load(kept[1])
                self._curve.pending = kept[2]
            raise

    async def _book_flow(self, tx: Transaction, flow: CashFlow) -> bool:
        if not await tx.add_cash_flow(flow):
            return False
        await tx.add_postings(flow_postings(flow))
        self._account.book.apply_flow(flow)
        self._curve.note_flow(flow.worth)
        return True

    async def _record(self, tx: Transaction, order: Order, seen: VenueOrder) -> Order:
        before = await tx.order(order.client_order_id) or order
        after = before
        for fill in seen.fills:
            after = await self._book_fill(tx, after, fill)
        status = seen.status if seen.status in MOVES[before.status] else before.status
        venue_order_id = seen.venue_order_id or before.venue_order_id
        if (status, venue_order_id, after) == (before.status, before.venue_order_id, before):
            return before
        now, detail = self._clock.now(), seen.detail or before.detail
        after = replace(after, status=status, updated_at=now, venue_order_id=venue_order_id, detail=detail)
        await tx.update_order(after, expected=before.status)
        await self._tell(tx, before, after)
        return after

    async def _book_fill(self, tx: Transaction, order: Order, fill: Fill) -> Order:
        """`order` with `fill` in it; `order` itself when the fill is known."""
        book, instrument = self._account.book, order.intent.instrument
        fill = self._with_what_we_know(order, fill)
        if not await tx.add_fill(fill):
            return order
        await tx.add_postings(fill_postings(fill, instrument))
        book.apply_fill(fill)
        self.fills += 1
        await self._protect(tx, order, fill, instrument)
        filled = order.filled_quantity + fill.quantity
        value = (order.average_price or ZERO) * order.filled_quantity + fill.notional
        return replace(order, filled_quantity=filled, average_price=value / filled, fee=order.fee + fill.fee_worth)

    def _with_what_we_know(self, order: Order, fill: Fill) -> Fill:
        """`fill` with its fee's worth, and the profit that it books."""
        worth, margin = self._worth(fill.fee), order.intent.margin
        if worth is not None or margin:
            fill = replace(fill, fee_value=worth, margin=margin)
        realized = self._account.book.realized_by(fill)
        return replace(fill, realized=realized) if realized else fill

    def _worth(self, fee: Money) -> Decimal | None:
        """A fee's worth in quote now; None where it is in quote already."""
        quote = self._account.book.quote
        if fee.currency == quote:
            return None
        return fee.amount * (self._account.price(f"{fee.currency}/{quote}") or ZERO)

    async def _protect(self, tx: Transaction, order: Order, fill: Fill, instrument: Instrument) -> None:
        position = self._account.book.position(fill.symbol)
        if not order.intent.is_external:
            await self._protections.after_fill(tx, fill, position, instrument)
        elif not position.quantity:
            await self._protections.drop(tx, fill.symbol)

    async def _drop_levels_of_what_is_gone(self, tx: Transaction) -> None:
        for symbol in self._protections.symbols():
            if not self._account.book.position(symbol).quantity:
                await self._protections.drop(tx, symbol)

    async def _tell(self, tx: Transaction, before: Order, after: Order) -> None:
        now = self._clock.now()
        if before.status is not OrderStatus.UNKNOWN and after.status is OrderStatus.UNKNOWN:
            await tx.append(OrderInDoubt(now, after.client_order_id, after.detail))
        cleared = before.status is OrderStatus.UNKNOWN and after.status is not OrderStatus.UNKNOWN
        late_fill = before.status in FINAL and after.filled_quantity != before.filled_quantity
        if cleared or late_fill:
            await tx.append(OrderSettled(now, after.client_order_id))
        if after.status in FINAL and after.status is not before.status:
            await self._complete(tx, after)

    async def _complete(self, tx: Transaction, order: Order) -> None:
        batch_id = order.intent.batch_id
        if all(other.status in FINAL for other in await tx.orders_of_batch(batch_id)):
            await tx.append(BatchCompleted(self._clock.now(), batch_id))

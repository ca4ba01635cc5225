"""Takes what is new on an account into the books: late fills of ours, the owner's trades, money that came or went."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import structlog

from trading.domain.order import FINAL, Order
from trading.errors import NeedsOperator
from trading.exchange.ports import LedgerEntry
from trading.orders.account_reading import AccountReading
from trading.orders.external_activity import ExternalActivity
from trading.orders.manager import OrderManager
from trading.orders.settlement import Settlement
from trading.store.port import Store

log = structlog.get_logger(__name__)


class AccountBooking:
    """Sorts one reading into ours and the owner's. Orders that are not ours are only ever booked."""

    def __init__(self, store: Store, manager: OrderManager, settlement: Settlement, external: ExternalActivity) -> None:
        self._store = store
        self._manager = manager
        self._settlement = settlement
        self._external = external

    async def our_orders(self, reading: AccountReading) -> Mapping[str, Order]:
        """Those of the reading's orders that this program placed, by client order id."""
        async with self._store.reading() as read:
            found = await read.orders_by_id(sorted(reading.client_ids()))
        return {order.client_order_id: order for order in found}

    async def book(self, reading: AccountReading, ours: Mapping[str, Order]) -> frozenset[str]:
        """Book what is new; returns the ids of trades and entries that the books cannot take. Raises Retryable."""
        misfits: set[str] = set()
        for client_id in dict.fromkeys(reading.owner_of(trade) or "" for trade in reading.trades):
            if client_id in ours and not await self._book_ours(ours[client_id]):
                misfits |= {trade.trade_id for trade in reading.trades if reading.owner_of(trade) == client_id}
        for trade in reading.trades:
            owner = reading.owner_of(trade)
            external = owner is not None and owner not in ours and self._external.is_traded_here(trade.symbol)
            if external and not await self._external.book_trade(trade):
                misfits.add(trade.trade_id)
        for entry in reading.entries:
            is_flow = reading.is_settled(entry) and not self._is_of_a_fill(entry, reading, ours)
            if is_flow and not await self._external.book_entry(entry):
                misfits.add(entry.id)
        return frozenset(misfits)

    def _is_of_a_fill(self, entry: LedgerEntry, reading: AccountReading, ours: Mapping[str, Order]) -> bool:
        trade = reading.trade_of(entry)
        return trade is not None and (self._external.is_traded_here(trade.symbol) or reading.owner_of(trade) in ours)

    async def _book_ours(self, order: Order) -> bool:
        """False where the books cannot take what the venue says about an order of ours."""
        if order.status not in FINAL:
            self._settlement.look_soon(order)
            return True
        try:
            # A late fill of an order that we had taken for over.
            seen = await self._manager.find(order)
            if seen is not None:
                await self._manager.apply(order, seen)
        except NeedsOperator as error:
            log.warning("a late fill does not fit the books", order=order.client_order_id, why=str(error))
            return False
        return True

    async def unbooked(self, reading: AccountReading, misfits: Collection[str]) -> set[str]:
        """Pairs with trades that have not made it into the books and still may."""
        here = [trade for trade in reading.trades if self._external.is_traded_here(trade.symbol)]
        trades = [trade for trade in here if trade.trade_id not in misfits]
        if not trades:
            return set()
        async with self._store.reading() as read:
            booked = {fill.trade_id for fill in await read.fills(since=min(trade.at for trade in trades))}
        return {trade.symbol for trade in trades if trade.trade_id not in booked}

"""Orders and trades with their whole story."""

from __future__ import annotations

from collections.abc import Sequence

from trading.contract.books import OrderStory, TradeStory
from trading.contract.read_models import TradeView
from trading.domain.order import Fill, Order
from trading.orders.story import story
from trading.store.port import Store

MOST_FOUND = 20
SEARCHED = 500
"""How many of the newest orders are looked through for one coin's."""


class OrderViews:
    """Reads orders by id, by coin, or the newest."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self, symbol: str | None) -> Sequence[Order]:
        """Oldest first."""
        async with self._store.reading() as read:
            return [order for order in await read.open_orders() if symbol in (None, order.symbol)]

    async def recent(self, symbol: str | None, limit: int) -> Sequence[Order]:
        """Newest first."""
        async with self._store.reading() as read:
            newest = await read.newest_orders(limit if symbol is None else SEARCHED)
        return [order for order in reversed(newest) if symbol in (None, order.symbol)][:limit]

    async def find(self, prefix: str) -> Sequence[Order]:
        """Newest first."""
        async with self._store.reading() as read:
            return list(reversed(await read.orders_named(prefix, MOST_FOUND)))

    async def find_trades(self, prefix: str) -> Sequence[Fill]:
        """Newest first."""
        async with self._store.reading() as read:
            return list(reversed(await read.fills_named(prefix, MOST_FOUND)))

    async def story(self, client_order_id: str) -> OrderStory | None:
        async with self._store.reading() as read:
            order = await read.order(client_order_id)
            return await story(read, order) if order else None

    async def trade(self, trade_id: str) -> TradeStory | None:
        async with self._store.reading() as read:
            found = [fill for fill in await read.fills_named(trade_id, MOST_FOUND) if fill.trade_id == trade_id]
            order = await read.order(found[0].client_order_id) if found else None
            if order is None:
                return None
            whole = await story(read, order)
        return TradeStory(TradeView(found[0], order, whole.batch), whole)

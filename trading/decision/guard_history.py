"""What the guards have to know of the past, out of the books as they are at one instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from trading.domain.money import ZERO
from trading.domain.order import Fill, Order, Side, Source
from trading.domain.portfolio import EquityPoint
from trading.orders.account import Account
from trading.portfolio.equity_columns import EquityColumns
from trading.portfolio.local_calendar import LocalCalendar
from trading.portfolio.performance import drawdown_now
from trading.risk.guards import GuardHistory
from trading.store.port import Queries

MEMORY = timedelta(days=30)
"""How far back trades count: no pause and no holding time is longer."""

_WHOLE = Decimal("0.01")
"""A sale that leaves no more than this share of what was held ended the position: the rest is dust."""


async def guard_history(
    read: Queries,
    account: Account,
    at: datetime,
    zone: ZoneInfo,
    points: Sequence[EquityPoint],
    columns: EquityColumns | None = None,
) -> GuardHistory:
    """The guards' memory at `at`. `points` is the equity curve up to then, oldest first; `columns` remembers it."""
    fills = await read.fills(since=at - MEMORY, until=at + timedelta(microseconds=1))
    today = LocalCalendar(at.astimezone(zone), zone)
    since = today.start_of(today.today)
    rebalanced = await _rebalanced(read, [fill for fill in fills if fill.at >= since])
    # What waits for a press, or for the venue, is going to trade as well.
    waiting = [order for order in await read.open_orders() if _is_of_a_rebalance(order) and order.created_at >= since]
    return GuardHistory(
        bought={fill.symbol: fill.at for fill in fills if fill.side is Side.BUY},
        sold=_exits(fills, account),
        turnover=sum((*(f.notional for f in rebalanced), *(_outstanding(order, account) for order in waiting)), ZERO),
        orders=len({*(f.client_order_id for f in rebalanced), *(order.client_order_id for order in waiting)}),
        drawdown=drawdown_now(points, columns),
    )


async def _rebalanced(read: Queries, fills: Sequence[Fill]) -> list[Fill]:
    orders = await read.orders_by_id([*dict.fromkeys(fill.client_order_id for fill in fills)])
    ours = {order.client_order_id for order in orders if _is_of_a_rebalance(order)}
    return [fill for fill in fills if fill.client_order_id in ours]


def _is_of_a_rebalance(order: Order) -> bool:
    return order.intent.source is Source.REBALANCE


def _outstanding(order: Order, account: Account) -> Decimal:
    """What `order` may still trade, in quote, at the price of now."""
    return order.remaining * (account.price(order.symbol) or ZERO)


def _exits(fills: Sequence[Fill], account: Account) -> Mapping[str, datetime]:
    """When each coin was last sold whole, going back from what is held now."""
    held: dict[str, Decimal] = {}
    sold: dict[str, datetime] = {}
    for fill in reversed(fills):
        after = held.get(fill.symbol, account.book.position(fill.symbol).quantity)
        before = after - fill.quantity if fill.side is Side.BUY else after + fill.quantity
        if fill.side is Side.SELL and after <= before * _WHOLE:
            sold.setdefault(fill.symbol, fill.at)
        held[fill.symbol] = before
    return sold

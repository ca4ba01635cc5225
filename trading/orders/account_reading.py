"""One look at everything that happened on the account, sorted into ours, the owner's, and not to be told yet."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from trading.domain.money import ZERO
from trading.domain.order import Side
from trading.domain.portfolio import Balance
from trading.exchange.ledger_fees import with_ledger_fees
from trading.exchange.ports import AccountOrder, AccountTrade, LedgerEntry, LedgerKind, ReconcileData


@dataclass(frozen=True, slots=True)
class AccountReading:
    """What the venue told that is new, all pages. `orders` are open and closed ones by the venue's id.

    `until` is the venue's time of the newest entry in its ledger, in whatever currency.
    """

    holdings: Mapping[str, Balance]
    open_orders: Sequence[AccountOrder]
    orders: Mapping[str, AccountOrder]
    trades: Sequence[AccountTrade]
    entries: Sequence[LedgerEntry]
    until: datetime

    def client_ids(self) -> Collection[str]:
        """Every client order id on the account, as we write them."""
        return {id_ for order in self.orders.values() if (id_ := our_writing(order.client_order_id))}

    def owner_of(self, trade: AccountTrade) -> str | None:
        """The client order id of the trade's order, "" where it has none, None while its order is not shown."""
        order = self.orders.get(trade.venue_order_id)
        return None if order is None else our_writing(order.client_order_id)

    def trade_of(self, entry: LedgerEntry) -> AccountTrade | None:
        return next((trade for trade in self.trades if trade.trade_id == entry.reference), None)

    def is_settled(self, entry: LedgerEntry) -> bool:
        """Whether it can be told what `entry` belongs to."""
        return entry.kind is not LedgerKind.TRADE or self.trade_of(entry) is not None

    def is_complete(self, entry: LedgerEntry) -> bool:
        """Whether everything that belongs to `entry` is shown: a trade's order too."""
        trade = self.trade_of(entry)
        return self.is_settled(entry) and (trade is None or self.owner_of(trade) is not None)


async def read_account(
    account: ReconcileData, since: datetime, known: Collection[str], currencies: Collection[str]
) -> AccountReading:
    """Ask for everything in `currencies` since `since` that `known` (ids of trades and ledger entries) does not name.

    Trades and closed orders are asked for only where the ledger tells of trades that are not known: questions are
    rationed. Raises Retryable: whole or not at all.
    """
    ledger = await account.ledger(since)
    until = max((entry.at for entry in ledger), default=since)
    entries = [
        entry
        for entry in ledger
        if entry.money.currency in currencies and entry.id not in known and entry.reference not in known
    ]
    open_orders = await account.open_orders()
    news = any(entry.kind is LedgerKind.TRADE for entry in entries)
    trades = [t for t in await account.trades(since) if t.trade_id not in known] if news else []
    closed = await account.closed_orders(since) if news else []
    # Last, so that what happens meanwhile shows up as more than is explained, never as less: the next look tells.
    holdings = await account.holdings()
    orders = {order.venue_order_id: order for order in (*open_orders, *closed)}
    return AccountReading(holdings, open_orders, orders, with_ledger_fees(trades, entries), entries, until)


def held_back(orders: Sequence[AccountOrder]) -> dict[str, Decimal]:
    """By currency, what these open orders keep from being spent; fees left out."""
    held: dict[str, Decimal] = {}
    for order in orders:
        base, _, quote = order.symbol.partition("/")
        rest = order.quantity - order.filled_quantity
        currency, amount = (base, rest) if order.side is Side.SELL else (quote, rest * (order.limit_price or ZERO))
        held[currency] = held.get(currency, ZERO) + amount
    return held


def our_writing(client_order_id: str | None) -> str:
    """A client order id as we write it: venues may drop a UUID's dashes. Empty where there is none."""
    if not client_order_id:
        return ""
    try:
        return str(uuid.UUID(client_order_id))
    except ValueError:
        return client_order_id

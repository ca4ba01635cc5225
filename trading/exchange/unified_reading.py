"""ccxt's unified orders, trades and ledger entries as facts. LookupError, TypeError or ArithmeticError on nonsense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trading.domain.money import ZERO, Money
from trading.domain.order import OrderStatus, Side
from trading.exchange.ccxt_private import exact
from trading.exchange.columns import from_ms
from trading.exchange.ports import AccountOrder, AccountTrade, LedgerEntry, LedgerKind

_KINDS: Mapping[str, LedgerKind] = {
    "trade": LedgerKind.TRADE,
    "fee": LedgerKind.TRADE,
    "deposit": LedgerKind.DEPOSIT,
    "withdrawal": LedgerKind.WITHDRAWAL,
    "transfer": LedgerKind.TRANSFER,
    "rebate": LedgerKind.REWARD,
    "cashback": LedgerKind.REWARD,
}


def read_order(entry: Mapping[str, Any]) -> AccountOrder:
    """An order, open or closed."""
    quantity, filled = exact(entry["amount"]), exact(entry["filled"])
    price = entry.get("price")
    return AccountOrder(
        venue_order_id=str(entry["id"]),
        client_order_id=entry.get("clientOrderId") or None,
        symbol=entry["symbol"],
        side=Side(entry["side"]),
        status=_status(entry["status"], quantity == filled, bool(filled)),
        quantity=quantity,
        filled_quantity=filled,
        opened_at=from_ms(int(entry["timestamp"])),
        limit_price=exact(price) if entry.get("type") == "limit" and price else None,
    )


def _status(word: str, is_whole: bool, has_fills: bool) -> OrderStatus:
    if word == "open":
        return OrderStatus.PARTIALLY_FILLED if has_fills else OrderStatus.ACCEPTED
    if word == "closed":
        return OrderStatus.FILLED if is_whole else OrderStatus.CANCELED
    return {
        "canceled": OrderStatus.CANCELED,
        "expired": OrderStatus.EXPIRED,
        "rejected": OrderStatus.REJECTED,
    }[word]


def read_trade(entry: Mapping[str, Any]) -> AccountTrade:
    """An execution; without a fee told, none was taken."""
    fee = entry.get("fee") or {}
    quote = str(entry["symbol"]).partition("/")[2]
    paid = Money(exact(fee["cost"]), fee["currency"]) if fee.get("cost") is not None else Money(ZERO, quote)
    return AccountTrade(
        trade_id=str(entry["id"]),
        venue_order_id=str(entry["order"]),
        symbol=entry["symbol"],
        side=Side(entry["side"]),
        price=exact(entry["price"]),
        quantity=exact(entry["amount"]),
        fee=paid,
        at=from_ms(int(entry["timestamp"])),
    )


def read_ledger_entry(entry: Mapping[str, Any]) -> LedgerEntry:
    """A change of a balance; ccxt tells amounts without a sign."""
    fee = entry.get("fee") or {}
    sign = -1 if entry["direction"] == "out" else 1
    word, currency = str(entry["type"]), entry["currency"]
    return LedgerEntry(
        id=str(entry["id"]),
        reference=str(entry.get("referenceId") or ""),
        kind=_KINDS.get(word, LedgerKind.OTHER),
        money=Money(sign * abs(exact(entry["amount"])), currency),
        fee=Money(exact(fee.get("cost") or 0), fee.get("currency") or currency),
        at=from_ms(int(entry["timestamp"])),
        balance=exact(entry["after"]) if entry.get("after") is not None else None,
        note=word,
    )

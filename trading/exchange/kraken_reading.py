"""Kraken's private answers as facts. Everything here raises LookupError, TypeError or ArithmeticError on nonsense."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from trading.domain.money import Money
from trading.domain.order import OrderStatus, Side
from trading.domain.portfolio import Balance
from trading.exchange.ccxt_private import exact
from trading.exchange.columns import from_ms
from trading.exchange.ports import AccountOrder, AccountTrade, LedgerEntry, LedgerKind

MarketOf = Callable[[str], Mapping[str, Any]]
"""ccxt's listing of a pair by any of Kraken's names for it."""

CurrencyOf = Callable[[str], str]
"""The usual name of a currency by Kraken's ("XXBT" -> "BTC")."""

_KINDS: Mapping[str, LedgerKind] = {
    "trade": LedgerKind.TRADE,
    "spend": LedgerKind.TRADE,
    "receive": LedgerKind.TRADE,
    "deposit": LedgerKind.DEPOSIT,
    "withdrawal": LedgerKind.WITHDRAWAL,
    "staking": LedgerKind.REWARD,
    "earn": LedgerKind.REWARD,
    "reward": LedgerKind.REWARD,
    "dividend": LedgerKind.REWARD,
    "transfer": LedgerKind.TRANSFER,
}

# The same types are used for moving funds into and out of staking, which is no reward.
_BETWEEN_POCKETS = (
    "spottostaking",
    "stakingfromspot",
    "stakingtospot",
    "spotfromstaking",
    "allocation",
    "deallocation",
    "autoallocation",
    "migration",
)


def result_of(answer: object) -> Mapping[str, Any]:
    """The `result` of a good answer; TypeError for anything else, such as a text or a cut answer."""
    if not isinstance(answer, Mapping) or answer.get("error") != [] or not isinstance(answer.get("result"), Mapping):
        raise TypeError("the answer has no result")
    result: Mapping[str, Any] = answer["result"]
    return result


def read_order(order_id: str, entry: Mapping[str, Any], market_of: MarketOf) -> AccountOrder:
    """An entry of OpenOrders, ClosedOrders or QueryOrders."""
    described = entry["descr"]
    market = market_of(described["pair"])
    quantity, filled = exact(entry["vol"]), exact(entry["vol_exec"])
    return AccountOrder(
        venue_order_id=order_id,
        client_order_id=entry.get("cl_ord_id") or None,
        symbol=market["symbol"],
        side=Side(described["type"]),
        status=order_status(entry["status"], quantity == filled, bool(filled)),
        quantity=quantity,
        filled_quantity=filled,
        opened_at=instant(entry["opentm"]),
        closed_at=instant(entry["closetm"]) if entry.get("closetm") else None,
        limit_price=exact(described["price"]) if described["ordertype"] == "limit" else None,
        detail=str(entry.get("reason") or ""),
        fee_currency=_fee_currency(str(entry.get("oflags") or ""), market),
    )


def order_status(word: str, is_whole: bool, has_fills: bool) -> OrderStatus:
    """Kraken's status in ours. An order that closed before it was whole was cut short. LookupError for a new word."""
    if word in ("pending", "open"):
        return OrderStatus.PARTIALLY_FILLED if has_fills else OrderStatus.ACCEPTED
    if word == "closed":
        return OrderStatus.FILLED if is_whole else OrderStatus.CANCELED
    return {"canceled": OrderStatus.CANCELED, "expired": OrderStatus.EXPIRED}[word]


def _fee_currency(flags: str, market: Mapping[str, Any]) -> str | None:
    """In which currency an order with these `oflags` prefers its fees."""
    for flag, side in (("fcib", "base"), ("fciq", "quote")):
        if flag in flags.split(","):
            return str(market[side])
    return None


def read_trade(trade_id: str, entry: Mapping[str, Any], market_of: MarketOf) -> AccountTrade:
    """An entry of TradesHistory. Kraken lists fees there in the quote currency."""
    market = market_of(entry["pair"])
    return AccountTrade(
        trade_id=trade_id,
        venue_order_id=entry["ordertxid"],
        symbol=market["symbol"],
        side=Side(entry["type"]),
        price=exact(entry["price"]),
        quantity=exact(entry["vol"]),
        fee=Money(exact(entry["fee"]), market["quote"]),
        at=instant(entry["time"]),
        cost=exact(entry["cost"]) if entry.get("cost") else None,
    )


def read_ledger(entry_id: str, entry: Mapping[str, Any], currency_of: CurrencyOf) -> LedgerEntry:
    """An entry of Ledgers."""
    currency = currency_of(entry["asset"])
    balance = entry.get("balance")
    return LedgerEntry(
        id=entry_id,
        reference=str(entry.get("refid") or ""),
        kind=_kind(entry["type"], str(entry.get("subtype") or "")),
        money=Money(exact(entry["amount"]), currency),
        fee=Money(exact(entry["fee"]), currency),
        at=instant(entry["time"]),
        balance=None if balance in (None, "") else exact(balance),
        note=" ".join(word for word in (entry["type"], entry.get("subtype")) if word),
    )


def read_holding(entry: Mapping[str, Any]) -> Balance:
    """An entry of BalanceEx: what is held, and what of it no open order has set aside."""
    total, set_aside = exact(entry["balance"]), exact(entry.get("hold_trade") or 0)
    return Balance(total=total, free=total - set_aside)


def instant(seconds: Any) -> datetime:
    """Kraken's time: seconds since 1970 with a fraction."""
    return from_ms(int(exact(seconds) * 1000))


def _kind(word: str, subtype: str) -> LedgerKind:
    if subtype.lower() in _BETWEEN_POCKETS:
        return LedgerKind.TRANSFER
    return _KINDS.get(word, LedgerKind.OTHER)

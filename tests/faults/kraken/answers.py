"""Private answers in Kraken's shapes: numbers as text, times as seconds with fractions, names of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.contract.kraken_market import MAKER_FEES, TAKER_FEES
from tests.faults.kraken.account import Account, rate
from tests.faults.kraken.auth import Key
from tests.faults.kraken.records import Entry, Order, Trade


def order_answer(order: Order, with_trades: bool) -> dict[str, Any]:
    """An order as OpenOrders, ClosedOrders and QueryOrders show it."""
    ticket, decimals = order.ticket, order.pair.cost_decimals
    shown: dict[str, Any] = {
        "refid": None,
        "userref": ticket.userref,
        "cl_ord_id": ticket.cl_ord_id,
        "status": order.status.value,
        "opentm": order.opened_at,
        "starttm": 0,
        "expiretm": ticket.expires_at,
        "descr": _description(order),
        "vol": f"{ticket.volume:.8f}",
        "vol_exec": f"{order.filled:.8f}",
        "cost": f"{order.cost:.{decimals}f}",
        "fee": f"{order.fee:.{decimals}f}",
        "price": f"{order.average:.{order.pair.decimals}f}",
        "stopprice": "0.00000",
        "limitprice": "0.00000",
        "misc": "",
        "oflags": ",".join(ticket.flags),
    }
    if ticket.cl_ord_id is None:
        del shown["cl_ord_id"]
    if not order.is_open:
        shown |= {"reason": order.reason, "closetm": order.closed_at}
    if with_trades and order.trades:
        shown["trades"] = [trade.id for trade in order.trades]
    return shown


def trade_answer(trade: Trade) -> dict[str, Any]:
    """A trade as TradesHistory and QueryTrades show it."""
    decimals = trade.pair.cost_decimals
    return {
        "ordertxid": trade.order_id,
        "postxid": "TKH2SE-M7IF5-CFI7LT",
        "pair": trade.pair.id,
        "time": trade.at,
        "type": trade.side.value,
        "ordertype": trade.type.value,
        "price": f"{trade.price:.{max(trade.pair.decimals, 5)}f}",
        "cost": f"{trade.cost:.{decimals}f}",
        "fee": f"{trade.fee:.{8 if trade.fee_asset == trade.pair.base else decimals}f}",
        "vol": f"{trade.volume:.8f}",
        "margin": "0.00000",
        "leverage": "0",
        "misc": "",
        "trade_id": trade.number,
        "maker": trade.maker,
    }


def entry_answer(entry: Entry) -> dict[str, Any]:
    """A ledger entry as Ledgers shows it."""
    return {
        "refid": entry.reference,
        "time": entry.at,
        "type": entry.kind,
        "subtype": entry.subtype,
        "aclass": "currency",
        "asset": entry.asset,
        "amount": f"{entry.amount:.10f}",
        "fee": f"{entry.fee:.10f}",
        "balance": f"{entry.balance:.10f}",
    }


def balances_answer(account: Account, orders: Iterable[Order]) -> dict[str, Any]:
    """Totals and holds as BalanceEx shows them."""
    held = account.holds(orders)
    return {
        asset: {"balance": f"{total:.10f}", "hold_trade": f"{held.get(asset, 0):.10f}"}
        for asset, total in account.totals.items()
    }


def fees_answer(account: Account, pairs: Iterable[str]) -> dict[str, Any]:
    """The rates in force as TradeVolume shows them, in percent."""
    taker, maker = rate(TAKER_FEES, account.traded) * 100, rate(MAKER_FEES, account.traded) * 100
    answer: dict[str, Any] = {"currency": "ZUSD", "volume": f"{account.traded:.4f}"}
    names = list(pairs)
    if names:
        answer["fees"] = {name: _tier(f"{taker:.4f}", TAKER_FEES) for name in names}
        answer["fees_maker"] = {name: _tier(f"{maker:.4f}", MAKER_FEES) for name in names}
    return answer


def key_answer(key: Key, nonce: int, now: float) -> dict[str, Any]:
    """What GetApiKeyInfo tells about the key that asks."""
    return {
        "api_key_name": "loopback",
        "api_key": key.name,
        "nonce": str(nonce),
        "nonce_window": str(key.nonce_window),
        "permissions": sorted(permission.value for permission in key.permissions),
        "iban": "",
        "valid_until": "0",
        "query_from": "0",
        "query_to": "0",
        "created_time": "1522132642",
        "modified_time": "1618230358",
        "ip_allowlist": [],
        "last_used": str(int(now)),
    }


def _description(order: Order) -> dict[str, Any]:
    ticket = order.ticket
    return {
        "pair": order.pair.altname,
        "type": ticket.side.value,
        "ordertype": ticket.type.value,
        "price": str(ticket.price) if ticket.price is not None else "0",
        "price2": str(ticket.price2) if ticket.price2 is not None else "0",
        "leverage": "none",
        "order": ticket.description,
        "close": "",
    }


def _tier(fee: str, schedule: Iterable[tuple[int, float]]) -> dict[str, Any]:
    percents = [percent for _, percent in schedule]
    return {
        "fee": fee,
        "minfee": f"{min(percents):.4f}",
        "maxfee": f"{max(percents):.4f}",
        "nextfee": None,
        "nextvolume": None,
        "tiervolume": "0.0000",
    }

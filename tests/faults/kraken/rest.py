"""The private endpoints: a form in, Kraken's result out. Raises Refused with the venue's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from tests.contract.kraken_market import Pair, Refused, allow, asked, pair_of, whole
from tests.faults.kraken.account import ASSETS, Account
from tests.faults.kraken.answers import (
    balances_answer,
    entry_answer,
    fees_answer,
    key_answer,
    order_answer,
    trade_answer,
)
from tests.faults.kraken.auth import TOKEN_LIFE, Gate, Key
from tests.faults.kraken.book import DeepMarket
from tests.faults.kraken.matching import Engine
from tests.faults.kraken.records import Order, Trade
from tests.faults.kraken.tickets import check_deadline, read_ticket

PAGE = 50
Form = Mapping[str, str]
_Item = TypeVar("_Item")


class PrivateApi:
    """Kraken's private REST endpoints over an engine and an account."""

    def __init__(self, market: DeepMarket, engine: Engine, account: Account, gate: Gate) -> None:
        self._market = market
        self._engine = engine
        self._account = account
        self._gate = gate
        self.endpoints: Mapping[str, Callable[[Key, Form], dict[str, Any]]] = {
            "Balance": self._balance,
            "BalanceEx": self._balance_ex,
            "TradeBalance": self._trade_balance,
            "TradeVolume": self._trade_volume,
            "OpenOrders": self._open_orders,
            "ClosedOrders": self._closed_orders,
            "QueryOrders": self._query_orders,
            "QueryTrades": self._query_trades,
            "TradesHistory": self._trades_history,
            "Ledgers": self._ledgers,
            "AddOrder": self._add_order,
            "CancelOrder": self._cancel_order,
            "CancelAll": self._cancel_all,
            "GetApiKeyInfo": self._key_info,
            "GetWebSocketsToken": self._token,
        }

    def _balance(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, "nonce", "rebase_multiplier")
        return {asset: f"{total:.10f}" for asset, total in self._account.totals.items()}

    def _balance_ex(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, "nonce", "rebase_multiplier")
        return balances_answer(self._account, self._engine.open_orders())

    def _trade_balance(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, "nonce", "asset", "rebase_multiplier")
        if form.get("asset", "ZUSD") not in ("ZUSD", "USD"):
            raise Refused("EQuery:Unknown asset")
        worth = sum((self._worth(code, total) for code, total in self._account.balances().items()), Decimal(0))
        equity = f"{worth:.4f}"
        return {name: equity for name in ("eb", "tb", "e", "mf")} | dict.fromkeys("mncv", "0.0000")

    def _worth(self, code: str, total: Decimal) -> Decimal:
        if code == "USD":
            return total
        try:
            return total * self._market.last(pair_of(f"{code}/USD"))
        except KeyError:
            return Decimal(0)

    def _trade_volume(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, "nonce", "pair", "fee-info", "rebase_multiplier")
        pairs: list[Pair] = asked(form["pair"]) if "pair" in form else []
        return fees_answer(self._account, [pair.id for pair in pairs])

    def _open_orders(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, "nonce", "trades", "userref", "cl_ord_id", "start", "rebase_multiplier")
        found = [order for order in self._visible(form) if order.is_open]
        return {"open": {order.id: order_answer(order, _yes(form, "trades")) for order in found}}

    def _closed_orders(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, *_PAGING, "trades", "userref", "cl_ord_id", "closetime", "consolidate_taker", "rebase_multiplier")
        by = form.get("closetime", "both")
        if by not in ("open", "close", "both"):
            raise Refused("EGeneral:Invalid arguments:closetime")
        found = [order for order in self._visible(form) if not order.is_open]
        orders = sorted(reversed(found), key=lambda order: -order.closed_at)
        dated = [(order.id, order.opened_at if by == "open" else order.closed_at, order) for order in orders]
        page, count = self._page(dated, form)
        return _counted("closed", {order.id: order_answer(order, _yes(form, "trades")) for order in page}, count, form)

    def _query_orders(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, "nonce", "txid", "trades", "userref", "cl_ord_id", "consolidate_taker", "rebase_multiplier")
        known = {order.id: order for order in self._visible(form)}
        wanted = _listed(form, known, limit=50) if "cl_ord_id" not in form else list(known.values())
        return {order.id: order_answer(order, _yes(form, "trades")) for order in wanted}

    def _query_trades(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, "nonce", "txid", "trades", "rebase_multiplier")
        known = {trade.id: trade for trade in self._visible_trades()}
        return {trade.id: trade_answer(trade) for trade in _listed(form, known, limit=20)}

    def _trades_history(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, *_PAGING, "type", "trades", "consolidate_taker", "ledgers", "rebase_multiplier")
        newest = [(trade.id, trade.at, trade) for trade in reversed(self._visible_trades())]
        page, count = self._page(newest, form)
        return _counted("trades", {trade.id: trade_answer(trade) for trade in page}, count, form)

    def _ledgers(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, *_PAGING, "asset", "aclass", "type", "rebase_multiplier")
        kind, assets = form.get("type", "all"), form.get("asset", "all")
        wanted = {ASSETS.get(name.replace("XBT", "BTC"), name) for name in assets.split(",")}
        entries = [
            (entry.id, entry.at, entry)
            for entry in reversed(self._account.ledger)
            if kind in ("all", entry.kind) and (assets == "all" or entry.asset in wanted)
        ]
        page, count = self._page(entries, form)
        return _counted("ledger", {entry.id: entry_answer(entry) for entry in page}, count, form)

    def _add_order(self, key: Key, form: Form) -> dict[str, Any]:
        now = self._market.now()
        ticket = read_ticket(form, now)
        check_deadline(form, now)
        described = {"descr": {"order": ticket.description}}
        if _yes(form, "validate"):
            self._engine.check(ticket)
            return described
        return described | {"txid": [self._engine.place(ticket).id]}

    def _cancel_order(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, "nonce", "txid", "cl_ord_id")
        wanted = form.get("cl_ord_id") or form.get("txid") or ""
        by_client = "cl_ord_id" in form
        found = [order for order in self._engine.open_orders() if wanted in _names(order, by_client)]
        if not found:
            raise Refused("EOrder:Unknown order")
        for order in found:
            self._engine.cancel(order)
        return {"count": len(found)}

    def _cancel_all(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, "nonce")
        found = list(self._engine.open_orders())
        for order in found:
            self._engine.cancel(order)
        return {"count": len(found)}

    def _key_info(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, "nonce")
        return key_answer(key, self._gate.highest_nonce(key), self._market.now())

    def _token(self, key: Key, form: Form) -> dict[str, Any]:
        allow(form, "nonce")
        return {"token": self._gate.token(key, self._market.now()), "expires": int(TOKEN_LIFE)}

    def _visible(self, form: Form) -> list[Order]:
        """Orders that questions may see by now, as far as `form` asks for them."""
        found = [order for order in self._engine.orders.values() if order.visible_at <= self._market.now()]
        if "userref" in form:
            if not re.fullmatch(r"-?\d+", form["userref"]):
                raise Refused("EGeneral:Invalid arguments:userref")
            found = [order for order in found if order.ticket.userref == int(form["userref"])]
        if "cl_ord_id" in form:
            found = [order for order in found if order.ticket.cl_ord_id == form["cl_ord_id"]]
        return found

    def _visible_trades(self) -> list[Trade]:
        seen = {order.id for order in self._visible({})}
        latest = self._market.now() - self._engine.lag
        return [trade for trade in self._engine.trades.values() if trade.order_id in seen and trade.at <= latest]

    def _page(self, dated: Sequence[tuple[str, float, _Item]], form: Form) -> tuple[list[_Item], int]:
        """One page of `dated` (id, time, item; newest first) after start and up to end, and how many there are."""
        times = {id_: at for id_, at, _ in dated}
        start, end = (_instant(form.get(name), times) for name in ("start", "end"))
        found = [item for _, at, item in dated if (start is None or at > start) and (end is None or at <= end)]
        offset = whole(form.get("ofs", "0"), "ofs")
        return found[offset : offset + PAGE], len(found)


_PAGING = ("nonce", "start", "end", "ofs", "without_count")


def _counted(name: str, page: dict[str, Any], count: int, form: Form) -> dict[str, Any]:
    return {name: page} if _yes(form, "without_count") else {name: page, "count": count}


def _yes(form: Form, name: str) -> bool:
    # Kraken reads any other word, "True" from Python among them, as it pleases; orders accept only the plain one.
    return form.get(name, "false") == "true" or (name == "trades" and form.get(name) == "True")


def _listed(form: Form, known: Mapping[str, _Item], limit: int) -> list[_Item]:
    ids = form.get("txid", "").split(",")
    if not 0 < len(ids) <= limit:
        raise Refused("EGeneral:Invalid arguments:txid")
    if set(ids) - set(known):
        raise Refused("EOrder:Unknown order")
    return [known[id_] for id_ in ids]


def _names(order: Order, by_client: bool) -> Iterable[str]:
    if by_client:
        return (order.ticket.cl_ord_id or "",)
    return (order.id, str(order.ticket.userref)) if order.ticket.userref else (order.id,)


def _instant(text: str | None, times: Mapping[str, float]) -> float | None:
    """A time in seconds, or the time of the record whose id `text` is."""
    if text is None or text in times:
        return None if text is None else times[text]
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise Refused("EGeneral:Invalid arguments:start")
    return float(text)

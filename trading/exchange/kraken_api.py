"""Kraken's private interface in its own words, over ccxt's signed requests.

ccxt's unified methods are not used here: from a page of HTML or half an answer they make an order without an
id, or an empty account. The raw answer shows the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from trading.domain.order import Order, OrderType
from trading.domain.portfolio import Balance
from trading.errors import Retryable
from trading.exchange.ccxt_client import is_no_such_question
from trading.exchange.ccxt_outcome import venue_errors
from trading.exchange.ccxt_private import PrivateClient, exact, same_id
from trading.exchange.columns import to_ms
from trading.exchange.key_permissions import KeyPermissions, Unverifiable, from_kraken
from trading.exchange.kraken_pages import all_pages
from trading.exchange.kraken_reading import read_holding, read_ledger, read_order, read_trade, result_of
from trading.exchange.ledger_fees import entries_of
from trading.exchange.ports import AccountOrder, AccountTrade, FeeRates, LedgerEntry
from trading.exchange.request_budget import Urgency

Fact = TypeVar("Fact")

_HISTORY_COST = 2
"""Points for a page of trades or of the ledger; other questions cost 1."""

_PERCENT = Decimal(100)

_NO_SUCH_ORDER = ("EOrder:Unknown order", "EOrder:Invalid order")

# Before the order's own time: trades carry the engine's time, orders the gateway's.
_EARLIER = timedelta(seconds=2)


class KrakenApi:
    """`PrivateApi` of Kraken spot."""

    def __init__(self, line: PrivateClient) -> None:
        self._line = line

    @property
    def line(self) -> PrivateClient:
        return self._line

    async def add_order(self, order: Order, deadline: datetime) -> object:
        """AddOrder with `cl_ord_id` and `deadline`."""
        return await self._line.send("private_post_addorder", await self._order_request(order, deadline))

    async def check_order(self, order: Order, deadline: datetime) -> object:
        """AddOrder with `validate`, which must be a text: ccxt would write a boolean in a way Kraken ignores."""
        request = {**await self._order_request(order, deadline), "validate": "true"}
        return await self._line.send("private_post_addorder", request)

    async def remove_order(self, order: Order) -> object:
        """CancelOrder of this one id, never of a pair or of everything."""
        return await self._line.send("private_post_cancelorder", {"cl_ord_id": order.client_order_id})

    async def orders_of(self, order: Order, urgency: Urgency) -> Sequence[AccountOrder]:
        """By Kraken's own id where we know it, else by ours."""
        if not order.venue_order_id:
            return await self._by_client_id(order.client_order_id, urgency)
        try:
            return await self._by_venue_id(order.venue_order_id, urgency)
        except Retryable as error:
            if is_no_such_question(error.__cause__):
                return await self._by_client_id(order.client_order_id, urgency)
            raise

    async def trades_of(self, found: AccountOrder, urgency: Urgency) -> Sequence[AccountTrade]:
        """From the account's whole history since the order was opened, so that trade ids are always the same."""
        trades = await self._trades(found.opened_at - _EARLIER, urgency)
        return [trade for trade in trades if trade.venue_order_id == found.venue_order_id]

    async def open_orders(self) -> Sequence[AccountOrder]:
        return sorted(await self._open({}, Urgency.QUESTION), key=lambda order: order.opened_at)

    async def closed_orders(self, since: datetime) -> Sequence[AccountOrder]:
        request = {"start": _seconds(since), "closetime": "close"}
        orders = await self._closed(request, Urgency.QUESTION)
        recent = [order for order in orders if (order.closed_at or order.opened_at) >= since]
        return sorted(recent, key=lambda order: order.closed_at or order.opened_at)

    async def trades(self, since: datetime) -> Sequence[AccountTrade]:
        return [trade for trade in await self._trades(since, Urgency.QUESTION) if trade.at >= since]

    async def ledger(self, since: datetime) -> Sequence[LedgerEntry]:
        """From TradesHistory where there are no Ledgers: then money that comes and goes otherwise is not explained."""
        currency_of = self._line.client.safe_currency_code
        try:
            pages = await self._history("private_post_ledgers", "ledger", {"start": _seconds(since)}, Urgency.QUESTION)
        except Retryable as error:
            if is_no_such_question(error.__cause__):
                return entries_of(await self.trades(since))
            raise
        entries = self._read(pages, lambda key, entry: read_ledger(key, entry, currency_of))
        return sorted((entry for entry in entries if entry.at >= since), key=lambda entry: entry.at)

    async def holdings(self) -> Mapping[str, Balance]:
        await self._line.markets()
        result = await self._balances()
        with self._line.asking():
            held = {self._line.client.safe_currency_code(name): read_holding(entry) for name, entry in result.items()}
        return {currency: balance for currency, balance in held.items() if balance.total}

    async def fee_rates(self, symbols: Sequence[str]) -> Mapping[str, FeeRates]:
        """The rates of the account's tier from TradeVolume, where they are percentages; one question for all."""
        pairs = {symbol: (await self._line.market(symbol))["id"] for symbol in symbols}
        result = await self._ask("private_post_tradevolume", {"pair": ",".join(pairs.values())})
        with self._line.asking():
            takers = result["fees"]
            # Pairs without maker rates charge everyone the same.
            makers = {**takers, **(result.get("fees_maker") or {})}
            return {symbol: _rates(makers[pair], takers[pair]) for symbol, pair in pairs.items()}

    async def permissions(self) -> KeyPermissions | Unverifiable:
        try:
            result = await self._ask("private_post_getapikeyinfo", {})
        except Retryable as error:
            if venue_errors(error.__cause__):
                return Unverifiable(f"Kraken does not tell what the key may do: {error}")
            raise
        names = result.get("permissions")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return Unverifiable("Kraken did not list the key's permissions; make a new key there and try again.")
        return from_kraken(frozenset(names))

    async def _order_request(self, order: Order, deadline: datetime) -> dict[str, str]:
        """Exact figures as text; fees are asked for in quote, as the books count them."""
        intent = order.intent
        request = {
            "pair": str((await self._line.market(order.symbol))["id"]),
            "type": intent.side.value,
            "ordertype": intent.type.value,
            "volume": f"{intent.quantity:f}",
            "cl_ord_id": order.client_order_id,
            "deadline": f"{deadline:%Y-%m-%dT%H:%M:%S}.{deadline.microsecond // 1000:03d}Z",
            "oflags": "fciq",
        }
        if intent.type is OrderType.LIMIT and intent.limit_price is not None:
            request["price"] = f"{intent.limit_price:f}"
        return request

    async def _balances(self) -> Mapping[str, Any]:
        """BalanceEx, or Balance where that is all there is: then what open orders hold back is not told."""
        try:
            return await self._ask("private_post_balanceex", {})
        except Retryable as error:
            if not is_no_such_question(error.__cause__):
                raise
        return {name: {"balance": amount} for name, amount in (await self._ask("private_post_balance", {})).items()}

    async def _open(self, request: Mapping[str, Any], urgency: Urgency) -> list[AccountOrder]:
        await self._line.markets()
        result = await self._ask("private_post_openorders", {**request, "trades": "true"}, urgency)
        with self._line.asking():
            entries = dict(result["open"])
        return self._orders(entries)

    async def _closed(self, request: Mapping[str, Any], urgency: Urgency) -> list[AccountOrder]:
        await self._line.markets()
        return self._orders(await self._history("private_post_closedorders", "closed", request, urgency, cost=1))

    async def _by_client_id(self, client_order_id: str, urgency: Urgency) -> list[AccountOrder]:
        """Open orders first, then closed ones: an order that closes in between is seen at least once."""
        by_id = {"cl_ord_id": client_order_id}
        found = await self._open(by_id, urgency) + await self._closed(by_id, urgency)
        newest = {entry.venue_order_id: entry for entry in found if same_id(entry.client_order_id, client_order_id)}
        return list(newest.values())

    async def _by_venue_id(self, venue_order_id: str, urgency: Urgency) -> list[AccountOrder]:
        await self._line.markets()
        try:
            entries = await self._ask("private_post_queryorders", {"txid": venue_order_id, "trades": "true"}, urgency)
        except Retryable as error:
            if any(words.startswith(_NO_SUCH_ORDER) for words in venue_errors(error.__cause__)):
                return []
            raise
        return [entry for entry in self._orders(entries) if entry.venue_order_id == venue_order_id]

    async def _trades(self, since: datetime, urgency: Urgency) -> list[AccountTrade]:
        await self._line.markets()
        # Consolidated trades have other ids than single ones: the same trade would count twice.
        request = {"start": _seconds(since), "consolidate_taker": "false"}
        entries = await self._history("private_post_tradeshistory", "trades", request, urgency)
        trades = self._read(entries, lambda key, entry: read_trade(key, entry, self._market_of))
        return sorted(trades, key=lambda trade: trade.at)

    def _orders(self, entries: Mapping[str, Any]) -> list[AccountOrder]:
        return self._read(entries, lambda key, entry: read_order(key, entry, self._market_of))

    def _read(self, entries: Mapping[str, Any], read: Callable[[str, Any], Fact]) -> list[Fact]:
        with self._line.asking():
            return [read(key, entry) for key, entry in entries.items()]

    async def _history(
        self, method: str, inside: str, request: Mapping[str, Any], urgency: Urgency, cost: float = _HISTORY_COST
    ) -> Mapping[str, Any]:
        async def page(offset: int) -> Mapping[str, Any]:
            return await self._ask(method, {**request, "ofs": offset}, urgency, cost)

        return await all_pages(page, inside, self._line.name)

    async def _ask(
        self, method: str, request: Mapping[str, Any], urgency: Urgency = Urgency.QUESTION, cost: float = 1
    ) -> Mapping[str, Any]:
        answer = await self._line.ask(method, dict(request), cost=cost, urgency=urgency)
        with self._line.asking():
            return result_of(answer)

    def _market_of(self, pair: str) -> Mapping[str, Any]:
        """The listing of a pair by any of its names; of one that is listed no more, what its name tells."""
        client = self._line.client
        listed = client.options["marketsByAltname"].get(pair) or next(iter(client.markets_by_id.get(pair, ())), None)
        market: Mapping[str, Any] = listed or client.get_delisted_market_by_id(pair)
        return market


def _seconds(since: datetime) -> int:
    """Kraken's `start` leaves the instant itself out, so one second earlier."""
    return max(0, to_ms(since) // 1000 - 1)


def _rates(maker: Mapping[str, Any], taker: Mapping[str, Any]) -> FeeRates:
    return FeeRates(maker=exact(maker["fee"]) / _PERCENT, taker=exact(taker["fee"]) / _PERCENT)

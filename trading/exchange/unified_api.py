"""Any exchange's private interface through what ccxt offers for all of them.

The unified answers hide a lot, so this asks for more proof: an answer without the venue's own data beside it
counts as unreadable. Nothing is known about these venues' refusals, so every refusal counts as unknown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from trading.domain.order import Order, OrderType
from trading.domain.portfolio import Balance
from trading.errors import NeedsOperator, Retryable
from trading.exchange.ccxt_private import PrivateClient, exact, same_id
from trading.exchange.columns import to_ms
from trading.exchange.key_checks import KEY_CHECKS
from trading.exchange.key_permissions import KeyPermissions, Unverifiable
from trading.exchange.ledger_fees import entries_of
from trading.exchange.ports import AccountOrder, AccountTrade, FeeRates, LedgerEntry
from trading.exchange.request_budget import Urgency
from trading.exchange.unified_reading import read_ledger_entry, read_order, read_trade

# How far our clock and the venue's may differ when we look for an order by its age.
_EARLIER = timedelta(days=1)

# Some venues leave the instant itself out, and cut off its fraction.
_EXCLUSIVE = timedelta(seconds=2)

AskSince = Callable[[int], Awaitable[Sequence[Any]]]


class UnifiedApi:
    """`PrivateApi` of exchanges that we have no closer knowledge of."""

    def __init__(self, line: PrivateClient) -> None:
        self._line = line

    @property
    def line(self) -> PrivateClient:
        return self._line

    async def add_order(self, order: Order, deadline: datetime) -> object:
        """The deadline is kept by the venue only where ccxt sends a time of its own along."""
        intent = order.intent
        price = f"{intent.limit_price:f}" if intent.type is OrderType.LIMIT and intent.limit_price else None
        named = {"clientOrderId": order.client_order_id}
        quantity = f"{intent.quantity:f}"
        return await self._line.send(
            "create_order", order.symbol, intent.type.value, intent.side.value, quantity, price, named
        )

    async def check_order(self, order: Order, deadline: datetime) -> object:
        """ccxt has no such call for all venues."""
        return None

    async def remove_order(self, order: Order) -> object:
        """By the venue's id, which we must know."""
        if not order.venue_order_id:
            raise Retryable(f"{self._line.name} has not told the order's id yet; ask for the order first.")
        return await self._line.send("cancel_order", order.venue_order_id, order.symbol)

    async def orders_of(self, order: Order, urgency: Urgency) -> Sequence[AccountOrder]:
        """Orders of the pair, open then closed, since a day before ours was made.

        Raises NeedsOperator where ours is not among them: venues page through their histories in ways of their
        own, so that an order is missing from what we read does not prove that it does not exist.
        """
        since = order.created_at - _EARLIER
        entries = [
            *await self._ask("fetch_open_orders", order.symbol, urgency=urgency),
            *await self._closed(order.symbol, since, urgency),
        ]
        read = {found.venue_order_id: found for found in self._read(entries, read_order)}
        ours = [
            found
            for found in read.values()
            if found.venue_order_id == order.venue_order_id or same_id(found.client_order_id, order.client_order_id)
        ]
        if not ours:
            raise NeedsOperator(
                f"{self._line.name} shows no order {order.client_order_id}, which does not prove that there is none; "
                "look for it at the exchange."
            )
        return ours

    async def trades_of(self, found: AccountOrder, urgency: Urgency) -> Sequence[AccountTrade]:
        trades = await self._trades(found.symbol, found.opened_at, urgency)
        return [trade for trade in trades if trade.venue_order_id == found.venue_order_id]

    async def open_orders(self) -> Sequence[AccountOrder]:
        entries = await self._ask("fetch_open_orders")
        return sorted(self._read(entries, read_order), key=lambda order: order.opened_at)

    async def closed_orders(self, since: datetime) -> Sequence[AccountOrder]:
        orders = self._read(await self._closed(None, since, Urgency.QUESTION), read_order)
        recent = [order for order in orders if (order.closed_at or order.opened_at) >= since]
        return sorted(recent, key=lambda order: order.closed_at or order.opened_at)

    async def trades(self, since: datetime) -> Sequence[AccountTrade]:
        return [trade for trade in await self._trades(None, since, Urgency.QUESTION) if trade.at >= since]

    async def ledger(self, since: datetime) -> Sequence[LedgerEntry]:
        if not self._line.client.has.get("fetchLedger"):
            return entries_of(await self.trades(since))
        entries = await self._history("fetch_ledger", None, since, Urgency.QUESTION)
        told = [entry for entry in self._read(entries, read_ledger_entry) if entry.at >= since]
        return sorted(told, key=lambda entry: entry.at)

    async def holdings(self) -> Mapping[str, Balance]:
        await self._line.markets()
        answer = await self._line.ask("fetch_balance")
        with self._line.asking():
            if not isinstance(answer["info"], Mapping | list) or not answer["info"]:
                raise TypeError("the answer is not an account")
            totals, free = answer["total"], answer["free"]
            held = {currency: Balance(exact(totals[currency]), exact(free[currency])) for currency in totals}
        return {currency: balance for currency, balance in held.items() if balance.total}

    async def fee_rates(self, symbols: Sequence[str]) -> Mapping[str, FeeRates]:
        return {symbol: await self._fee_rate(symbol) for symbol in symbols}

    async def _fee_rate(self, symbol: str) -> FeeRates:
        await self._line.market(symbol)
        answer = await self._line.ask("fetch_trading_fee", symbol)
        with self._line.asking():
            return FeeRates(maker=exact(answer["maker"]), taker=exact(answer["taker"]))

    async def permissions(self) -> KeyPermissions | Unverifiable:
        """Where the exchange has a way to tell; without one, and for an answer that cannot be read, Unverifiable."""
        check, name = KEY_CHECKS.get(self._line.id), self._line.name
        if check is None:
            return Unverifiable(
                f"What the key may do at {name} cannot be verified, so LIVE is off there; use Kraken, or paper."
            )
        answer = await self._line.ask(check.method)
        try:
            return check.read(answer, self._line.client.apiKey)
        except (LookupError, TypeError, ValueError, AttributeError):
            return Unverifiable(
                f"{name} did not tell what the key may do in words we know, so LIVE is off there; use Kraken, or paper."
            )

    async def _closed(self, symbol: str | None, since: datetime, urgency: Urgency) -> list[Any]:
        has = self._line.client.has
        method = "fetch_closed_orders" if has.get("fetchClosedOrders") else "fetch_orders"
        return await self._history(method, symbol, since, urgency)

    async def _trades(self, symbol: str | None, since: datetime, urgency: Urgency) -> list[AccountTrade]:
        entries = await self._history("fetch_my_trades", symbol, since, urgency)
        return sorted(self._read(entries, read_trade), key=lambda trade: trade.at)

    async def _history(self, method: str, symbol: str | None, since: datetime, urgency: Urgency) -> list[Any]:
        async def page(start: int) -> Sequence[Any]:
            return await self._ask(method, symbol, start, urgency=urgency)

        return list((await _until_nothing_new(page, to_ms(since - _EXCLUSIVE))).values())

    async def _ask(self, method: str, *arguments: Any, urgency: Urgency = Urgency.QUESTION) -> list[Any]:
        await self._line.markets()
        answer = await self._line.ask(method, *arguments, urgency=urgency)
        if not isinstance(answer, list):
            raise Retryable(f"{self._line.name} gave an answer that cannot be read; asking again later.")
        return answer

    def _read(self, entries: Sequence[Any], read: Callable[[Any], Any]) -> list[Any]:
        with self._line.asking():
            return [read(entry) for entry in entries]


async def _until_nothing_new(ask: AskSince, since: int) -> dict[str, Any]:
    """Pages forward through time: each asks from the newest entry of the last, until one brings nothing new."""
    found: dict[str, Any] = {}
    while True:
        fresh = {str(entry["id"]): entry for entry in await ask(since) if str(entry["id"]) not in found}
        if not fresh:
            return found
        found.update(fresh)
        since = max(since, *(int(entry["timestamp"]) for entry in fresh.values()))

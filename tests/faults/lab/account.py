"""The account as questions see it: as it was some seconds ago, whoever traded, and not always at the first asking."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from tests.faults.lab.exchange import Exchange
from tests.faults.lab.records import FEE, Entry, Execution, Ticket
from tests.faults.lab.weather import Mishap, Weather
from trading.clock import Clock
from trading.domain.money import ZERO, Money
from trading.domain.order import OrderStatus
from trading.domain.portfolio import Balance
from trading.errors import Retryable
from trading.exchange.ports import AccountOrder, AccountTrade, FeeRates, LedgerEntry


class LabAccount:
    """`AccountData` and `ReconcileData`."""

    def __init__(self, exchange: Exchange, clock: Clock, chance: random.Random, weather: Weather) -> None:
        self._exchange = exchange
        self._clock = clock
        self._chance = chance
        self._weather = weather
        self.looks = 0
        """How often what is held could be read, which comes last in each look at the account."""

    async def fees(self, symbol: str) -> FeeRates:
        return FeeRates(maker=FEE, taker=FEE)

    async def balances(self) -> Mapping[str, Decimal]:
        return {currency: balance.total for currency, balance in (await self.holdings()).items()}

    async def holdings(self) -> Mapping[str, Balance]:
        await self._ask()
        exchange = self._exchange
        self.looks += 1
        return {c: Balance(total, total - exchange.held(c)) for c, total in exchange.balances.items() if total}

    async def open_orders(self) -> Sequence[AccountOrder]:
        return [order for order in await self._orders() if order.closed_at is None]

    async def closed_orders(self, since: datetime) -> Sequence[AccountOrder]:
        return [order for order in await self._orders() if order.closed_at is not None and order.closed_at >= since]

    async def trades(self, since: datetime) -> Sequence[AccountTrade]:
        await self._ask()
        found = [
            _trade(ticket, done)
            for ticket in self._exchange.tickets
            for done in ticket.executions
            if since <= done.at <= self._seen_until(ticket.lag)
        ]
        return sorted(found, key=lambda trade: trade.at)

    async def ledger(self, since: datetime) -> Sequence[LedgerEntry]:
        await self._ask()
        seen = [e for e in self._exchange.entries if since <= e.at <= self._seen_until(e.lag)]
        return sorted((_entry(entry) for entry in seen), key=lambda entry: entry.at)

    async def _orders(self) -> Sequence[AccountOrder]:
        await self._ask()
        seen = [t for t in self._exchange.tickets if t.opened_at <= self._seen_until(t.lag)]
        return [_order(ticket, self._seen_until(ticket.lag)) for ticket in seen]

    def _seen_until(self, lag: float) -> datetime:
        return self._clock.now() - timedelta(seconds=lag)

    async def _ask(self) -> None:
        """One question on the line. Raises Retryable."""
        mishap = self._weather.at_asking(self._chance, self._clock.now())
        await self._clock.sleep(self._chance.uniform(0.05, 0.5))
        if mishap is not Mishap.NONE:
            raise Retryable(f"The venue could not be asked: {mishap.value}.")
        self._exchange.settle()


def _order(ticket: Ticket, until: datetime) -> AccountOrder:
    filled = sum((done.quantity for done in ticket.executions if done.at <= until), ZERO)
    ended = ticket.closed_at is not None and ticket.closed_at <= until
    status = OrderStatus.PARTIALLY_FILLED if filled else OrderStatus.ACCEPTED
    return AccountOrder(
        venue_order_id=ticket.venue_id,
        client_order_id=ticket.client_id,
        symbol=ticket.instrument.symbol,
        side=ticket.side,
        status=ticket.status if ended else status,
        quantity=ticket.quantity,
        filled_quantity=filled,
        opened_at=ticket.opened_at,
        closed_at=ticket.closed_at if ended else None,
        limit_price=ticket.limit,
        detail=ticket.detail if ended else "",
    )


def _trade(ticket: Ticket, done: Execution) -> AccountTrade:
    symbol = ticket.instrument.symbol
    return AccountTrade(
        done.trade_id, ticket.venue_id, symbol, ticket.side, done.price, done.quantity, done.fee, done.at
    )


def _entry(entry: Entry) -> LedgerEntry:
    fee = Money(entry.fee, entry.money.currency)
    return LedgerEntry(entry.id, entry.reference, entry.kind, entry.money, fee, entry.at, entry.balance)

"""What the core needs from the outside market, and nothing more.

Every adapter passes the contract suites in `tests/contract`. An adapter raises `Retryable`
when nothing happened and `OutcomeUnknown` when it cannot tell.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from trading.domain.market import Candle, Depth, Instrument, Quote
from trading.domain.money import Money
from trading.domain.order import Fill, Order, OrderStatus, Side
from trading.domain.portfolio import Balance


class MarketData(Protocol):
    """Prices and rules of a market."""

    @property
    def name(self) -> str:
        """What people call it: "Kraken", "simulated market", "recorded candles"."""
        ...

    async def instruments(self) -> Mapping[str, Instrument]:
        """Every tradable instrument by symbol ("BTC/USD"). Raises Retryable."""
        ...

    async def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        """The newest quote of each symbol that has one. Raises Retryable."""
        ...

    async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
        """The last `limit` candles that are closed now, oldest first. Raises Retryable."""
        ...

    @property
    def has_books(self) -> bool:
        """Whether order books can be asked for; where they cannot, `depth` is None."""
        ...

    async def depth(self, symbol: str, limit: int = 50) -> Depth | None:
        """The order book now, up to `limit` levels a side; None where there are no order books. Raises Retryable."""
        ...

    def stream(self, symbols: Sequence[str]) -> AsyncIterator[tuple[str, Quote]] | None:
        """Quotes as they change, or None where only polling is possible."""
        ...

    async def close(self) -> None:
        """Release connections. Safe to call twice."""
        ...


@dataclass(frozen=True, slots=True)
class VenueOrder:
    """What a venue says about one of our orders: its status and every fill so far."""

    client_order_id: str
    venue_order_id: str | None
    status: OrderStatus
    fills: tuple[Fill, ...] = ()
    detail: str = ""


class OrderVenue(Protocol):
    """Where orders go. Called from one file only: `trading/orders/manager.py`."""

    @property
    def visibility(self) -> timedelta:
        """How long after it was sent an order may still arrive, or have arrived without being shown.

        Until that has passed, `find_order` returning None proves nothing.
        """
        ...

    async def place_order(self, order: Order) -> VenueOrder:
        """Send `order`. The result's status is ACCEPTED, PARTIALLY_FILLED, FILLED or REJECTED.

        Raises OutcomeUnknown when the order may have arrived.
        """
        ...

    async def find_order(self, order: Order) -> VenueOrder | None:
        """What became of `order`; None when the venue does not show it now (see `visibility`). Raises Retryable."""
        ...

    async def check_order(self, order: Order) -> str:
        """Why the venue would refuse `order` now, or "" where it would not or cannot tell. Places nothing.

        Raises Retryable when it could not be asked.
        """
        ...

    async def cancel_order(self, order: Order) -> VenueOrder | None:
        """Cancel one of our own orders. Raises Retryable, OutcomeUnknown."""
        ...


@dataclass(frozen=True, slots=True)
class FeeRates:
    """Fees as fractions of the notional."""

    maker: Decimal
    taker: Decimal


class AccountData(Protocol):
    """What the account holds and pays."""

    async def fees(self, symbol: str) -> FeeRates:
        """The rates in force for `symbol`. Raises Retryable."""
        ...

    async def balances(self) -> Mapping[str, Decimal]:
        """Totals by currency, zeros left out. Raises Retryable."""
        ...


class PriceSource(Protocol):
    """The newest known quote of a symbol, without I/O; the paper venue fills against it."""

    def latest(self, symbol: str) -> Quote | None: ...


class TimeSource(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class AccountOrder:
    """An order on the account, ours or not. Quantities in base; `client_order_id` is None where none was given.

    `limit_price` is None for market orders. `opened_at` and `closed_at` are the venue's time. `fee_currency` is what
    the order asks its fees to be taken in; None where the venue does not tell.
    """

    venue_order_id: str
    client_order_id: str | None
    symbol: str
    side: Side
    status: OrderStatus
    quantity: Decimal
    filled_quantity: Decimal
    opened_at: datetime
    closed_at: datetime | None = None
    limit_price: Decimal | None = None
    detail: str = ""
    fee_currency: str | None = None


@dataclass(frozen=True, slots=True)
class AccountTrade:
    """One execution on the account, ours or not: `quantity` in base, `price` in quote per base.

    `fee` is as the venue lists it with the trade; what really left the account is in the ledger. `cost` is what was
    exchanged in quote, rounded as the venue rounds it; None where it does not tell.
    """

    trade_id: str
    venue_order_id: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee: Money
    at: datetime
    cost: Decimal | None = None

    def fill_of(self, client_order_id: str) -> Fill:
        """The same as a fill of the order that goes by this id in the books."""
        return Fill(
            trade_id=self.trade_id,
            client_order_id=client_order_id,
            symbol=self.symbol,
            side=self.side,
            price=self.price,
            quantity=self.quantity,
            fee=self.fee,
            at=self.at,
            cost=self.cost,
        )


class LedgerKind(StrEnum):
    """Why a balance changed."""

    TRADE = "trade"
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    REWARD = "reward"
    """Staking and other earnings."""
    TRANSFER = "transfer"
    """Between the account's own pockets."""
    OTHER = "other"
    """Something else; `note` has the venue's own word."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One change of one balance: `money` came (positive) or went (negative), and `fee` was taken besides.

    `reference` groups entries of one act: a trade's entries carry its trade id. `balance` is what was held after.
    """

    id: str
    reference: str
    kind: LedgerKind
    money: Money
    fee: Money
    at: datetime
    balance: Decimal | None = None
    note: str = ""


class ReconcileData(Protocol):
    """Everything that happened on the account, whoever did it. Whole or not at all: all pages, else Retryable."""

    async def holdings(self) -> Mapping[str, Balance]:
        """Total and free by currency, zeros left out. Raises Retryable."""
        ...

    async def open_orders(self) -> Sequence[AccountOrder]:
        """Orders that wait now, oldest first. Raises Retryable."""
        ...

    async def closed_orders(self, since: datetime) -> Sequence[AccountOrder]:
        """Orders that ended at or after `since`, oldest first. Raises Retryable."""
        ...

    async def trades(self, since: datetime) -> Sequence[AccountTrade]:
        """Executions at or after `since`, oldest first. Raises Retryable."""
        ...

    async def ledger(self, since: datetime) -> Sequence[LedgerEntry]:
        """Balance changes at or after `since`, oldest first. Raises Retryable."""
        ...

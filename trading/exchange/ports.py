"""What the core needs from the outside market, and nothing more.

Every adapter passes the contract suites in `tests/contract`. An adapter raises `Retryable`
when nothing happened and `OutcomeUnknown` when it cannot tell.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from trading.domain.market import Candle, Instrument, Quote
from trading.domain.order import Fill, Order, OrderStatus


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

    async def place_order(self, order: Order) -> VenueOrder:
        """Send `order`. The result's status is ACCEPTED, PARTIALLY_FILLED, FILLED or REJECTED.

        Raises OutcomeUnknown when the order may have arrived.
        """
        ...

    async def find_order(self, order: Order) -> VenueOrder | None:
        """What became of `order`; None when the venue has never seen it. Raises Retryable."""
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

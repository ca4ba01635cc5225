"""An order's life: a wish becomes an intent, an intent an order, an order fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from trading.domain.market import Instrument
from trading.domain.money import ZERO, Money


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    MARKET = "market"
    LIMIT = "limit"


class Source(StrEnum):
    """Who wished for an order."""

    REBALANCE = "rebalance"
    STRATEGY = "strategy"
    MANUAL = "manual"
    STOP = "stop"
    TARGET = "target"
    FLATTEN = "flatten"
    EXTERNAL = "external"
    """The owner's own trade at the venue, which this program only books."""


class OrderStatus(StrEnum):
    INTENDED = "INTENDED"
    SUBMITTED = "SUBMITTED"
    UNKNOWN = "UNKNOWN"
    ACCEPTED = "ACCEPTED"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


_S = OrderStatus
MOVES: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    _S.INTENDED: frozenset({_S.SUBMITTED, _S.REJECTED, _S.EXPIRED, _S.CANCELED}),
    _S.SUBMITTED: frozenset(
        {_S.ACCEPTED, _S.PARTIALLY_FILLED, _S.FILLED, _S.REJECTED, _S.CANCELED, _S.EXPIRED, _S.UNKNOWN}
    ),
    _S.UNKNOWN: frozenset({_S.ACCEPTED, _S.PARTIALLY_FILLED, _S.FILLED, _S.REJECTED, _S.CANCELED, _S.EXPIRED}),
    _S.ACCEPTED: frozenset({_S.PARTIALLY_FILLED, _S.FILLED, _S.CANCELED, _S.EXPIRED, _S.REJECTED}),
    _S.PARTIALLY_FILLED: frozenset({_S.PARTIALLY_FILLED, _S.FILLED, _S.CANCELED, _S.EXPIRED}),
    # Venues report fills late: what we believed final may still fill.
    _S.FILLED: frozenset(),
    _S.CANCELED: frozenset({_S.PARTIALLY_FILLED, _S.FILLED}),
    _S.REJECTED: frozenset({_S.PARTIALLY_FILLED, _S.FILLED}),
    _S.EXPIRED: frozenset({_S.PARTIALLY_FILLED, _S.FILLED}),
}
"""The legal moves of an order, as one table."""

FINAL: frozenset[OrderStatus] = frozenset({_S.FILLED, _S.CANCELED, _S.REJECTED, _S.EXPIRED})
"""Statuses that need nothing further from us."""


@dataclass(frozen=True, slots=True)
class OrderIntent:
    """What we want to send. `reduce_only` never opens a position; `protective` never waits for a person."""

    id: str
    batch_id: str
    instrument: Instrument
    side: Side
    quantity: Decimal
    type: OrderType
    source: Source
    reason: str
    limit_price: Decimal | None = None
    reduce_only: bool = False
    protective: bool = False

    @property
    def symbol(self) -> str:
        return self.instrument.symbol


@dataclass(frozen=True, slots=True)
class Order:
    """An intent on its way through a venue. `fee` is in the instrument's quote currency."""

    client_order_id: str
    intent: OrderIntent
    status: OrderStatus
    created_at: datetime
    updated_at: datetime
    venue_order_id: str | None = None
    filled_quantity: Decimal = ZERO
    average_price: Decimal | None = None
    fee: Decimal = ZERO
    detail: str = ""

    @property
    def symbol(self) -> str:
        return self.intent.instrument.symbol

    @property
    def side(self) -> Side:
        return self.intent.side


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution: `quantity` in base, `price` in quote per base, `realized` a sale's booked profit with fees."""

    trade_id: str
    client_order_id: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee: Money
    at: datetime
    realized: Decimal = ZERO

    @property
    def notional(self) -> Decimal:
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders that belong together: validated as one, executed sells first, told as one message."""

    id: str
    source: Source
    decided_by: str
    reason: str
    created_at: datetime
    cycle_id: str | None = None

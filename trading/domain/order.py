"""An order's life: a wish becomes an intent, an intent an order, an order fills."""

from __future__ import annotations

import uuid
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
    """What we want to send. `reduce_only` never opens a position; `protective` never waits for a person.

    `margin` sells what is not held (a short position), or buys it back; only venues that report margin take it.
    `expected_move` is how far (fraction) an entry is meant to run before it is left; None where nobody says.
    """

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
    margin: bool = False
    expected_move: Decimal | None = None

    @property
    def symbol(self) -> str:
        return self.instrument.symbol

    @property
    def covers(self) -> bool:
        """Whether it buys a short position back."""
        return self.margin and self.reduce_only and self.side is Side.BUY

    @property
    def is_external(self) -> bool:
        """Whether it is the owner's own, which we only book."""
        return self.source is Source.EXTERNAL


_NAMESPACE = uuid.UUID("5d0f8a52-3c0e-4d0b-9a3e-1f7a6c1b2e90")


def client_order_id(intent: OrderIntent, attempt: int = 1) -> str:
    """The id of one attempt to place `intent`: a UUIDv5 of both, so that the same attempt always has the same id."""
    return str(uuid.uuid5(_NAMESPACE, f"{intent.id}:{attempt}"))


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

    @property
    def remaining(self) -> Decimal:
        """What has not been filled, in base."""
        return self.intent.quantity - self.filled_quantity


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution: `quantity` in base, `price` in quote per base, `realized` the profit it booked, with fees.

    `fee_value` is what the fee was worth in quote when it was booked; None where the fee is in quote already.
    `margin` tells an execution that may leave a short position behind. `cost` is what was exchanged in quote, fee left
    out, where the venue tells: it rounds what price times quantity does not; None means that product.
    """

    trade_id: str
    client_order_id: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee: Money
    at: datetime
    realized: Decimal = ZERO
    fee_value: Decimal | None = None
    margin: bool = False
    cost: Decimal | None = None

    @property
    def notional(self) -> Decimal:
        """What was exchanged in quote, fee left out."""
        return self.price * self.quantity if self.cost is None else self.cost

    @property
    def fee_worth(self) -> Decimal:
        """The fee in quote: as it is, or what it was worth when it was booked."""
        return self.fee.amount if self.fee_value is None else self.fee_value


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders that belong together: validated as one, executed sells first, told as one message."""

    id: str
    source: Source
    decided_by: str
    reason: str
    created_at: datetime
    cycle_id: str | None = None

"""What the venue remembers: orders, their trades, ledger entries, and the ids it gives them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from tests.contract.kraken_market import Pair

ZERO = Decimal(0)


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    MARKET = "market"
    LIMIT = "limit"
    STOP_LOSS = "stop-loss"
    TAKE_PROFIT = "take-profit"
    STOP_LOSS_LIMIT = "stop-loss-limit"
    TAKE_PROFIT_LIMIT = "take-profit-limit"


LIMITED = frozenset({OrderType.LIMIT, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT})
"""Types with a price that is never exceeded."""
TRIGGERED = frozenset(OrderType) - {OrderType.MARKET, OrderType.LIMIT}
"""Types that sleep until the last price reaches theirs."""


class Status(StrEnum):
    PENDING = "pending"
    OPEN = "open"
    CLOSED = "closed"
    CANCELED = "canceled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order as it was asked for, checked against the pair's rules. Prices are in quote, volume in base."""

    pair: Pair
    side: Side
    type: OrderType
    volume: Decimal
    price: Decimal | None = None
    price2: Decimal | None = None
    flags: tuple[str, ...] = ("fciq",)
    userref: int = 0
    cl_ord_id: str | None = None
    immediate: bool = False
    expires_at: float = 0.0

    @property
    def limit(self) -> Decimal | None:
        """The worst price allowed, None for the market's."""
        if self.type is OrderType.LIMIT:
            return self.price
        return self.price2 if self.type in LIMITED else None

    @property
    def description(self) -> str:
        """The sentence in `descr.order`."""
        words = {"stop-loss": "stop loss", "take-profit": "take profit"}
        kind = words.get(self.type.removesuffix("-limit"), self.type.value)
        price = f" {self.price}" if self.price is not None else ""
        second = f" -> limit {self.price2}" if self.price2 is not None else ""
        return f"{self.side} {self.volume:.8f} {self.pair.altname} @ {kind}{price}{second}"


@dataclass(frozen=True, slots=True)
class Trade:
    """One execution. `cost` and `fee` are rounded to the pair's cost decimals; `fee` is in `fee_asset`."""

    id: str
    number: int
    order_id: str
    pair: Pair
    side: Side
    type: OrderType
    price: Decimal
    volume: Decimal
    cost: Decimal
    fee: Decimal
    fee_asset: str
    maker: bool
    at: float


@dataclass(slots=True)
class Order:
    """An order the engine accepted. Questions see it from `visible_at`; `rested` says that it waits in the book."""

    id: str
    ticket: Ticket
    opened_at: float
    visible_at: float
    status: Status = Status.PENDING
    closed_at: float = 0.0
    reason: str | None = None
    triggered: bool = False
    rested: bool = False
    stalled: bool = False
    trades: list[Trade] = field(default_factory=list)

    @property
    def pair(self) -> Pair:
        return self.ticket.pair

    @property
    def is_open(self) -> bool:
        return self.status in (Status.PENDING, Status.OPEN)

    @property
    def filled(self) -> Decimal:
        """Base units executed so far."""
        return sum((trade.volume for trade in self.trades), ZERO)

    @property
    def remaining(self) -> Decimal:
        return self.ticket.volume - self.filled

    @property
    def cost(self) -> Decimal:
        return sum((trade.cost for trade in self.trades), ZERO)

    @property
    def fee(self) -> Decimal:
        return sum((trade.fee for trade in self.trades), ZERO)

    @property
    def average(self) -> Decimal:
        """Quote per base, rounded to the pair's price decimals as the venue does; zero before the first trade."""
        if not self.trades:
            return ZERO
        notional = sum((trade.price * trade.volume for trade in self.trades), ZERO)
        return (notional / self.filled).quantize(self.pair.tick)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the account's ledger. `amount` is without `fee`; `balance` is what was there afterwards."""

    id: str
    reference: str
    kind: str
    asset: str
    amount: Decimal
    fee: Decimal
    balance: Decimal
    at: float
    subtype: str = ""


class Ids:
    """Ids in Kraken's form, the same for the same `seed`."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._count = 0

    def next(self, letter: str) -> str:
        """An id that starts with `letter`: O for orders, T for trades, L for the ledger."""
        self._count += 1
        digest = hashlib.sha256(f"{self._seed} {self._count}".encode()).digest()
        text = letter + base64.b32encode(digest).decode()[:16]
        return f"{text[:6]}-{text[6:11]}-{text[11:]}"

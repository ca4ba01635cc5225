"""What the lab's exchange writes down, and the instruments it trades."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from trading.domain.market import Instrument
from trading.domain.money import ZERO, Money
from trading.domain.order import FINAL, OrderStatus, OrderType, Side
from trading.exchange.ports import LedgerKind

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
QUOTE = "USD"
FEE = Decimal("0.004")
TICK = Decimal("0.01")
STEP = Decimal("0.0001")


def pair(symbol: str) -> Instrument:
    """Ticks of a cent, lots of 0.0001, at least 0.001 and 5 USD."""
    base, quote = symbol.split("/")
    return Instrument(symbol, base, quote, TICK, STEP, Decimal("0.001"), Decimal(5))


INSTRUMENTS = {symbol: pair(symbol) for symbol in ("BTC/USD", "ETH/USD", "SOL/USD")}
CURRENCIES = frozenset({QUOTE, *(instrument.base for instrument in INSTRUMENTS.values())})
"""What the portfolio consists of."""
PRICES = {"BTC/USD": Decimal(100), "ETH/USD": Decimal("10.07"), "SOL/USD": Decimal("1.03")}


@dataclass(frozen=True, slots=True)
class Execution:
    """One fill at the venue. `at` is the venue's time."""

    trade_id: str
    price: Decimal
    quantity: Decimal
    fee: Money
    at: datetime


@dataclass(slots=True)
class Ticket:
    """An order as the venue keeps it. `lag` (seconds) is how long questions do not see what happens to it.

    `client_id` is None for the owner's own orders. `cancels` counts how often the program asked to cancel it.
    """

    venue_id: str
    client_id: str | None
    instrument: Instrument
    side: Side
    type: OrderType
    quantity: Decimal
    limit: Decimal | None
    opened_at: datetime
    lag: float
    status: OrderStatus = OrderStatus.ACCEPTED
    closed_at: datetime | None = None
    detail: str = ""
    executions: list[Execution] = field(default_factory=list)
    cancels: int = 0

    @property
    def filled(self) -> Decimal:
        return sum((execution.quantity for execution in self.executions), ZERO)

    @property
    def remaining(self) -> Decimal:
        return self.quantity - self.filled

    @property
    def is_open(self) -> bool:
        return self.status not in FINAL


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of one balance, less its fee; `lag` as the order's."""

    id: str
    reference: str
    kind: LedgerKind
    money: Money
    fee: Decimal
    at: datetime
    balance: Decimal
    lag: float = 0.0

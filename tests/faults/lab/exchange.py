"""The lab's exchange: what really happens, whether anybody hears of it or not. Written from Kraken's rules.

Client order ids are unique among open orders only, so that a repeated market order fills twice. A request that
arrives after its deadline is refused. What is to come (late arrivals, further parts, the venue's own cancels) waits
in a line and happens when time passes it.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from tests.faults.lab.records import FEE, INSTRUMENTS, PRICES, QUOTE, STEP, Entry, Execution, Ticket
from trading.clock import Clock
from trading.domain.market import Instrument
from trading.domain.money import ZERO, Money, round_down
from trading.domain.order import OrderStatus, OrderType, Side
from trading.exchange.ports import LedgerKind

_TOLD = Decimal("0.00001")
"""To which fees of trades are told."""
CRUMB = Decimal("0.0001")
"""To which quote amounts are kept: a trade tells more decimals than the balance moves by."""


class RefusedOrder(Exception):
    """The venue does not take the order; `str` is Kraken's error."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How orders fare. Chances are fractions; `lag` is the most seconds that questions are behind."""

    lag: float = 0.0
    in_parts: float = 0.0
    cut_short: float = 0.0
    slow: float = 0.0


class Exchange:
    """One account of one spot venue. `habits` decide with `chance` how each order fares."""

    def __init__(self, clock: Clock, chance: random.Random, habits: Habits) -> None:
        self._clock = clock
        self._chance = chance
        self.habits = habits
        self._coming: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._number = 0
        self.prices = dict(PRICES)
        self.extremes = {symbol: (price, price) for symbol, price in PRICES.items()}
        """Lowest and highest price so far."""
        self.balances: dict[str, Decimal] = {}
        self.tickets: list[Ticket] = []
        self.entries: list[Entry] = []

    def moved(self, clock: Clock, chance: random.Random, habits: Habits) -> Exchange:
        """A twin with other habits; nothing may be on its way."""
        twin = Exchange(clock, chance, habits)
        twin._number = self._number
        twin.prices = dict(self.prices)
        twin.balances = dict(self.balances)
        twin.tickets = [replace(ticket, executions=list(ticket.executions)) for ticket in self.tickets]
        twin.entries = list(self.entries)
        return twin

    def settle(self) -> None:
        """Let everything happen that was due until now."""
        now = self._clock.now()
        while self._coming and self._coming[0][0] <= now:
            at, _, act = heapq.heappop(self._coming)
            act(at)

    @property
    def happened(self) -> int:
        """Grows with everything that happens here."""
        return self._number

    @property
    def is_busy(self) -> bool:
        """Whether anything is still to come."""
        return bool(self._coming)

    def later(self, seconds: float, act: Callable[[datetime], None]) -> None:
        """Do `act` in `seconds`."""
        at = self._clock.now() + timedelta(seconds=seconds)
        heapq.heappush(self._coming, (at, self._next(), act))

    def place(
        self,
        client_id: str | None,
        instrument: Instrument,
        side: Side,
        type_: OrderType,
        quantity: Decimal,
        limit: Decimal | None,
        at: datetime,
    ) -> Ticket:
        """Take an order. Raises RefusedOrder."""
        if client_id is not None and any(t.client_id == client_id and t.is_open for t in self.tickets):
            raise RefusedOrder("EOrder:cl_ord_id already open")
        if quantity < instrument.min_quantity or quantity % STEP:
            raise RefusedOrder("EOrder:Order minimum not met")
        price = self._worst(instrument, side, limit)
        if quantity * price < instrument.min_notional:
            raise RefusedOrder("EOrder:Cost minimum not met")
        self._require_funds(instrument, side, quantity, price)
        lag = self._chance.uniform(0, self.habits.lag)
        number = self._next()
        ticket = Ticket(f"O{number}", client_id, instrument, side, type_, quantity, limit, at, lag)
        self.tickets.append(ticket)
        self._work(ticket, at)
        return ticket

    def cancel(self, ticket: Ticket, at: datetime, why: str = "User requested") -> None:
        """End an open order; one that has ended stays as it is."""
        self._close(ticket, at, OrderStatus.CANCELED, why)

    def place_by_hand(self, symbol: str, side: Side, quantity: Decimal, limit: Decimal | None = None) -> Ticket | None:
        """The owner's own order; None when the venue does not take it."""
        self.settle()
        type_ = OrderType.MARKET if limit is None else OrderType.LIMIT
        try:
            return self.place(None, INSTRUMENTS[symbol], side, type_, quantity, limit, self._clock.now())
        except RefusedOrder:
            return None

    def set_price(self, symbol: str, price: Decimal) -> None:
        """From now on `symbol` trades at `price`; what waits for it executes."""
        self.settle()
        self.prices[symbol] = price
        low, high = self.extremes[symbol]
        self.extremes[symbol] = min(low, price), max(high, price)
        now = self._clock.now()
        for ticket in self.tickets:
            if ticket.is_open and ticket.instrument.symbol == symbol and ticket.type is OrderType.LIMIT:
                self._work(ticket, now)

    def post(self, currency: str, amount: Decimal, kind: LedgerKind, reference: str = "", lag: float = 0.0) -> None:
        """Change a balance and write it down."""
        self._enter(currency, amount, ZERO, kind, reference, self._clock.now(), lag)

    def misplace(self, currency: str, amount: Decimal) -> None:
        """Change a balance and write nothing down: what reconciling must find."""
        self.balances[currency] = self.balances.get(currency, ZERO) + amount

    def held(self, currency: str) -> Decimal:
        """What open orders keep back."""
        total = ZERO
        for ticket in self.tickets:
            if not ticket.is_open:
                continue
            if ticket.side is Side.SELL and ticket.instrument.base == currency:
                total += ticket.remaining
            elif ticket.side is Side.BUY and currency == QUOTE:
                total += ticket.remaining * self._worst(ticket.instrument, ticket.side, ticket.limit) * (1 + FEE)
        return total

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _worst(self, instrument: Instrument, side: Side, limit: Decimal | None) -> Decimal:
        price = self.prices[instrument.symbol]
        return price if limit is None else limit

    def _require_funds(self, instrument: Instrument, side: Side, quantity: Decimal, price: Decimal) -> None:
        currency = instrument.base if side is Side.SELL else QUOTE
        needed = quantity if side is Side.SELL else quantity * price * (1 + FEE)
        if needed > self.balances.get(currency, ZERO) - self.held(currency):
            raise RefusedOrder("EOrder:Insufficient funds")

    def _work(self, ticket: Ticket, at: datetime) -> None:
        """Execute what the market gives now: whole, in parts over time, slowly, or cut short by the venue."""
        price = self.prices[ticket.instrument.symbol]
        if ticket.limit is not None and (price > ticket.limit if ticket.side is Side.BUY else price < ticket.limit):
            return
        draw = self._chance.random()
        habits = self.habits
        if draw < habits.in_parts:
            self._execute(ticket, self._part(ticket), at)
            self.later(self._chance.uniform(1, 40), lambda when: self._execute(ticket, ticket.remaining, when))
        elif draw < habits.in_parts + habits.cut_short:
            self._execute(ticket, self._part(ticket), at)
            self.later(
                self._chance.uniform(0, 20),
                lambda when: self._close(ticket, when, OrderStatus.CANCELED, "Canceled by the venue"),
            )
        elif draw < habits.in_parts + habits.cut_short + habits.slow:
            self.later(self._chance.uniform(1, 40), lambda when: self._execute(ticket, ticket.remaining, when))
        else:
            self._execute(ticket, ticket.remaining, at)

    def _part(self, ticket: Ticket) -> Decimal:
        return round_down(ticket.remaining * Decimal(self._chance.randint(0, 9)) / 10, STEP)

    def _execute(self, ticket: Ticket, quantity: Decimal, at: datetime) -> None:
        if not ticket.is_open or quantity <= 0:
            return
        price, instrument = self.prices[ticket.instrument.symbol], ticket.instrument
        if ticket.limit is not None:
            price = min(price, ticket.limit) if ticket.side is Side.BUY else max(price, ticket.limit)
        fee = (price * quantity * FEE).quantize(_TOLD, ROUND_HALF_EVEN)
        trade_id = f"T{self._next()}"
        ticket.executions.append(Execution(trade_id, price, quantity, Money(fee, instrument.quote), at))
        sign = 1 if ticket.side is Side.BUY else -1
        self._enter(instrument.base, sign * quantity, ZERO, LedgerKind.TRADE, trade_id, at, ticket.lag)
        cost, taken = (amount.quantize(CRUMB, ROUND_HALF_EVEN) for amount in (quantity * price, fee))
        self._enter(instrument.quote, -sign * cost, taken, LedgerKind.TRADE, trade_id, at, ticket.lag)
        ticket.status = OrderStatus.PARTIALLY_FILLED
        if not ticket.remaining:
            self._close(ticket, at, OrderStatus.FILLED, "")

    def _close(self, ticket: Ticket, at: datetime, status: OrderStatus, why: str) -> None:
        if ticket.is_open:
            ticket.status, ticket.closed_at, ticket.detail = status, at, why

    def _enter(
        self, currency: str, amount: Decimal, fee: Decimal, kind: LedgerKind, reference: str, at: datetime, lag: float
    ) -> None:
        number = self._next()
        balance = self.balances.get(currency, ZERO) + amount - fee
        self.balances[currency] = balance
        entry = Entry(f"L{number}", reference or f"R{number}", kind, Money(amount, currency), fee, at, balance, lag)
        self.entries.append(entry)

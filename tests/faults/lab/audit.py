"""After a run: what the exchange did against what the books say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from tests.faults.lab.exchange import CRUMB, Exchange
from tests.faults.lab.records import CURRENCIES, QUOTE, Execution
from trading.domain.discrepancy import Discrepancy, DiscrepancyKind
from trading.domain.money import ZERO
from trading.domain.order import Fill, Order, OrderStatus, Source
from trading.domain.risk import ApprovalStatus
from trading.orders.settlement import NEVER_ARRIVED
from trading.portfolio.book import Book
from trading.portfolio.ledger import ASSETS, residual
from trading.store.codec import DISCREPANCIES
from trading.store.memory_tables import MemoryTables


def violations(tables: MemoryTables, exchange: Exchange) -> list[str]:
    """Every promise that the run broke, in words; empty when it broke none."""
    asked = {d.reference for d in open_discrepancies(tables) if d.kind is DiscrepancyKind.ORDER}
    return [
        *_sent_twice(tables, exchange),
        *_given_up(tables, exchange),
        *_touched(exchange),
        *_forgotten(tables, exchange, asked),
        *_not_final(tables, asked),
        *_books(tables, exchange, bool(asked)),
        *_journal(tables),
    ]


def open_discrepancies(tables: MemoryTables) -> Sequence[Discrepancy]:
    """Those that wait for a person."""
    kept = tables.meta.get("discrepancies")
    known = DISCREPANCIES.load(kept) if kept else ()
    return [each for each in known if each.resolution is None]


def drifts(tables: MemoryTables) -> Sequence[Discrepancy]:
    """Balances that a person is asked about."""
    return [found for found in open_discrepancies(tables) if found.kind is DiscrepancyKind.BALANCE]


def open_orders(tables: MemoryTables) -> Sequence[Order]:
    """Orders that are not final, without those whose card waits for a person and those a person is asked about."""
    if not tables.open_orders:
        return ()
    waiting = {a.batch_id for a in tables.approvals.values() if a.status is ApprovalStatus.PENDING}
    asked = {d.reference for d in open_discrepancies(tables)}
    orders = [tables.orders[name] for name in tables.open_orders]
    return [
        order
        for order in orders
        if order.client_order_id not in asked
        and not (order.status is OrderStatus.INTENDED and order.intent.batch_id in waiting)
    ]


def _sent_twice(tables: MemoryTables, exchange: Exchange) -> Iterator[str]:
    times = Counter(ticket.client_id for ticket in exchange.tickets if ticket.client_id is not None)
    for client_id, count in times.items():
        if count > 1:
            yield f"order {client_id} was taken {count} times"
    executed: dict[str, Decimal] = defaultdict(lambda: ZERO)
    wanted: dict[str, Decimal] = {}
    for ticket in exchange.tickets:
        if ticket.client_id is None:
            continue
        order = tables.orders.get(ticket.client_id)
        if order is None:
            yield f"order {ticket.client_id} was sent and is not in the store"
            continue
        executed[order.intent.id] += ticket.filled
    for order in tables.orders.values():
        wanted[order.intent.id] = max(wanted.get(order.intent.id, ZERO), order.intent.quantity)
    for intent, quantity in executed.items():
        if quantity > wanted[intent]:
            yield f"intent {intent} wanted {wanted[intent]} and {quantity} was executed"


def _given_up(tables: MemoryTables, exchange: Exchange) -> Iterator[str]:
    """What was believed absent, or never sent, must not be at the venue."""
    taken = {ticket.client_id for ticket in exchange.tickets}
    for order in tables.orders.values():
        given_up = order.status in (OrderStatus.EXPIRED, OrderStatus.REJECTED) or NEVER_ARRIVED in order.detail
        if given_up and order.client_order_id in taken:
            yield f"order {order.client_order_id} was given up ({order.detail}) and the venue had taken it"


def _touched(exchange: Exchange) -> Iterator[str]:
    for ticket in exchange.tickets:
        if ticket.client_id is None and ticket.cancels:
            yield f"the owner's order {ticket.venue_id} was cancelled by the program"


def _forgotten(tables: MemoryTables, exchange: Exchange, asked: set[str]) -> Iterator[str]:
    """Fills at the venue against fills in the ledger; what a person is asked about may be missing there."""
    booked = {fill.trade_id: fill for fill in tables.fills}
    happened = {done.trade_id: (ticket, done) for ticket in exchange.tickets for done in ticket.executions}
    if len(booked) != len(tables.fills):
        yield "a trade id is in the ledger twice"
    for trade_id, (ticket, done) in happened.items():
        fill = booked.get(trade_id)
        if fill is None:
            if ticket.client_id not in asked:
                yield f"{ticket.side} of {done.quantity} {ticket.instrument.symbol} ({trade_id}) is not in the ledger"
        elif not _same(fill, done):
            yield f"trade {trade_id} is in the ledger with other figures"
        elif ticket.client_id is not None and fill.client_order_id != ticket.client_id:
            yield f"trade {trade_id} of our order is booked under another"
        elif ticket.client_id is None and tables.orders[fill.client_order_id].intent.source is not Source.EXTERNAL:
            yield f"the owner's trade {trade_id} is booked as ours"
    for trade_id in booked.keys() - happened.keys():
        yield f"trade {trade_id} is in the ledger and never happened"


def _same(fill: Fill, done: Execution) -> bool:
    """The fee may be booked as the trade tells it, or as the ledger rounded it."""
    exact = (fill.quantity, fill.price, fill.fee.currency) == (done.quantity, done.price, done.fee.currency)
    return exact and abs(fill.fee.amount - done.fee.amount) <= CRUMB


def _not_final(tables: MemoryTables, asked: set[str]) -> Iterator[str]:
    for order in open_orders(tables):
        if order.client_order_id not in asked:
            yield f"order {order.client_order_id} is still {order.status}"
    for order in tables.orders.values():
        fills = tables.fills_of_order.get(order.client_order_id, ())
        if sum((fill.quantity for fill in fills), ZERO) != order.filled_quantity:
            yield f"order {order.client_order_id} does not add up to its fills"


def _books(tables: MemoryTables, exchange: Exchange, is_asked: bool) -> Iterator[str]:
    if residual(tables.totals):
        yield f"the ledger's residual is {residual(tables.totals)}"
    book = Book.rebuilt(QUOTE, tables.booked)
    held = {position.symbol.split("/")[0]: position.quantity for position in book.positions()} | {QUOTE: book.cash}
    for currency in sorted(CURRENCIES):
        in_book, at_venue = held.get(currency, ZERO), exchange.balances.get(currency, ZERO)
        if in_book != tables.totals.get((ASSETS, currency), ZERO):
            yield f"book and ledger disagree on {currency}"
        crumbs = 2 * CRUMB * len(tables.fills) if currency == QUOTE else ZERO
        if abs(in_book - at_venue) > crumbs and not is_asked:
            yield f"the book holds {in_book} {currency}, the venue {at_venue}"
    for found in drifts(tables):
        yield f"a difference is open that nobody made: {found.detail}"


def _journal(tables: MemoryTables) -> Iterator[str]:
    if [entry.seq for entry in tables.journal] != list(range(1, len(tables.journal) + 1)):
        yield "the journal has gaps"

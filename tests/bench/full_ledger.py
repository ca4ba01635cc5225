"""A portfolio with a long past, written straight into the store: buys and sales, valued by the hour."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from tests.bench.simulated_world import START
from trading.domain.market import Instrument
from trading.domain.money import Money
from trading.domain.order import Batch, Fill, Order, OrderIntent, OrderStatus, OrderType, Side, Source
from trading.domain.portfolio import CashFlow, EquityPoint
from trading.exchange.rules import usual_instrument
from trading.portfolio.book import Book
from trading.portfolio.ledger import fill_postings, flow_postings
from trading.store.port import Store, Transaction

FILLS_PER_BATCH, HOURS_PER_BATCH = 20, 8
"""At this density 10,000 fills take 167 days."""

CASH, FEE = Decimal(100_000), Decimal("0.0040")
PRICES = {"BTC": "90000", "ETH": "3000", "SOL": "150", "XRP": "2", "ADA": "0.5"}
BUY = Decimal(50)
TICK = Decimal("0.0001")


async def write_ledger(store: Store, fills: int) -> None:
    """`fills` fills (a multiple of FILLS_PER_BATCH), spread evenly over the time since START, in one transaction."""
    past = _Past()
    async with store.transaction() as tx:
        await _fund(tx, past)
        for first in range(0, fills, FILLS_PER_BATCH):
            start = first // FILLS_PER_BATCH * HOURS_PER_BATCH
            for hour in range(start, start + HOURS_PER_BATCH):
                await tx.add_equity_point(past.point(hour))
            await _trade(tx, past, hour, range(first, first + FILLS_PER_BATCH))


async def _fund(tx: Transaction, past: _Past) -> None:
    flow = CashFlow("start", Money(CASH, "USD"), START, "starting cash")
    past.book.apply_flow(flow)
    await tx.add_cash_flow(flow)
    await tx.add_postings(flow_postings(flow))


async def _trade(tx: Transaction, past: _Past, hour: int, numbers: range) -> None:
    """One batch, with one order and one fill per number."""
    batch = Batch(f"batch-{hour}", Source.STRATEGY, "bench", "a trend", START + timedelta(hours=hour, minutes=1))
    traded = [past.trade(batch, number) for number in numbers]
    await tx.add_batch(batch)
    await tx.add_orders([order for order, _ in traded])
    for _, fill in traded:
        await tx.add_fill(fill)
    moves = [fill_postings(fill, order.intent.instrument) for order, fill in traded]
    await tx.add_postings([posting for postings in moves for posting in postings])


class _Past:
    """Prices that wander, the same every time, and the book that the trades amount to."""

    def __init__(self) -> None:
        self.book = Book("USD")
        self._random = random.Random(7)
        self._prices = {f"{base}/USD": Decimal(price) for base, price in PRICES.items()}
        self._rules = [usual_instrument(symbol, TICK) for symbol in self._prices]

    def point(self, hour: int) -> EquityPoint:
        """The portfolio at the full hour, after the hour's move."""
        for symbol, price in self._prices.items():
            self._prices[symbol] = (price * Decimal(str(1 + self._random.gauss(0, 0.004)))).quantize(TICK)
        equity = self.book.equity(self._prices.get) or CASH
        prices = {base: self._prices[f"{base}/USD"] for base in ("BTC", "ETH")}
        flows = CASH if hour == 0 else Decimal(0)
        return EquityPoint(START + timedelta(hours=hour), equity, self.book.cash, flows, Decimal("0.2"), prices)

    def trade(self, batch: Batch, number: int) -> tuple[Order, Fill]:
        """Each pair in turn: bought, and half of it sold again the next time."""
        rules = self._rules[number % len(self._rules)]
        side = Side.BUY if number // len(self._rules) % 2 == 0 else Side.SELL
        order = _filled(batch, number, rules, side, self._quantity(rules, side), self._prices[rules.symbol])
        fill = _fill(order, self._prices[rules.symbol], batch.created_at)
        fill = replace(fill, realized=self.book.realized_by(fill))
        self.book.apply_fill(fill)
        return order, fill

    def _quantity(self, rules: Instrument, side: Side) -> Decimal:
        held = self.book.position(rules.symbol).quantity
        wanted = BUY / self._prices[rules.symbol] if side is Side.BUY else held / 2
        return wanted.quantize(rules.lot_step)


def _filled(batch: Batch, number: int, rules: Instrument, side: Side, quantity: Decimal, price: Decimal) -> Order:
    name, at = f"order-{number}", batch.created_at
    intent = OrderIntent(name, batch.id, rules, side, quantity, OrderType.MARKET, batch.source, batch.reason)
    return Order(name, intent, OrderStatus.FILLED, at, at, name, quantity, price)


def _fill(order: Order, price: Decimal, at: datetime) -> Fill:
    name, quantity = order.client_order_id, order.intent.quantity
    fee = Money((price * quantity * FEE).quantize(TICK), "USD")
    return Fill(f"fill of {name}", name, order.symbol, order.side, price, quantity, fee, at)

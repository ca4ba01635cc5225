"""A portfolio and a market to take snapshots of, without the rest of the core around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from tests.world import START, HandMade, Market, columns_of, instrument, limits
from trading.clock import SimulatedClock
from trading.decision.snapshots import InForce, Snapshots, Surroundings
from trading.domain.market import TIMEFRAMES
from trading.domain.money import Money
from trading.domain.order import Batch, Fill, Order, OrderIntent, OrderStatus, OrderType, Side, Source
from trading.domain.portfolio import CashFlow
from trading.exchange.columns import Columns
from trading.exchange.ports import FeeRates
from trading.market.fees import FeeTable
from trading.market.quotes import QuoteCache
from trading.orders.account import Account
from trading.orders.protections import ExitRules, Protections
from trading.portfolio.book import Book
from trading.portfolio.equity import EquityCurve
from trading.portfolio.traded_days import TradedDays
from trading.risk.guards import Guards
from trading.store.memory import MemoryStore

SYMBOLS = ("BTC/USD", "ETH/USD", "SOL/USD")
FEES = FeeRates(Decimal("0.0025"), Decimal("0.004"))


def wandering(symbols: Sequence[str], timeframe: str = "1h", days: int = 30, after: float | None = None) -> HandMade:
    """Candles that wander from `days` before START to START, and stay at `after` for two days from then on."""
    first, count = START - timedelta(days=days), timedelta(days=days) // TIMEFRAMES[timeframe]
    rng = np.random.default_rng(5)
    columns: dict[str, Columns] = {}
    for number, symbol in enumerate(symbols):
        closes = (100 / (number + 1)) * np.exp(np.cumsum(rng.normal(0, 0.01, count)))
        rows = [(c, c * 1.01, c * 0.99, c) for c in np.round(closes, 4).tolist()]
        last = rows[-1][3] if after is None else after
        rows += [(last, last, last, last)] * (timedelta(days=2) // TIMEFRAMES[timeframe])
        columns[symbol] = columns_of(first, timeframe, rows)
    return HandMade(columns, timeframe)


@dataclass(slots=True)
class Rig:
    """A thousand dollars at START, in a market of wandering candles."""

    history: HandMade = field(default_factory=lambda: wandering(SYMBOLS))
    guards: Guards = field(default_factory=Guards)
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(START))
    book: Book = field(default_factory=lambda: Book("USD"))
    market: Market = field(init=False)
    cache: QuoteCache = field(init=False)
    account: Account = field(init=False)
    curve: EquityCurve = field(init=False)
    snapshots: Snapshots = field(init=False)

    def __post_init__(self) -> None:
        self.market = Market(self.history, self.clock, spread=Decimal(0))
        self.cache = QuoteCache(self.clock)
        self.account = Account(self.book, self.cache)
        self.curve = EquityCurve(self.store, self.account, {"BTC": "BTC/USD", "ETH": "ETH/USD"}, self.clock)
        self.book.apply_flow(CashFlow("start", Money(Decimal(1000), "USD"), START, "to begin with"))
        self.snapshots = self.reader(self.history.instruments())

    def reader(self, symbols: Mapping[str, object]) -> Snapshots:
        """What takes snapshots of `symbols`."""
        return Snapshots(
            Surroundings(
                market=self.market,
                cache=self.cache,
                account=self.account,
                protections=Protections(ExitRules(None, None)),
                curve=self.curve,
                traded=TradedDays(self.store, self.clock),
                store=self.store,
                clock=self.clock,
                instruments=tuple(instrument(symbol) for symbol in symbols),
                zone=lambda: ZoneInfo("America/Denver"),
            ),
            InForce(limits(), FeeTable(FEES, self.clock), self.guards),
        )

    def buys(self, quantity: str, symbol: str = "BTC/USD", price: str = "100") -> Fill:
        """A purchase that the book knows of."""
        fill = Fill(
            trade_id=f"trade {quantity} {symbol}",
            client_order_id=f"order {quantity} {symbol}",
            symbol=symbol,
            side=Side.BUY,
            price=Decimal(price),
            quantity=Decimal(quantity),
            fee=Money(Decimal(quantity) * Decimal(price) * FEES.taker, "USD"),
            at=self.clock.now(),
        )
        self.book.apply_fill(fill)
        return fill

    async def keeps(self, fill: Fill) -> None:
        """Store `fill` with the order and the batch that it came of."""
        batch = Batch(f"batch of {fill.trade_id}", Source.REBALANCE, "a model", "a test", fill.at)
        intent = OrderIntent(
            id=f"intent of {fill.trade_id}",
            batch_id=batch.id,
            instrument=instrument(fill.symbol),
            side=fill.side,
            quantity=fill.quantity,
            type=OrderType.MARKET,
            source=batch.source,
            reason="a test",
        )
        async with self.store.transaction() as tx:
            await tx.add_batch(batch)
            await tx.add_orders([Order(fill.client_order_id, intent, OrderStatus.FILLED, fill.at, fill.at)])
            await tx.add_fill(fill)

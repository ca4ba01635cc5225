"""A small core in a market of our making: hand-made candles, prices set at will, a venue that can misbehave."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from trading.assembly import assemble
from trading.brain.oversight import Oversight
from trading.clock import SimulatedClock
from trading.contract import World
from trading.core import Adapters, Core, ExchangeAccount, Rules
from trading.decision.planners import Planned, Planner
from trading.decision.snapshots import Snapshot
from trading.desk import CoreDesk
from trading.domain.event import Event
from trading.domain.market import TIMEFRAMES, Depth, Instrument, Quote
from trading.domain.order import Batch, Order, OrderIntent, OrderType, Side, Source
from trading.domain.plan import Hold, PlanOutcome, TargetPlan, TargetWeight
from trading.errors import Retryable, SettingsError
from trading.exchange.candle_market import CandleMarket
from trading.exchange.columns import CandleHistory, Columns, to_ms
from trading.exchange.margin import MarginTerms
from trading.exchange.paper import PaperVenue
from trading.exchange.ports import FeeRates, PriceSource, VenueOrder
from trading.market.fees import FeeTable
from trading.orders.approval_rules import ApprovalRules
from trading.orders.intake import Placed, Submission
from trading.orders.protections import ExitRules
from trading.risk.limits import Limits
from trading.store.memory import MemoryStore
from trading.store.port import Store

START = datetime(2025, 3, 3, 12, tzinfo=UTC)
ZONE = ZoneInfo("America/Denver")
FEE = Decimal("0.004")
PRICES = {"BTC/USD": 100.0, "ETH/USD": 10.0, "SOL/USD": 1.0}
HISTORY_DAYS = 70

Row = tuple[float, float, float, float]
"""Open, high, low, close."""


def instrument(symbol: str = "BTC/USD", **changes: Any) -> Instrument:
    """A pair with a tick of a cent, lots of 0.0001 from 0.001 on, and a minimum of 5."""
    base, quote = symbol.split("/")
    plain = Instrument(symbol, base, quote, Decimal("0.01"), Decimal("0.0001"), Decimal("0.001"), Decimal(5))
    return replace(plain, **changes)


def columns_of(start: datetime, timeframe: str, rows: Sequence[Row]) -> Columns:
    """Candles from `rows`, one after the other from `start` on."""
    step = TIMEFRAMES[timeframe] // timedelta(milliseconds=1)
    opened_at = to_ms(start) + step * np.arange(len(rows), dtype=np.int64)
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    open_, high, low, close = (np.ascontiguousarray(table[:, i]) for i in range(4))
    return Columns(opened_at, open_, high, low, close, np.ones(len(rows)))


def flat(price: float, count: int) -> list[Row]:
    return [(price, price, price, price)] * count


class HandMade:
    """A `CandleHistory` of the candles it is given."""

    def __init__(
        self, columns: Mapping[str, Columns], timeframe: str, rules: Mapping[str, Instrument] | None = None
    ) -> None:
        self.timeframe = timeframe
        self._columns = dict(columns)
        self._rules = rules or {symbol: instrument(symbol) for symbol in columns}
        self._longer: dict[tuple[str, str], Columns] = {}

    @property
    def start(self) -> datetime:
        return datetime.fromtimestamp(max(int(c.opened_at[0]) for c in self._columns.values()) / 1000, UTC)

    @property
    def end(self) -> datetime | None:
        last = min(int(c.opened_at[-1]) for c in self._columns.values())
        return datetime.fromtimestamp(last / 1000, UTC) + TIMEFRAMES[self.timeframe]

    def instruments(self) -> Mapping[str, Instrument]:
        return self._rules

    def columns(self, symbol: str, timeframe: str) -> Columns:
        if timeframe == self.timeframe:
            return self._columns[symbol]
        if TIMEFRAMES[timeframe] < TIMEFRAMES[self.timeframe]:
            raise SettingsError(f"{timeframe} candles cannot be had; the finest are {self.timeframe}.")
        if (symbol, timeframe) not in self._longer:
            self._longer[symbol, timeframe] = self._columns[symbol].resample(self.timeframe, timeframe)
        return self._longer[symbol, timeframe]

    def extend(self, until: datetime) -> None:
        """What is written is all there is."""


def quiet_history(prices: Mapping[str, float] | None = None) -> HandMade:
    """Hourly candles that never move, from long before START to a month after."""
    first, count = START - timedelta(days=HISTORY_DAYS), 24 * (HISTORY_DAYS + 30)
    chosen = PRICES if prices is None else prices
    return HandMade({s: columns_of(first, "1h", flat(p, count)) for s, p in chosen.items()}, "1h")


class Market(CandleMarket):
    """A candle market whose connection can be cut, with order books where a test sets some."""

    outage = ""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.books: dict[str, Depth | Exception] = {}
        self.books_arrive = asyncio.Event()
        self.books_arrive.set()

    @property
    def has_books(self) -> bool:
        return bool(self.books)

    async def depth(self, symbol: str, limit: int = 50) -> Depth | None:  # type: ignore[override]
        await self.books_arrive.wait()
        book = self.books.get(symbol)
        if isinstance(book, Exception):
            raise book
        return book

    def say(self, symbol: str, quote: Quote) -> None:
        """A tick with a spread of its own."""
        self._ticks[symbol] = quote

    async def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        if self.outage:
            raise Retryable(self.outage)
        return await super().quotes(symbols)


Answer = Callable[[Order], Awaitable[VenueOrder]]


class ScriptedVenue:
    """The paper venue, except where the script has another answer for the next order."""

    def __init__(self, paper: PaperVenue) -> None:
        self.paper = paper
        self.script: deque[Answer] = deque()
        self.placed: list[Order] = []
        self.arrived = asyncio.Event()
        self.remembers: dict[str, VenueOrder | Exception | None] = {}
        self.checked: list[Order] = []
        self.objects: dict[str, str | Exception] = {}
        self.hides_for = timedelta(0)

    @property
    def visibility(self) -> timedelta:
        return self.hides_for

    async def place_order(self, order: Order) -> VenueOrder:
        self.placed.append(order)
        self.arrived.set()
        answer = self.script.popleft() if self.script else self.paper.place_order
        return await answer(order)

    async def check_order(self, order: Order) -> str:
        self.checked.append(order)
        words = self.objects.get(order.symbol)
        if isinstance(words, Exception):
            raise words
        return words or await self.paper.check_order(order)

    async def find_order(self, order: Order) -> VenueOrder | None:
        found = self.remembers.get(order.client_order_id)
        if isinstance(found, Exception):
            raise found
        return found or await self.paper.find_order(order)

    async def cancel_order(self, order: Order) -> VenueOrder | None:
        return await self.paper.cancel_order(order)


class FixedPlanner:
    """Answers what it was told to."""

    name = "fixed plan"

    def __init__(self) -> None:
        self.outcome: PlanOutcome = Hold(self.name, "nothing to do", True)
        self.seen: list[Snapshot] = []

    async def plan(self, snapshot: Snapshot) -> Planned:
        self.seen.append(snapshot)
        return Planned(self.outcome)

    def outlook(self, snapshot: Snapshot) -> str:
        return ""

    def wants(self, thesis: str = "", **weights: str) -> None:
        """Target weights by base, the rest in cash."""
        chosen = tuple(
            TargetWeight(f"{base}/USD", Decimal(weight), f"{base} looks good") for base, weight in weights.items()
        )
        cash = 1 - sum((weight.weight for weight in chosen), Decimal(0))
        self.outcome = TargetPlan(self.name, chosen, cash, "the plan says so", thesis)


def limits(**changes: Any) -> Limits:
    plain = Limits(
        max_order_size=None,
        max_position=Decimal(1),
        max_price_age=timedelta(minutes=2),
        approval_threshold=None,
        slippage=Decimal(0),
    )
    return replace(plain, **changes)


def rules(symbols: Iterable[str] = tuple(PRICES), limits: Limits | None = None, **changes: Any) -> Rules:
    plain = Rules(
        world=World("PAPER", "simulated market", True, "USD", ZONE),
        symbols=tuple(symbols),
        starting_cash=Decimal(1000),
        limits=limits or _limits(),
        exits=ExitRules(None, None),
        approvals=ApprovalRules(timedelta(minutes=10), timedelta(minutes=2), Decimal("0.01")),
        daily_loss=None,
        rebalance_at=time(7),
        report_at=time(18),
    )
    return replace(plain, **changes)


_limits = limits


@dataclass(slots=True)
class SmallWorld:
    """An assembled core and everything around it that a test may turn."""

    core: Core
    rules: Rules
    store: Store
    clock: SimulatedClock
    people: SimulatedClock
    market: Market
    venue: ScriptedVenue
    planner: Planner
    history: CandleHistory
    spread: Decimal
    ids: Iterable[int] = field(default_factory=lambda: itertools.count(1))
    account: ExchangeAccount | None = None

    @property
    def desk(self) -> CoreDesk:
        return self.core.desk

    @property
    def cash(self) -> Decimal:
        return self.core.account.book.cash

    def held(self, symbol: str = "BTC/USD") -> Decimal:
        return self.core.account.book.position(symbol).quantity

    def tell(self, symbol: str, price: str | int | Decimal) -> Quote:
        """A new price that is known, with nobody reacting to it yet."""
        quote = self.market.publish(symbol, Decimal(price), self.clock.now())
        self.core.quotes.put(symbol, quote)
        return quote

    async def tick(self, symbol: str, price: str | int | Decimal) -> None:
        """A new price, and everything that it causes."""
        await self.core.on_quote(symbol, self.tell(symbol, price))

    def intent(self, side: Side, quantity: str, symbol: str = "BTC/USD", **changes: Any) -> OrderIntent:
        plain = OrderIntent(
            id=f"intent-{next(iter(self.ids))}",
            batch_id="",
            instrument=self.core.instruments[symbol],
            side=side,
            quantity=Decimal(quantity),
            type=OrderType.MARKET,
            source=Source.STRATEGY,
            reason="a test",
            reduce_only=side is Side.SELL,
        )
        return replace(plain, **changes)

    async def submit(self, *intents: OrderIntent) -> Submission:
        """Send `intents` through the intake as one batch."""
        batch = Batch(f"batch-{next(iter(self.ids))}", Source.STRATEGY, "a test", "a test", self.clock.now())
        return await self.core.intake.submit(batch, [replace(intent, batch_id=batch.id) for intent in intents])

    async def buy(self, quantity: str, symbol: str = "BTC/USD") -> tuple[Order, ...]:
        return await self._placed(self.intent(Side.BUY, quantity, symbol))

    async def sell(self, quantity: str, symbol: str = "BTC/USD") -> tuple[Order, ...]:
        return await self._placed(self.intent(Side.SELL, quantity, symbol))

    async def events(self, *kinds: type[Event]) -> list[Any]:
        """The journal, oldest first; only `kinds` where some are named."""
        async with self.store.reading() as read:
            entries = await read.events(0, 10_000)
        return [entry.event for entry in entries if not kinds or isinstance(entry.event, kinds)]

    async def orders(self, batch_id: str) -> Sequence[Order]:
        async with self.store.reading() as read:
            return await read.orders_of_batch(batch_id)

    async def restarted(self, **changes: Any) -> SmallWorld:
        """The program after a hard stop: the same store and clocks, everything in memory gone."""
        return await small_world(
            self.store,
            replace(self.rules, **changes),
            history=self.history,
            clock=self.clock,
            people=self.people,
            spread=self.spread,
            planner=self.planner,
            account=self.account,
        )

    async def _placed(self, intent: OrderIntent) -> tuple[Order, ...]:
        placed = await self.submit(intent)
        assert isinstance(placed, Placed), placed
        return placed.orders


async def small_world(
    store: Store | None = None,
    told: Rules | None = None,
    *,
    history: CandleHistory | None = None,
    clock: SimulatedClock | None = None,
    people: SimulatedClock | None = None,
    spread: Decimal = Decimal(0),
    slippage: Decimal = Decimal(0),
    fee: Decimal = FEE,
    planner: Planner | None = None,
    margin: MarginTerms | None = None,
    account: ExchangeAccount | None = None,
    oversight: Oversight | None = None,
) -> SmallWorld:
    """Assemble a core on `store` as `told`. It is not started yet."""
    store, told, history = store or MemoryStore(), told or rules(), history or quiet_history()
    clock, people = clock or SimulatedClock(START), people or SimulatedClock(START)
    market, planner = Market(history, clock, spread=spread), planner or FixedPlanner()
    venues: list[ScriptedVenue] = []
    rates = FeeRates(maker=fee, taker=fee)

    def open_venue(
        prices: PriceSource, instruments: Mapping[str, Instrument], held: Callable[[str], Decimal]
    ) -> ScriptedVenue:
        paper = PaperVenue(prices, clock, instruments, fee=rates, slippage=slippage, free=held, margin=margin)
        venues.append(ScriptedVenue(paper))
        return venues[0]

    table = FeeTable(rates, clock)
    numbers = itertools.count(1)
    prefix = (await _last_seq(store)) * 1000
    adapters = Adapters(
        store,
        market,
        open_venue,
        clock,
        people,
        table,
        lambda: f"{prefix + next(numbers):032x}",
        account,
        oversight=oversight,
    )
    core = await assemble(told, adapters, planner)
    ids = itertools.count(prefix + 1)
    return SmallWorld(core, told, store, clock, people, market, venues[0], planner, history, spread, ids, account)


async def started(store: Store | None = None, told: Rules | None = None, **around: Any) -> SmallWorld:
    """A small world, funded and up."""
    world = await small_world(store, told, **around)
    await world.core.start()
    return world


async def _last_seq(store: Store) -> int:
    async with store.reading() as read:
        return await read.last_seq()

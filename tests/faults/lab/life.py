"""One process of the program, from its start to its end or its crash."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.faults.lab.audit import drifts, open_orders
from tests.faults.lab.crash import Boundaries, CrashingStore
from tests.faults.lab.exchange import Exchange
from tests.faults.lab.market import LabMarket
from tests.faults.lab.records import FEE, PRICES
from tests.faults.lab.venue import LabVenue
from tests.faults.lab.virtual_time import VirtualTime
from tests.faults.lab.weather import Weather
from tests.world import FixedPlanner
from tests.world import rules as told
from trading.assembly import assemble
from trading.core import Adapters, Core, ExchangeAccount
from trading.domain.market import Instrument
from trading.exchange.ports import FeeRates, PriceSource
from trading.market.fees import FeeTable
from trading.orders.protections import ExitRules
from trading.risk.live_permit import LivePermit
from trading.store.memory import MemoryStore

TICK_EVERY = 30.0
"""Seconds between two prices."""

Script = Callable[["Life"], Awaitable[None]]
"""What people, plans and prices do in one life."""

PATIENCE = timedelta(seconds=20)
RULES = told(tuple(PRICES), exits=ExitRules(Decimal("0.1"), Decimal("0.2")), patience=PATIENCE)


@dataclass(slots=True)
class Life:
    """An assembled core on the durable store, its services, and the script it lives through."""

    core: Core
    store: MemoryStore
    exchange: Exchange
    clock: VirtualTime
    market: LabMarket
    venue: LabVenue
    chance: random.Random
    permit: LivePermit
    boundaries: Boundaries
    new_id: Callable[[], str]
    script_is_done: bool = False
    fault: tuple[str, BaseException] | None = None
    """What has ended by itself though it should not have, and why."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _not_ours: set[asyncio.Task[Any]] = field(default_factory=set)

    def begin(self, script: Script) -> None:
        """Start the core; once it is up its services, prices and `script` run beside each other."""
        self._not_ours = asyncio.all_tasks()
        self._spawn("start", self._come_up(script))

    async def meanwhile(self, what: Coroutine[Any, Any, None]) -> None:
        """Let time pass until `what` is done."""
        task = asyncio.create_task(what)
        await self.clock.pass_until(task.done, timedelta(minutes=10))
        await task

    async def end(self) -> None:
        """Drop everything in memory, also what the program shields from being cancelled."""
        self.boundaries.dead.set()
        ours = asyncio.all_tasks() - self._not_ours | self._tasks
        for task in ours:
            task.cancel()
        await asyncio.gather(*ours, return_exceptions=True)

    @property
    def is_dead(self) -> bool:
        return self.boundaries.dead.is_set()

    def is_calm(self) -> bool:
        """Whether the script is through and nothing is open at the venue, on its way, in the books, or between them."""
        if not self.script_is_done:
            return False
        self.exchange.settle()
        tables = self.store._state.tables
        return not (self.exchange.is_busy or open_orders(tables) or drifts(tables))

    async def _come_up(self, script: Script) -> None:
        await self.core.start()
        self._spawn("approvals", self.core.approvals.run())
        self._spawn("settlement", self.core.settlement.run())
        self._spawn("custody", self.core.custody.run())
        self._spawn("prices", self._tick())
        self._spawn("script", self._go_through(script))

    def _spawn(self, name: str, what: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._note(name, done))

    def _note(self, name: str, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() or self.is_dead else task.exception()
        if error is not None and self.fault is None:
            self.fault = name, error

    async def _go_through(self, script: Script) -> None:
        await script(self)
        self.script_is_done = True

    async def see(self, symbol: str) -> None:
        """The price of `symbol` comes in, with everything that it causes."""
        quote = self.market.quote(symbol)
        self.core.quotes.put(symbol, quote)
        await self.core.on_quote(symbol, quote)

    async def _tick(self) -> None:
        """Prices as they come."""
        while True:
            for symbol in PRICES:
                await self.see(symbol)
            await self.clock.sleep(TICK_EVERY)


async def new_life(
    number: int,
    store: MemoryStore,
    exchange: Exchange,
    clock: VirtualTime,
    chance: random.Random,
    weather: Weather,
    boundaries: Boundaries,
) -> Life:
    """Assemble the core anew; it is not started yet."""
    market = LabMarket(exchange, clock)
    venue = LabVenue(exchange, clock, chance, weather, boundaries)
    numbers = itertools.count(1)

    def new_id() -> str:
        return f"{number:08x}{next(numbers):024x}"

    def open_venue(
        prices: PriceSource, instruments: Mapping[str, Instrument], held: Callable[[str], Decimal]
    ) -> LabVenue:
        return venue

    fees = FeeTable(FeeRates(maker=FEE, taker=FEE), clock)
    crashing = CrashingStore(store, boundaries)
    permit = LivePermit(crashing, "the lab", "key", clock)
    account = ExchangeAccount(venue, permit)
    adapters = Adapters(crashing, market, open_venue, clock, clock, fees, new_id, account)
    core = await assemble(RULES, adapters, FixedPlanner())
    return Life(core, store, exchange, clock, market, venue, chance, permit, boundaries, new_id)

"""The assembled core: what it was told, what it consists of, and how it starts."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from trading.brain.oversight import Oversight
from trading.clock import Clock
from trading.contract import World
from trading.decision.controls import Settable
from trading.decision.monitor import Monitor
from trading.decision.predictions import Predictions
from trading.decision.rebalance import Rebalance
from trading.decision.reviews import Reviews
from trading.desk import CoreDesk
from trading.domain.event import Started
from trading.domain.market import Instrument, Quote
from trading.errors import NeedsOperator
from trading.exchange.ports import MarketData, OrderVenue, PriceSource, ReconcileData
from trading.market.fees import FeeTable
from trading.market.quotes import QuoteCache
from trading.orders.account import Account
from trading.orders.approval_rules import ApprovalRules
from trading.orders.approvals import Approvals
from trading.orders.custody import Custody
from trading.orders.discrepancies import Discrepancies
from trading.orders.intake import Intake
from trading.orders.manager import OrderManager
from trading.orders.protections import ExitRules, Protections
from trading.orders.recovery import Recovery
from trading.orders.settlement import Settlement
from trading.orders.unattended import UnattendedTrade
from trading.portfolio.equity import EquityCurve
from trading.portfolio.ledger import disagreements, residual
from trading.risk.daily_loss import DailyLossLimit
from trading.risk.guards import Guards
from trading.risk.limits import Limits
from trading.risk.live_permit import LivePermit
from trading.risk.review import Obstacle
from trading.risk.switch import Switch
from trading.schedule import DailyAt, Job, WeeklyAt, hourly
from trading.slots import Slot, once_per_day
from trading.store.port import Store
from trading.views.reports import Reports
from trading.views.weekly_reports import WeeklyReports
from trading.watchdog import Watchdog

OpenVenue = Callable[[PriceSource, Mapping[str, Instrument], Callable[[str], Decimal]], OrderVenue]
"""Makes the venue from prices, instruments, and what the book has of a currency."""

NewId = Callable[[], str]


def random_id() -> str:
    """A new id that nothing else has."""
    return uuid.uuid4().hex


Alerts = Callable[[], Sequence[str]]


def no_alerts() -> Sequence[str]:
    """Nothing to tell."""
    return ()


@dataclass(frozen=True, slots=True)
class ExchangeAccount:
    """A real account: what happens on it, who let orders go to it, and what the exchange has against one now."""

    data: ReconcileData
    permit: LivePermit
    obstacles: tuple[Obstacle, ...] = ()
    alerts: Alerts = no_alerts
    """What the exchange has against orders now, a sentence each, for people."""


@dataclass(frozen=True, slots=True)
class Adapters:
    """One world: where facts are kept, prices come from, orders go, and which clocks tick."""

    store: Store
    market: MarketData
    open_venue: OpenVenue
    clock: Clock
    people: Clock
    fees: FeeTable
    new_id: NewId = random_id
    account: ExchangeAccount | None = None
    """Where the money lies at an exchange; None where the books are all there is."""
    database: Path | None = None
    """The SQLite file of `store`, to be told its size and backups; None for a server or for memory."""
    oversight: Oversight | None = None
    """What keeps the models within bounds; None where none decides or answers."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything the core was told, in the core's units."""

    world: World
    symbols: tuple[str, ...]
    starting_cash: Decimal
    limits: Limits
    exits: ExitRules
    approvals: ApprovalRules
    daily_loss: Decimal | None
    rebalance_at: time
    report_at: time
    report_weekly_on: int | None = None
    """The weekday (0 is Monday) on which the weekly report is posted, at `report_at`; None for none."""
    guards: Guards = field(default_factory=Guards)
    patience: timedelta = timedelta(0)
    """How long a batch waits for an order's fills before it goes on without."""


@dataclass(frozen=True, slots=True)
class Core:
    """The assembled core. `start` before anything else; `jobs` are for whoever drives the clock."""

    adapters: Adapters
    rules: Rules
    instruments: Mapping[str, Instrument]
    watched: tuple[str, ...]
    quotes: QuoteCache
    account: Account
    curve: EquityCurve
    switch: Switch
    loss_limit: DailyLossLimit
    protections: Protections
    approvals: Approvals
    unattended: UnattendedTrade
    intake: Intake
    recovery: Recovery
    manager: OrderManager
    settlement: Settlement
    discrepancies: Discrepancies
    custody: Custody
    monitor: Monitor
    settable: Settable
    rebalance: Rebalance
    predictions: Predictions
    reviews: Reviews
    reports: Reports
    weekly_reports: WeeklyReports
    watchdog: Watchdog
    desk: CoreDesk

    async def open(self) -> int:
        """Take up the last run's state and settle what it left open; returns how many orders. Raises NeedsOperator."""
        await self.switch.load()
        await self.settable.load()
        await self.approvals.load()
        await self.curve.load()
        await self.discrepancies.load()
        await self.custody.load()
        # Prices first: what still rests at the venue reserves cash at them.
        await self.refresh(self.watched)
        await self.settable.alerts.learn()
        recovered = await self.recovery.run()
        await self.unattended.load()
        await self._check_books()
        return recovered

    async def start(self) -> None:
        """Open, fund a new portfolio, and tell the journal that we are up. Raises NeedsOperator."""
        recovered = await self.open()
        first = self.curve.inception is None
        if first:
            await self.custody.begin()
        await self.custody.check()
        world = self.rules.world
        async with self.adapters.store.transaction() as tx:
            await tx.append(Started(self.adapters.clock.now(), world.mode, world.market, first, recovered))

    async def refresh(self, symbols: Sequence[str]) -> None:
        """Fetch the newest quotes of `symbols`. Raises Retryable."""
        for symbol, quote in (await self.adapters.market.quotes(symbols)).items():
            self.quotes.put(symbol, quote)

    async def on_quote(self, symbol: str, quote: Quote) -> None:
        """A new price: look at the exits, then at the day's loss, then at who wants to be told."""
        await self.monitor.on_quote(symbol, quote)
        await self.loss_limit.check(self.adapters.clock.now())
        await self.settable.alerts.on_quote(symbol, quote)

    async def settle_outcomes(self) -> None:
        """Score what was predicted and review what was closed, up to now."""
        await self.predictions.score()
        await self.reviews.catch_up()

    def jobs(self) -> tuple[Job, ...]:
        """What runs on a schedule, in the order in which simultaneous jobs run."""
        zone, skips, store = self.settable.zone, self.settable.skips, self.adapters.store

        async def sample(due: datetime) -> None:
            await self.curve.sample()
            await self.settable.alerts.learn()

        async def outcomes(due: datetime) -> None:
            await self.settle_outcomes()

        async def rebalance(slot: Slot) -> None:
            if skips.covers(slot.due):
                await skips.use(slot)
            else:
                await self.rebalance.run("schedule", slot.claim)

        async def report(slot: Slot) -> None:
            await self.reports.make(slot.due, slot.claim)

        async def weekly(slot: Slot) -> None:
            await self.settle_outcomes()
            await self.weekly_reports.make(slot.due, slot.claim)

        def once_a_day(name: str, trigger: DailyAt, run: Callable[[Slot], Awaitable[None]]) -> Job:
            once = once_per_day(name, store, zone, run)

            async def unless_before_its_zone(due: datetime) -> None:
                # What a new zone would have run before it was set is not caught up.
                if zone.since is None or due > zone.since:
                    await once(due)

            return Job(name, trigger, unless_before_its_zone)

        at, weekday = self.rules.report_at, self.rules.report_weekly_on
        jobs = (
            Job("equity", hourly(), sample),
            Job("day", DailyAt(time(), zone), sample),
            # Before the decision, which is told how earlier ones fared.
            Job("outcomes", hourly(), outcomes),
            once_a_day("rebalance", DailyAt(self.rules.rebalance_at, zone), rebalance),
            once_a_day("report", DailyAt(at, zone), report),
        )
        return jobs if weekday is None else (*jobs, once_a_day("weekly report", WeeklyAt(weekday, at, zone), weekly))

    async def residual(self) -> Decimal:
        """What the ledger's postings fail to cancel; exactly zero, or value was made or lost."""
        async with self.adapters.store.reading() as read:
            return residual(await read.account_totals())

    async def _check_books(self) -> None:
        async with self.adapters.store.reading() as read:
            totals = await read.account_totals()
        wrong = disagreements(totals, self.account.book)
        if wrong or residual(totals):
            what = ", ".join(f"{currency} {difference}" for currency, difference in wrong.items()) or "the residual"
            raise NeedsOperator(f"The ledger and the book disagree on {what}; restore the last backup before trading.")

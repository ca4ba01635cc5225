"""The composition root of the core: given the adapters of one world, assemble everything by hand, once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from trading.contract import Safety
from trading.contract.books import LimitLine, LimitUnit
from trading.core import Adapters, Core, Rules
from trading.decision.alerts import PriceAlerts
from trading.decision.controls import CoreControls, OtherThresholds, Planning, Settable
from trading.decision.monitor import Monitor
from trading.decision.planners import Planner
from trading.decision.rebalance import Rebalance
from trading.decision.skips import Skips
from trading.decision.snapshot import Snapshots
from trading.decision.targets import Terms
from trading.decision.upcoming import Upcoming
from trading.decision.wishes import Wishes
from trading.desk import CoreDesk, Rooms
from trading.domain.market import Instrument
from trading.domain.money import ZERO, Money
from trading.errors import SettingsError
from trading.local_zone import CurrentWorld, LocalZone
from trading.market.quotes import QuoteCache
from trading.orders.account import Account
from trading.orders.approvals import Approvals
from trading.orders.bookkeeper import Bookkeeper
from trading.orders.cancellations import Cancellations
from trading.orders.custody import Custody, ExchangeCustody, PaperCustody
from trading.orders.discrepancies import Discrepancies
from trading.orders.execution import Execution
from trading.orders.exits import Exits
from trading.orders.external_activity import ExternalActivity
from trading.orders.intake import Intake
from trading.orders.levels import Levels
from trading.orders.manager import OrderManager
from trading.orders.preflight import Preflight
from trading.orders.progress import OrderProgress
from trading.orders.protections import Protections
from trading.orders.reconciler import Reconciler
from trading.orders.recovery import Recovery
from trading.orders.safety import AccountSafety
from trading.orders.settlement import Settlement
from trading.orders.unattended import UnattendedTrade
from trading.portfolio.book import Book
from trading.portfolio.equity import EquityCurve
from trading.risk.daily_loss import DailyLossLimit
from trading.risk.review import Review
from trading.risk.switch import Switch
from trading.risk.thresholds import ApprovalThreshold
from trading.schedule import DailyAt
from trading.store.port import Store
from trading.views.assembled_books import Shelves, book_views
from trading.views.books import BookViews
from trading.views.cards import CardViews
from trading.views.health import Machinery
from trading.views.holdings import Holdings
from trading.views.limits import Told
from trading.views.no_account import NoAccount
from trading.views.overview import Overview
from trading.views.reports import Reports
from trading.views.trades import TradeViews
from trading.watchdog import Watchdog

BENCHMARKS = ("BTC", "ETH")


@dataclass(frozen=True, slots=True)
class _Books:
    """What is known and held: the state everything else reads."""

    instruments: Mapping[str, Instrument]
    benchmarks: Mapping[str, str]
    quotes: QuoteCache
    account: Account
    protections: Protections
    switch: Switch
    curve: EquityCurve
    settable: Settable
    world: CurrentWorld


@dataclass(frozen=True, slots=True)
class _Orders:
    """The way of an order."""

    manager: OrderManager
    settlement: Settlement
    execution: Execution
    discrepancies: Discrepancies
    custody: Custody
    safety: Safety
    approvals: Approvals
    unattended: UnattendedTrade
    intake: Intake


async def assemble(rules: Rules, adapters: Adapters, planner: Planner) -> Core:
    """Build the core on an opened store. Raises SettingsError for a pair the market does not have, Retryable."""
    store, clock, new_id = adapters.store, adapters.clock, adapters.new_id
    books = await _books(rules, adapters)
    orders = _orders(rules, adapters, books)
    instruments, account, intake = books.instruments, books.account, orders.intake
    snapshots = Snapshots(
        adapters.market, books.quotes, account, tuple(instruments.values()), rules.limits, adapters.fees
    )
    terms = Terms(rules.limits, adapters.fees, rules.exits.take_profit)
    rebalance = Rebalance(store, snapshots, planner, intake, account, instruments, terms, clock, new_id)
    wishes = Wishes(
        adapters.market, books.quotes, account, instruments, rules.limits, adapters.fees, intake, clock, new_id
    )
    zone = books.settable.zone
    loss_limit = DailyLossLimit(rules.daily_loss, zone, books.curve, account.equity, books.switch)
    watchdog = Watchdog(adapters.people)
    rooms = _rooms(rules, adapters, books, orders, rebalance, wishes, loss_limit, watchdog)
    return Core(
        adapters=adapters,
        rules=replace(rules, world=books.world()),
        instruments=instruments,
        watched=tuple(dict.fromkeys([*instruments, *books.benchmarks.values()])),
        quotes=books.quotes,
        account=account,
        curve=books.curve,
        switch=books.switch,
        loss_limit=loss_limit,
        protections=books.protections,
        approvals=orders.approvals,
        unattended=orders.unattended,
        intake=intake,
        recovery=Recovery(store, orders.manager, orders.settlement, orders.execution, clock),
        manager=orders.manager,
        settlement=orders.settlement,
        discrepancies=orders.discrepancies,
        custody=orders.custody,
        monitor=Monitor(intake, account, books.protections, instruments, clock, new_id),
        settable=books.settable,
        rebalance=rebalance,
        reports=rooms.reports,
        watchdog=watchdog,
        desk=CoreDesk(books.world, instruments, clock, rooms),
    )


async def _books(rules: Rules, adapters: Adapters) -> _Books:
    store, clock = adapters.store, adapters.clock
    every = await adapters.market.instruments()
    quotes = QuoteCache(clock)
    account = Account(await _book(store, rules.world.quote), quotes)
    # What is held or on its way is traded until it is sold, also when SYMBOLS does not name it any more.
    held = [position.symbol for position in account.book.positions()]
    protections = Protections(rules.exits)
    async with store.reading() as read:
        protections.load(await read.protections())
        await protections.load_by_hand(read)
        under_way = [order.symbol for order in await read.open_orders() if order.symbol in every]
    benchmarks = _benchmarks(every, rules.world.quote)
    instruments = _chosen(every, dict.fromkeys([*rules.symbols, *held, *under_way]), adapters.market.name)
    settable = await _settable(rules, adapters, quotes, instruments)
    return _Books(
        instruments=instruments,
        benchmarks=benchmarks,
        quotes=quotes,
        account=account,
        protections=protections,
        switch=Switch(store, clock),
        curve=EquityCurve(store, account, benchmarks, clock),
        settable=settable,
        world=CurrentWorld(rules.world, settable.zone),
    )


async def _settable(
    rules: Rules, adapters: Adapters, quotes: QuoteCache, instruments: Mapping[str, Instrument]
) -> Settable:
    store, clock = adapters.store, adapters.clock
    zone = LocalZone(store, rules.world.timezone, clock)
    # Before anything asks for a local day; the rest is loaded with the other state.
    await zone.load()
    triggers = {"rebalance": DailyAt(rules.rebalance_at, zone), "report": DailyAt(rules.report_at, zone)}
    return Settable(
        zone,
        ApprovalThreshold(store, rules.limits.approval_threshold, clock),
        Skips(store, clock),
        PriceAlerts(store, quotes, instruments, rules.limits.max_price_age, clock, adapters.new_id),
        Upcoming(store, triggers, clock),
    )


def _orders(rules: Rules, adapters: Adapters, books: _Books) -> _Orders:
    store, clock, account, quotes = adapters.store, adapters.clock, books.account, books.quotes
    venue = adapters.open_venue(quotes, books.instruments, _holdings_of(account, books.instruments))
    writer = Bookkeeper(store, account, books.protections, books.curve, clock)
    manager = OrderManager(store, venue, account, writer, quotes, rules.limits, adapters.fees, clock)
    discrepancies = Discrepancies(store, clock, adapters.new_id)
    exits = Exits(store, manager, account, clock)
    settlement = Settlement(store, manager, exits, discrepancies, clock, rules.patience)
    execution = Execution(manager, settlement, OrderProgress(store, clock))
    custody, safety = _custody(rules, adapters, books, writer, manager, settlement, discrepancies)
    obstacles = (custody.refusal, discrepancies.refusal, settlement.refusal)
    unattended = UnattendedTrade(store, account.price, clock)
    threshold = books.settable.threshold
    review = Review(rules.limits, quotes, account, books.switch, adapters.fees, obstacles, unattended, threshold)
    lock = asyncio.Lock()

    async def refresh(symbols: Sequence[str]) -> None:
        for symbol, quote in (await adapters.market.quotes(symbols)).items():
            quotes.put(symbol, quote)

    preflight = Preflight(adapters.market, manager.check, review, clock)
    approvals = Approvals(
        store, review, preflight, manager, execution, account, refresh, rules.approvals, adapters.people, clock, lock
    )
    intake = Intake(store, review, preflight, manager, execution, approvals, unattended, clock, lock)
    return _Orders(manager, settlement, execution, discrepancies, custody, safety, approvals, unattended, intake)


def _custody(
    rules: Rules,
    adapters: Adapters,
    books: _Books,
    writer: Bookkeeper,
    manager: OrderManager,
    settlement: Settlement,
    discrepancies: Discrepancies,
) -> tuple[Custody, Safety]:
    store, clock, account = adapters.store, adapters.clock, adapters.account
    if account is None:
        cash = Money(rules.starting_cash, rules.world.quote)
        return PaperCustody(writer, cash, clock, adapters.new_id), NoAccount()
    external = ExternalActivity(writer, books.account, books.instruments, adapters.market.name, clock)
    reconciler = Reconciler(
        account.data,
        store,
        manager,
        settlement,
        writer,
        books.account,
        external,
        discrepancies,
        clock,
        adapters.new_id,
    )
    custody = ExchangeCustody(account.permit, reconciler, account.obstacles, account.alerts)
    return custody, AccountSafety(account.permit, reconciler, settlement, discrepancies)


def _rooms(
    rules: Rules,
    adapters: Adapters,
    books: _Books,
    orders: _Orders,
    rebalance: Rebalance,
    wishes: Wishes,
    loss_limit: DailyLossLimit,
    watchdog: Watchdog,
) -> Rooms:
    store, clock, curve, switch = adapters.store, adapters.clock, books.curve, books.switch
    holdings = Holdings(books.account, books.quotes, books.protections, books.instruments)
    cards = CardViews(store, adapters.people)
    trades = TradeViews(store, curve, holdings, clock)
    settable = books.settable
    overview = Overview(
        books.world,
        books.account,
        curve,
        holdings,
        trades,
        cards,
        switch,
        clock,
        rebalance.decider,
        lambda: settable.upcoming.next("rebalance"),
        lambda: (
            *orders.custody.alerts(),
            *orders.settlement.alerts(),
            *orders.discrepancies.alerts(),
            *settable.skips.told(),
        ),
    )
    reports = Reports(books.world, store, curve, holdings, trades, switch, clock, rules.report_at)
    return Rooms(
        store,
        adapters.market,
        overview,
        trades,
        cards,
        reports,
        wishes,
        rebalance,
        orders.approvals,
        switch,
        orders.safety,
        _reading(rules, adapters, books, orders, overview, trades, loss_limit, watchdog),
        _controls(rules, adapters, books, orders),
    )


def _controls(rules: Rules, adapters: Adapters, books: _Books, orders: _Orders) -> CoreControls:
    """The rooms behind `Desk.controls`."""
    store, clock = adapters.store, adapters.clock
    levels = Levels(
        store,
        books.account,
        books.quotes,
        books.protections,
        books.instruments,
        adapters.fees,
        rules.limits.max_price_age,
        clock,
    )
    return CoreControls(
        books.settable,
        levels,
        Cancellations(store, orders.manager, orders.settlement),
        books.switch,
        OtherThresholds(rules.limits.approval_daily_sum, rules.approvals.second_above),
        Planning(adapters.database is not None, adapters.account is not None),
        clock,
    )


def _reading(
    rules: Rules,
    adapters: Adapters,
    books: _Books,
    orders: _Orders,
    overview: Overview,
    trades: TradeViews,
    loss_limit: DailyLossLimit,
    watchdog: Watchdog,
) -> BookViews:
    """The rooms behind `Desk.books`."""
    shelves = Shelves(
        world=books.world,
        store=adapters.store,
        clock=adapters.clock,
        account=books.account,
        curve=books.curve,
        fees=adapters.fees,
        instruments=books.instruments,
        loss_limit=loss_limit,
    )
    machinery = Machinery(
        store=adapters.store,
        quotes=books.quotes,
        watched=tuple(dict.fromkeys([*books.instruments, *books.benchmarks.values()])),
        max_age=rules.limits.max_price_age,
        watchdog=watchdog,
        people=adapters.people,
        database=adapters.database,
        decider=overview.decider,
    )
    told = Told(rules.limits, rules.exits, rules.daily_loss, rules.approvals.drift, rules.approvals.time_to_live)
    return book_views(shelves, overview, trades, orders.safety, told, lambda: _thresholds(rules, books), machinery)


def _thresholds(rules: Rules, books: _Books) -> Sequence[LimitLine]:
    """From which amounts on people are asked."""
    threshold = books.settable.threshold()
    daily = None if threshold is None else rules.limits.daily_sum(threshold)
    return (
        LimitLine("APPROVAL_THRESHOLD", LimitUnit.MONEY, threshold),
        LimitLine("APPROVAL_DAILY_SUM", LimitUnit.MONEY, daily),
        LimitLine("APPROVAL_SECOND_ABOVE", LimitUnit.MONEY, rules.approvals.second_above),
    )


async def _book(store: Store, quote: str) -> Book:
    async with store.reading() as read:
        return Book.rebuilt(quote, await read.booked())


def _chosen(every: Mapping[str, Instrument], symbols: Iterable[str], market: str) -> dict[str, Instrument]:
    missing = [symbol for symbol in symbols if symbol not in every]
    if missing:
        known = ", ".join(sorted(every)[:12])
        raise SettingsError(f"SYMBOLS has {missing[0]}, which {market} does not trade; it has {known}, among others.")
    return {symbol: every[symbol] for symbol in symbols}


def _benchmarks(every: Mapping[str, Instrument], quote: str) -> dict[str, str]:
    return {asset: f"{asset}/{quote}" for asset in BENCHMARKS if f"{asset}/{quote}" in every}


def _holdings_of(account: Account, instruments: Mapping[str, Instrument]) -> Callable[[str], Decimal]:
    symbols = {instrument.base: symbol for symbol, instrument in instruments.items()}

    def held(currency: str) -> Decimal:
        if currency == account.book.quote:
            return account.book.cash
        symbol = symbols.get(currency)
        return account.book.position(symbol).quantity if symbol else ZERO

    return held

"""The composition root of the core: given the adapters of one world, assemble everything by hand, once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from trading.contract import Safety
from trading.core import Adapters, Core, Rules
from trading.decision.monitor import Monitor
from trading.decision.planners import Planner
from trading.decision.rebalance import Rebalance
from trading.decision.snapshot import Snapshots
from trading.decision.targets import Terms
from trading.decision.wishes import Wishes
from trading.desk import CoreDesk, Rooms
from trading.domain.market import Instrument
from trading.domain.money import ZERO, Money
from trading.errors import SettingsError
from trading.market.quotes import QuoteCache
from trading.orders.account import Account
from trading.orders.approvals import Approvals
from trading.orders.bookkeeper import Bookkeeper
from trading.orders.custody import Custody, ExchangeCustody, PaperCustody
from trading.orders.discrepancies import Discrepancies
from trading.orders.execution import Execution
from trading.orders.exits import Exits
from trading.orders.external_activity import ExternalActivity
from trading.orders.intake import Intake
from trading.orders.manager import OrderManager
from trading.orders.preflight import Preflight
from trading.orders.protections import Protections
from trading.orders.reconciler import Reconciler
from trading.orders.recovery import Recovery
from trading.orders.safety import AccountSafety
from trading.orders.settlement import Settlement
from trading.portfolio.book import Book
from trading.portfolio.equity import EquityCurve
from trading.risk.daily_loss import DailyLossLimit
from trading.risk.review import Review
from trading.risk.switch import Switch
from trading.schedule import DailyAt
from trading.store.port import Store
from trading.views.cards import CardViews
from trading.views.holdings import Holdings
from trading.views.no_account import NoAccount
from trading.views.overview import Overview
from trading.views.reports import Reports
from trading.views.trades import TradeViews

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
    rooms = _rooms(rules, adapters, books, orders, rebalance, wishes)
    return Core(
        adapters=adapters,
        rules=rules,
        instruments=instruments,
        watched=tuple(dict.fromkeys([*instruments, *books.benchmarks.values()])),
        quotes=books.quotes,
        account=account,
        curve=books.curve,
        switch=books.switch,
        loss_limit=DailyLossLimit(rules.daily_loss, rules.world.timezone, books.curve, account.equity, books.switch),
        protections=books.protections,
        approvals=orders.approvals,
        intake=intake,
        recovery=Recovery(store, orders.manager, orders.settlement, orders.execution, clock),
        manager=orders.manager,
        settlement=orders.settlement,
        discrepancies=orders.discrepancies,
        custody=orders.custody,
        monitor=Monitor(intake, account, books.protections, instruments, clock, new_id),
        rebalance=rebalance,
        reports=rooms.reports,
        desk=CoreDesk(rules.world, instruments, clock, rooms),
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
        under_way = [order.symbol for order in await read.open_orders() if order.symbol in every]
    benchmarks = _benchmarks(every, rules.world.quote)
    return _Books(
        instruments=_chosen(every, dict.fromkeys([*rules.symbols, *held, *under_way]), adapters.market.name),
        benchmarks=benchmarks,
        quotes=quotes,
        account=account,
        protections=protections,
        switch=Switch(store, clock),
        curve=EquityCurve(store, account, benchmarks, clock),
    )


def _orders(rules: Rules, adapters: Adapters, books: _Books) -> _Orders:
    store, clock, account, quotes = adapters.store, adapters.clock, books.account, books.quotes
    venue = adapters.open_venue(quotes, books.instruments, _holdings_of(account, books.instruments))
    writer = Bookkeeper(store, account, books.protections, books.curve, clock)
    manager = OrderManager(store, venue, account, writer, quotes, rules.limits, adapters.fees, clock)
    discrepancies = Discrepancies(store, clock, adapters.new_id)
    exits = Exits(store, manager, account, clock)
    settlement = Settlement(store, manager, exits, discrepancies, clock, rules.patience)
    execution = Execution(manager, settlement)
    custody, safety = _custody(rules, adapters, books, writer, manager, settlement, discrepancies)
    obstacles = (custody.refusal, discrepancies.refusal, settlement.refusal)
    review = Review(rules.limits, quotes, account, books.switch, adapters.fees, obstacles)
    lock = asyncio.Lock()

    async def refresh(symbols: Sequence[str]) -> None:
        for symbol, quote in (await adapters.market.quotes(symbols)).items():
            quotes.put(symbol, quote)

    preflight = Preflight(adapters.market, manager.check, review, clock)
    approvals = Approvals(
        store, review, preflight, manager, execution, account, refresh, rules.approvals, adapters.people, clock, lock
    )
    intake = Intake(store, review, preflight, manager, execution, approvals, clock, lock)
    return _Orders(manager, settlement, execution, discrepancies, custody, safety, approvals, intake)


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
    rules: Rules, adapters: Adapters, books: _Books, orders: _Orders, rebalance: Rebalance, wishes: Wishes
) -> Rooms:
    store, clock, curve, switch = adapters.store, adapters.clock, books.curve, books.switch
    holdings = Holdings(books.account, books.quotes, books.protections, books.instruments)
    cards = CardViews(store, adapters.people)
    trades = TradeViews(store, curve, holdings, clock)
    trigger = DailyAt(rules.rebalance_at, rules.world.timezone)
    overview = Overview(
        rules.world,
        books.account,
        curve,
        holdings,
        trades,
        cards,
        switch,
        clock,
        rebalance.decider,
        lambda: trigger.on_or_after(clock.now() + timedelta(microseconds=1)),
        lambda: (*orders.custody.alerts(), *orders.settlement.alerts(), *orders.discrepancies.alerts()),
    )
    reports = Reports(rules.world, store, curve, holdings, trades, switch, clock, rules.report_at)
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

"""The rooms behind the desk: what is read, wished for and set."""

from __future__ import annotations

from collections.abc import Sequence

from trading.assembly.orders import OrderRooms
from trading.assembly.state import State
from trading.contract.books import LimitLine, LimitUnit
from trading.core import Adapters, Rules
from trading.decision.controls import CoreControls, OtherThresholds, Planning
from trading.decision.rebalance import Rebalance
from trading.decision.wishes import Wishes
from trading.desk import Rooms
from trading.orders.cancellations import Cancellations
from trading.orders.levels import Levels
from trading.risk.daily_loss import DailyLossLimit
from trading.views.assembled_books import Shelves, book_views
from trading.views.books import BookViews
from trading.views.cards import CardViews
from trading.views.health import Machinery
from trading.views.holdings import Holdings
from trading.views.limits import Told
from trading.views.model_costs import ModelCostViews
from trading.views.overview import Overview
from trading.views.reports import Reports
from trading.views.theses import ThesisViews
from trading.views.trades import TradeViews
from trading.watchdog import Watchdog


def desk_rooms(
    rules: Rules,
    adapters: Adapters,
    books: State,
    orders: OrderRooms,
    rebalance: Rebalance,
    wishes: Wishes,
    loss_limit: DailyLossLimit,
    watchdog: Watchdog,
) -> Rooms:
    """What `CoreDesk` delegates to."""
    store, clock, curve, switch = adapters.store, adapters.clock, books.curve, books.switch
    holdings = Holdings(books.account, books.quotes, books.protections, books.instruments)
    cards = CardViews(store, adapters.people)
    trades = TradeViews(store, curve, holdings, books.traded, clock)
    settable, oversight = books.settable, adapters.oversight
    models = ModelCostViews(store, oversight)
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
            *(oversight.safe_mode.alerts() if oversight else ()),
        ),
        models,
    )
    reports = Reports(books.world, store, curve, holdings, trades, switch, clock, rules.report_at, models)
    reading = _reading(rules, adapters, books, orders, overview, trades, loss_limit, watchdog, models)
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
        reading,
        _controls(rules, adapters, books, orders),
        weekly_reports=reading.weekly_reports,
        theses=ThesisViews(store, books.account.price, clock),
        safe_mode=oversight.safe_mode if oversight else None,
    )


def _controls(rules: Rules, adapters: Adapters, books: State, orders: OrderRooms) -> CoreControls:
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
        OtherThresholds(rules.limits, rules.approvals.second_above),
        Planning(adapters.database is not None, adapters.account is not None),
        clock,
    )


def _reading(
    rules: Rules,
    adapters: Adapters,
    books: State,
    orders: OrderRooms,
    overview: Overview,
    trades: TradeViews,
    loss_limit: DailyLossLimit,
    watchdog: Watchdog,
    models: ModelCostViews,
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
        market=adapters.market,
        models=models,
        report_at=rules.report_at,
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
    approvals = rules.approvals
    told = Told(rules.limits, rules.exits, rules.daily_loss, approvals.drift, approvals.time_to_live, rules.guards)
    return book_views(shelves, overview, trades, orders.safety, told, lambda: _thresholds(rules, books), machinery)


def _thresholds(rules: Rules, books: State) -> Sequence[LimitLine]:
    """From which amounts on people are asked."""
    threshold = books.settable.threshold()
    daily = None if threshold is None else rules.limits.daily_sum(threshold)
    return (
        LimitLine("APPROVAL_THRESHOLD", LimitUnit.MONEY, threshold),
        LimitLine("APPROVAL_DAILY_SUM", LimitUnit.MONEY, daily),
        LimitLine("APPROVAL_SECOND_ABOVE", LimitUnit.MONEY, rules.approvals.second_above),
    )

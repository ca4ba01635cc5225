"""The core, put together from its parts."""

from __future__ import annotations

from dataclasses import replace

from trading.assembly.orders import order_rooms
from trading.assembly.rooms import desk_rooms
from trading.assembly.state import open_state
from trading.core import Adapters, Core, Rules
from trading.decision.monitor import Monitor
from trading.decision.planners import Planner
from trading.decision.predictions import Predictions
from trading.decision.rebalance import Rebalance
from trading.decision.reviews import Reviews
from trading.decision.snapshots import InForce, Snapshots, Surroundings
from trading.decision.wishes import Wishes
from trading.desk import CoreDesk
from trading.market.price_path import RecentCandles
from trading.orders.recovery import Recovery
from trading.risk.daily_loss import DailyLossLimit
from trading.watchdog import Watchdog


async def assemble(rules: Rules, adapters: Adapters, planner: Planner) -> Core:
    """Build the core on an opened store. Raises SettingsError for a pair the market does not have, Retryable."""
    store, clock, new_id = adapters.store, adapters.clock, adapters.new_id
    books = await open_state(rules, adapters)
    orders = order_rooms(rules, adapters, books)
    instruments, account, intake = books.instruments, books.account, orders.intake
    snapshots = Snapshots(
        Surroundings(
            market=adapters.market,
            cache=books.quotes,
            account=account,
            protections=books.protections,
            curve=books.curve,
            traded=books.traded,
            store=store,
            clock=clock,
            instruments=tuple(instruments.values()),
            zone=books.settable.zone,
        ),
        InForce(rules.limits, adapters.fees, rules.guards, rules.exits.take_profit),
    )
    rebalance = Rebalance(store, snapshots, planner, intake, clock, new_id)
    wishes = Wishes(
        adapters.market, books.quotes, account, instruments, rules.limits, adapters.fees, intake, clock, new_id
    )
    zone = books.settable.zone
    if adapters.oversight:
        adapters.oversight.ledger.zone = zone
    loss_limit = DailyLossLimit(rules.daily_loss, zone, books.curve, account.equity, books.switch)
    watchdog, candles = Watchdog(adapters.people), RecentCandles(adapters.market, clock)
    rooms = desk_rooms(rules, adapters, books, orders, rebalance, wishes, loss_limit, watchdog)
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
        predictions=Predictions(store, candles, clock),
        reviews=Reviews(store, candles, books.protections, instruments, rules.world.quote, clock),
        reports=rooms.reports,
        weekly_reports=rooms.weekly_reports,
        watchdog=watchdog,
        desk=CoreDesk(books.world, instruments, clock, rooms),
    )

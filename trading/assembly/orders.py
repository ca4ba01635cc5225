"""The way of an order, assembled: review, approvals, manager, settlement, and who keeps the money."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trading.assembly.state import State
from trading.contract import Safety
from trading.core import Adapters, Rules
from trading.domain.market import Instrument
from trading.domain.money import ZERO, Money
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
from trading.orders.progress import OrderProgress
from trading.orders.reconciler import Reconciler
from trading.orders.safety import AccountSafety
from trading.orders.settlement import Settlement
from trading.orders.unattended import UnattendedTrade
from trading.risk.review import Review
from trading.views.no_account import NoAccount


@dataclass(frozen=True, slots=True)
class OrderRooms:
    """From the intake to the venue."""

    manager: OrderManager
    settlement: Settlement
    execution: Execution
    discrepancies: Discrepancies
    custody: Custody
    safety: Safety
    approvals: Approvals
    unattended: UnattendedTrade
    intake: Intake


def order_rooms(rules: Rules, adapters: Adapters, books: State) -> OrderRooms:
    """Everything between a wish to trade and its fills; opens the venue."""
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
    return OrderRooms(manager, settlement, execution, discrepancies, custody, safety, approvals, unattended, intake)


def _custody(
    rules: Rules,
    adapters: Adapters,
    books: State,
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


def _holdings_of(account: Account, instruments: Mapping[str, Instrument]) -> Callable[[str], Decimal]:
    symbols = {instrument.base: symbol for symbol, instrument in instruments.items()}

    def held(currency: str) -> Decimal:
        if currency == account.book.quote:
            return account.book.cash
        symbol = symbols.get(currency)
        return account.book.position(symbol).quantity if symbol else ZERO

    return held

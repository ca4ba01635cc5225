"""Keeps the books equal to the account: books what others did, and says what nothing explains.

Orders that are not ours are never touched. A difference has to be seen twice before a person hears of it: a look
takes several requests, and the account may move between them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import structlog

from trading.clock import Clock
from trading.contract import AccountCheck, AccountLine
from trading.domain.discrepancy import Discrepancy, DiscrepancyKind, Resolution
from trading.domain.market import base_of
from trading.domain.money import ZERO, Money
from trading.domain.order import OrderIntent, OrderStatus
from trading.domain.risk import RefusalCode, Refused
from trading.errors import NeedsOperator, Retryable
from trading.exchange.ports import ReconcileData
from trading.orders.account import Account
from trading.orders.account_booking import AccountBooking
from trading.orders.account_progress import OVERLAP, Progress, beyond, keeping, kept_progress
from trading.orders.account_reading import AccountReading, held_back, our_writing, read_account
from trading.orders.bookkeeper import Bookkeeper
from trading.orders.discrepancies import Discrepancies
from trading.orders.external_activity import ExternalActivity, entry_of
from trading.orders.manager import OrderManager
from trading.orders.settlement import Settlement
from trading.portfolio.reconcile import Difference, differences, is_rounding
from trading.store.port import Store, Transaction

EVERY = timedelta(minutes=1)
BEFORE_THE_BOOKS = timedelta(days=1)
"""How far back the first look reaches: our clock may be ahead of the exchange's."""

TOO_OLD = timedelta(minutes=15)
"""Entries wait when the account could not be read for this long."""

log = structlog.get_logger(__name__)


class Reconciler:
    """`begin` once per portfolio, `load` at every other start; then `check` looks once and `run` every minute."""

    def __init__(
        self,
        account: ReconcileData,
        store: Store,
        manager: OrderManager,
        settlement: Settlement,
        books: Bookkeeper,
        funds: Account,
        external: ExternalActivity,
        discrepancies: Discrepancies,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._account = account
        self._store = store
        self._booking = AccountBooking(store, manager, settlement, external)
        self._books = books
        self._funds = funds
        self._external = external
        self._discrepancies = discrepancies
        self._clock = clock
        self._new_id = new_id
        self._progress: Progress | None = None
        self._suspected: dict[str, Decimal] = {}
        self._misfits: frozenset[str] = frozenset()
        # From the start on, until the first look's differences have gone or been told.
        self._is_sure = False
        # Executions booked when books and account last agreed; what an earlier run booked is counted in.
        self._agreed_at = 0
        self._read_at: float | None = None
        self._one_at_a_time = asyncio.Lock()
        self.last: AccountCheck | None = None
        """The newest comparison."""

    async def load(self) -> bool:
        """Take up how far the last run came; False where there was none."""
        async with self._store.reading() as read:
            self._progress = await kept_progress(read)
            recent = await read.fills(since=self._progress.since - OVERLAP) if self._progress else ()
        self._agreed_at = -len(recent)
        return self._progress is not None

    async def begin(self) -> None:
        """Open the books with what the account holds. Raises Retryable when it cannot be read or moves meanwhile."""
        began = self._clock.now()
        before = await self._account.ledger(began - BEFORE_THE_BOOKS)
        holdings = await self._account.holdings()
        after = await self._account.ledger(began - BEFORE_THE_BOOKS)
        if [entry.id for entry in before] != [entry.id for entry in after]:
            raise Retryable("The account moved while it was read; trying again shortly.")
        since = max((entry.at for entry in after), default=began - BEFORE_THE_BOOKS)
        shown = [entry for entry in after if entry.at >= since - OVERLAP]
        known = dict.fromkeys(name for entry in shown for name in (entry.id, entry.reference))
        held = {c: held.total for c, held in holdings.items() if c in self._external.currencies and held.total}
        flows = [self._external.flow(f"opening-{c}", Money(amount, c), "opening balance") for c, amount in held.items()]
        progress = Progress(since, tuple(known))
        await self._books.open_books(flows, keeping(progress))
        self._progress = progress

    async def run(self) -> None:
        """Look every minute, until cancelled."""
        while True:
            await self._clock.sleep(EVERY.total_seconds())
            try:
                await self.check()
            except (Retryable, NeedsOperator) as error:
                log.warning("the account could not be reconciled", why=str(error))

    async def check(self) -> AccountCheck:
        """Book what is new on the account, and compare. Raises Retryable when it cannot be read whole."""
        async with self._one_at_a_time:
            return await self._check()

    def refusal(self, intent: OrderIntent) -> Refused | None:
        """Before the first look only protective exits go; later, entries need an account that was read lately."""
        if intent.protective or (intent.reduce_only and self._read_at is not None):
            return None
        return next((Refused(RefusalCode.NOT_RECONCILED, words, intent.symbol) for words in self.alerts()), None)

    def alerts(self) -> tuple[str, ...]:
        """Why entries wait, as far as reading the account is concerned."""
        if self._read_at is None:
            return ("Books and account have not been compared since the start; /reconcile tries now.",)
        if not self._is_sure:
            return ("Books and account differed at the first look since the start; /reconcile looks again now.",)
        age = timedelta(seconds=self._clock.monotonic() - self._read_at)
        if age <= TOO_OLD:
            return ()
        return (f"The account could not be read for {age // timedelta(minutes=1)} minutes; /reconcile tries now.",)

    async def resolve(self, discrepancy: Discrepancy, resolution: Resolution, by: str, on: str = "") -> None:
        """Look again, and do what a person decided about what is left. Raises Retryable, NeedsOperator."""
        # In one turn: a look that began before the decision must not find the difference once more after it.
        async with self._one_at_a_time:
            check = await self._check()
            current = self._discrepancies.get(discrepancy.id)
            if current is None or current.resolution is not None or resolution is Resolution.RETRY:
                return
            line = next(line for line in check.lines if line.currency == current.subject)
            money = Money(line.difference, line.currency)
            if resolution is Resolution.ADOPT:
                await self._adopt(current, money, by, on)
            else:
                await self._set_aside(current, money, by, on)

    async def _check(self) -> AccountCheck:
        progress = self._progress
        assert progress is not None, "the books have not been opened"
        began, known = self._clock.now(), await self._known(progress)
        reading = await read_account(self._account, progress.since - OVERLAP, known, self._external.currencies)
        ours = await self._booking.our_orders(reading)
        misfits = await self._booking.book(reading, ours)
        foreign = [order for order in reading.open_orders if our_writing(order.client_order_id) not in ours]
        self._funds.hold_outside(held_back(foreign))
        clean = await self._judge(reading, await self._moving(reading, misfits), progress)
        await self._keep(beyond(progress, reading, misfits & self._misfits))
        self._misfits = misfits
        self._read_at = self._clock.monotonic()
        lines = tuple(AccountLine(d.currency, d.books, d.venue) for d in self._differences(reading, progress))
        self.last = AccountCheck(began, clean, lines, len(foreign))
        return self.last

    async def _known(self, progress: Progress) -> Collection[str]:
        """Ids of what is in the books already, or was before they were opened."""
        async with self._store.reading() as read:
            fills = await read.fills(since=progress.since - 2 * OVERLAP)
            flows = await read.cash_flows()
        return {*progress.before, *(fill.trade_id for fill in fills), *(entry_of(flow.id) for flow in flows)}

    async def _moving(self, reading: AccountReading, misfits: Collection[str]) -> frozenset[str]:
        """Currencies that cannot be judged now: something of theirs is on its way, or not shown or booked in full."""
        async with self._store.reading() as read:
            orders = [order for order in await read.open_orders() if order.status is not OrderStatus.INTENDED]
        pairs = {order.symbol for order in orders} | await self._booking.unbooked(reading, misfits)
        waiting = {entry.money.currency for entry in reading.entries if not reading.is_settled(entry)}
        quote = self._funds.book.quote
        return frozenset({base_of(pair) for pair in pairs} | ({quote} if pairs else set()) | waiting)

    def _differences(self, reading: AccountReading, progress: Progress) -> Sequence[Difference]:
        venue = {currency: balance.total for currency, balance in reading.holdings.items()}
        return differences(self._funds.book.holdings(), venue, self._external.currencies, progress.set_aside)

    async def _judge(self, reading: AccountReading, moving: frozenset[str], progress: Progress) -> bool:
        """Whether books and account agree in everything."""
        clean = True
        for line in self._differences(reading, progress):
            if not line.amount:
                await self._agreed(line.currency)
            elif line.currency in moving:
                clean = False
            elif is_rounding(line, self._funds.book.quote, self._books.fills - self._agreed_at):
                await self._book_rounding(line)
            else:
                clean = False
                await self._suspect(line)
        if clean:
            self._agreed_at = self._books.fills
        await self._drop_what_is_no_longer_ours()
        told = {found.subject for found in self._discrepancies.open() if found.kind is DiscrepancyKind.BALANCE}
        self._is_sure = self._is_sure or self._suspected.keys() <= told
        return clean

    async def _drop_what_is_no_longer_ours(self) -> None:
        """A currency that the portfolio does not consist of any more is not compared, so nothing waits for it."""
        for found in self._discrepancies.open():
            if found.kind is DiscrepancyKind.BALANCE and found.subject not in self._external.currencies:
                async with self._store.transaction() as tx:
                    await self._discrepancies.close(tx, found, Resolution.VANISHED)

    async def _agreed(self, currency: str) -> None:
        self._suspected.pop(currency, None)
        known = self._discrepancies.find(DiscrepancyKind.BALANCE, currency)
        if known is not None:
            async with self._store.transaction() as tx:
                await self._discrepancies.close(tx, known, Resolution.VANISHED)

    async def _suspect(self, line: Difference) -> None:
        """The first look remembers, the second one tells."""
        if self._suspected.get(line.currency) != line.amount:
            self._suspected[line.currency] = line.amount
            if self._discrepancies.find(DiscrepancyKind.BALANCE, line.currency) is None:
                return
        word = "more" if line.amount > 0 else "less"
        detail = (
            f"The account holds {abs(line.amount):f} {line.currency} {word} than the books "
            f"({line.venue:f} against {line.books:f})."
        )
        await self._discrepancies.found(DiscrepancyKind.BALANCE, line.currency, detail)

    async def _book_rounding(self, line: Difference) -> None:
        flow = self._external.flow(self._new_id(), Money(line.amount, line.currency), "the venue's rounding")
        await self._books.record_quietly(flow)
        await self._agreed(line.currency)

    async def _adopt(self, discrepancy: Discrepancy, money: Money, by: str, on: str) -> None:
        flow = self._external.flow(f"adjustment-{discrepancy.id}", money, f"adjustment, adopted by {by}")

        async def close(tx: Transaction) -> None:
            await self._discrepancies.close(tx, discrepancy, Resolution.ADOPT, by, on)

        await self._books.record_flow(flow, self._external.told(flow, "adjustment"), close)
        self._suspected.pop(money.currency, None)

    async def _set_aside(self, discrepancy: Discrepancy, money: Money, by: str, on: str) -> None:
        assert self._progress is not None
        aside = {**self._progress.set_aside}
        aside[money.currency] = aside.get(money.currency, ZERO) + money.amount
        progress = replace(self._progress, set_aside=aside)
        async with self._store.transaction() as tx:
            await keeping(progress)(tx)
            await self._discrepancies.close(tx, discrepancy, Resolution.IGNORE, by, on)
        self._progress = progress

    async def _keep(self, progress: Progress) -> None:
        if progress == self._progress:
            return
        async with self._store.transaction() as tx:
            await keeping(progress)(tx)
        self._progress = progress

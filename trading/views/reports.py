"""The daily report: made at its hour, kept for whoever tells it, and made again after a restart."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta

from trading.clock import Clock
from trading.contract import DailyReport, Window, World
from trading.domain.event import ReportDue
from trading.orders.account import Account
from trading.portfolio.equity import EquityCurve
from trading.portfolio.performance import measure
from trading.risk.switch import Switch
from trading.store.port import Store
from trading.views.holdings import Holdings
from trading.views.trades import TradeViews

KEPT = 10
NEXT = timedelta(microseconds=1)
"""A report ends with its own instant: what is filled then is in its equity, so it is in its trades too."""
TRADES_SHOWN = 10


class Reports:
    """Makes reports; `report_at` is the local time they are due."""

    def __init__(
        self,
        world: World,
        store: Store,
        account: Account,
        curve: EquityCurve,
        holdings: Holdings,
        trades: TradeViews,
        switch: Switch,
        clock: Clock,
        report_at: time,
    ) -> None:
        self._world = world
        self._store = store
        self._account = account
        self._curve = curve
        self._holdings = holdings
        self._trades = trades
        self._switch = switch
        self._clock = clock
        self._report_at = report_at
        self._made: OrderedDict[str, DailyReport] = OrderedDict()

    async def make(self, due: datetime) -> None:
        """Make the report of the local day of `due` and put it in the journal."""
        local_date = due.astimezone(self._world.timezone).date().isoformat()
        async with self._store.transaction() as tx:
            point = await self._curve.sample_in(tx)
            await tx.append(ReportDue(self._clock.now(), local_date))
        if point is not None:
            self._curve.keep(point)
        report = await self._as_of(local_date, self._clock.now())
        if report is not None:
            self._remember(report)

    async def report(self, local_date: str) -> DailyReport | None:
        """The report of that day; after a restart its holdings are today's, its figures are not."""
        if local_date in self._made:
            return self._made[local_date]
        due = datetime.combine(date.fromisoformat(local_date), self._report_at, self._world.timezone).astimezone(UTC)
        return await self._as_of(local_date, due)

    async def _as_of(self, local_date: str, at: datetime) -> DailyReport | None:
        point = self._curve.at(at)
        inception = self._curve.inception
        if point is None or inception is None:
            return None
        day = self._day(at, inception)
        everything = Window(inception, at + NEXT, f"since {inception.astimezone(self._world.timezone):%-d %b}")
        fees, count = await self._trades.cost_and_count(everything)
        performance = measure(self._curve.points, self._world, everything, fees, count)
        if performance is None:
            return None
        return DailyReport(
            world=self._world,
            local_date=local_date,
            at=at,
            equity=point.equity,
            day=await self._trades.pnl(day),
            since_start=performance,
            trades=await self._trades.trades(day, None, None, TRADES_SHOWN),
            holdings=self._holdings.all(),
            cash=self._account.book.cash,
            state=self._switch.state,
        )

    def _day(self, at: datetime, inception: datetime) -> Window:
        """The 24 hours up to the report, so that consecutive reports neither overlap nor leave a gap."""
        return Window(max(at + NEXT - timedelta(days=1), inception), at + NEXT, "the last 24 hours")

    def _remember(self, report: DailyReport) -> None:
        self._made[report.local_date] = report
        while len(self._made) > KEPT:
            self._made.popitem(last=False)

"""The weekly report: made at its hour, kept for whoever tells it, and made again after a restart."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, date, datetime, time

from trading.clock import Clock
from trading.contract import Holding
from trading.contract.books import PeriodReport
from trading.domain.event import WeeklyReportDue
from trading.portfolio.equity import EquityCurve
from trading.store.port import Claim, Store, unclaimed
from trading.views.overview import Overview
from trading.views.reports import keep_newest, made_at, open_profit
from trading.views.reports_by_period import PeriodReports

KEPT = 10
"""Reports that are remembered whole."""


class WeeklyReports:
    """Makes the report that /report weekly shows, as of its hour; `report_at` is the local time it is due."""

    def __init__(
        self,
        store: Store,
        overview: Overview,
        periods: PeriodReports,
        curve: EquityCurve,
        clock: Clock,
        report_at: time,
    ) -> None:
        self._store = store
        self._overview = overview
        self._periods = periods
        self._curve = curve
        self._clock = clock
        self._report_at = report_at
        self._made: OrderedDict[str, PeriodReport] = OrderedDict()
        self._held: OrderedDict[str, tuple[Holding, ...]] = OrderedDict()

    async def make(self, due: datetime, claim: Claim = unclaimed) -> None:
        """Make the report of the week up to `due` and put it in the journal, `claim` in the same transaction."""
        status = await self._overview.status()
        local_date = due.astimezone(status.world.timezone).date().isoformat()
        # Before the journal tells anyone: who asks at once must get what is held now, not a moment later.
        keep_newest(self._held, local_date, status.holdings, KEPT)
        async with self._store.transaction() as tx:
            await claim(tx)
            point = await self._curve.sample_in(tx)
            await tx.append(WeeklyReportDue(self._clock.now(), local_date))
        if point is not None:
            self._curve.keep(point)
        report = await self._as_of(local_date, self._clock.now())
        if report is not None:
            keep_newest(self._made, local_date, report, KEPT)

    async def report(self, local_date: str) -> PeriodReport | None:
        """The report of the week that ended that day. After a restart its holdings are not known, and left out."""
        if local_date in self._made:
            return self._made[local_date]
        timezone = (await self._overview.status()).world.timezone
        due = datetime.combine(date.fromisoformat(local_date), self._report_at, timezone).astimezone(UTC)
        return await self._as_of(local_date, made_at(self._curve, due))

    async def _as_of(self, local_date: str, at: datetime) -> PeriodReport | None:
        point, held = self._curve.at(at), self._held.get(local_date)
        if point is None:
            return None
        status = replace(
            await self._overview.status(),
            at=at,
            equity=point.equity,
            cash=point.cash,
            cash_weight=point.cash / point.equity if point.equity else None,
            holdings=held or (),
        )
        report = await self._periods.of("weekly", status)
        return replace(report, whole=replace(report.whole, unrealized_now=open_profit(held)))

"""A report of the last day, week or month up to now, in the figures of the status."""

from __future__ import annotations

from datetime import timedelta

from trading.contract import Window
from trading.contract.books import PeriodReport
from trading.views.overview import Overview
from trading.views.profit import ProfitViews

PERIODS = {
    "daily": (timedelta(days=1), "in the last 24 hours", ""),
    "weekly": (timedelta(days=7), "in the last 7 days", "day"),
    "monthly": (timedelta(days=30), "in the last 30 days", "week"),
}
"""How long, in which words, and what its parts are."""


class PeriodReports:
    """Makes a report when it is asked for."""

    def __init__(self, overview: Overview, profit: ProfitViews) -> None:
        self._overview = overview
        self._profit = profit

    async def report(self, name: str) -> PeriodReport:
        """Raises KeyError for a name that is none of `PERIODS`."""
        length, label, unit = PERIODS[name]
        status = await self._overview.status()
        window = Window(max(status.at - length, status.since), status.at, label)
        whole, parts = await self._profit.whole_and_parts(window, unit, status)
        return PeriodReport(
            name=name,
            world=status.world,
            at=status.at,
            equity=status.equity,
            whole=whole,
            parts=parts,
            period=await self._overview.performance(window),
            since_start=await self._overview.performance(None),
            holdings=status.holdings,
            cash=status.cash,
            cash_weight=status.cash_weight,
            state=status.state,
        )

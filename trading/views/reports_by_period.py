"""A report of the last day, week or month up to an instant, in the figures of the status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from trading.contract import Status, Window
from trading.contract.books import PeriodReport
from trading.views.outcomes import OutcomeViews
from trading.views.overview import Overview
from trading.views.profit import ProfitViews

PERIODS = {
    "daily": (timedelta(days=1), "in the last 24 hours", ""),
    "weekly": (timedelta(days=7), "in the last 7 days", "day"),
    "monthly": (timedelta(days=30), "in the last 30 days", "week"),
}
"""How long, in which words, and what its parts are."""
NEXT = timedelta(microseconds=1)
"""A report ends with its own instant: what is filled then is in its equity, so it is in its trades too."""


class PeriodReports:
    """Makes a report when it is asked for."""

    def __init__(self, overview: Overview, profit: ProfitViews, outcomes: OutcomeViews) -> None:
        self._overview = overview
        self._profit = profit
        self._outcomes = outcomes

    async def report(self, name: str) -> PeriodReport:
        """Up to now. Raises KeyError for a name that is none of `PERIODS`."""
        return await self.of(name, await self._overview.status())

    async def of(self, name: str, status: Status) -> PeriodReport:
        """Up to `status.at`, with the money, coins and state of `status`. Raises KeyError as :meth:`report` does."""
        length, label, unit = PERIODS[name]
        start, end = before(status.at, length, status.world.timezone) + NEXT, status.at + NEXT
        window = Window(max(start, status.since), end, label)
        whole, parts = await self._profit.whole_and_parts(window, unit, status)
        return PeriodReport(
            name=name,
            world=status.world,
            at=status.at,
            equity=status.equity,
            whole=whole,
            parts=parts,
            period=await self._overview.performance(window),
            since_start=await self._overview.performance(_everything(status)),
            holdings=status.holdings,
            cash=status.cash,
            cash_weight=status.cash_weight,
            state=status.state,
            outcomes=await self._outcomes.of(window),
        )


def before(at: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    """The instant `length` before `at`: whole weeks back at the same local time, also over a change of the clock."""
    if length < timedelta(days=7):
        return at - length
    return (at.astimezone(zone) - length).astimezone(UTC)


def _everything(status: Status) -> Window:
    since = status.since.astimezone(status.world.timezone)
    return Window(status.since, max(status.at, status.since) + NEXT, f"since {since:%-d %b}")

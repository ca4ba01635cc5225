"""The daily report: made at its hour, kept for whoever tells it, and made again after a restart."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from trading.clock import Clock
from trading.contract import DailyReport, Holding, Window, World
from trading.domain.event import ReportDue
from trading.domain.money import ZERO
from trading.portfolio.equity import EquityCurve
from trading.portfolio.performance import measure
from trading.risk.switch import Switch
from trading.store.port import Claim, Store, unclaimed
from trading.views.holdings import Holdings
from trading.views.model_costs import ModelCostViews
from trading.views.trades import TradeViews

KEPT = 10
HELD_DAYS = 400
"""What was held is remembered longer than whole reports: channels that lag behind still tell that day's."""
NEXT = timedelta(microseconds=1)
"""A report ends with its own instant: what is filled then is in its equity, so it is in its trades too."""
TRADES_SHOWN = 10

Value = TypeVar("Value")


class Reports:
    """Makes reports; `report_at` is the local time they are due."""

    def __init__(
        self,
        world: Callable[[], World],
        store: Store,
        curve: EquityCurve,
        holdings: Holdings,
        trades: TradeViews,
        switch: Switch,
        clock: Clock,
        report_at: time,
        models: ModelCostViews,
    ) -> None:
        self._current = world
        self._store = store
        self._curve = curve
        self._holdings = holdings
        self._trades = trades
        self._switch = switch
        self._clock = clock
        self._report_at = report_at
        self._models = models
        self._made: OrderedDict[str, DailyReport] = OrderedDict()
        self._held: OrderedDict[str, tuple[Holding, ...]] = OrderedDict()

    @property
    def _world(self) -> World:
        return self._current()

    async def make(self, due: datetime, claim: Claim = unclaimed) -> None:
        """Make the report of the local day of `due` and put it in the journal, `claim` in the same transaction."""
        local_date = due.astimezone(self._world.timezone).date().isoformat()
        # Before the journal tells anyone: who asks at once must get what is held now, not a moment later.
        keep_newest(self._held, local_date, self._holdings.all(), HELD_DAYS)
        async with self._store.transaction() as tx:
            await claim(tx)
            point = await self._curve.sample_in(tx)
            await tx.append(ReportDue(self._clock.now(), local_date))
        if point is not None:
            self._curve.keep(point)
        report = await self._as_of(local_date, self._clock.now())
        if report is not None:
            keep_newest(self._made, local_date, report, KEPT)

    async def report(self, local_date: str) -> DailyReport | None:
        """The report of that day. After a restart its holdings are not known, and left out; its figures are."""
        if local_date in self._made:
            return self._made[local_date]
        due = datetime.combine(date.fromisoformat(local_date), self._report_at, self._world.timezone).astimezone(UTC)
        return await self._as_of(local_date, made_at(self._curve, due))

    async def _as_of(self, local_date: str, at: datetime) -> DailyReport | None:
        point = self._curve.at(at)
        inception = self._curve.inception
        if point is None or inception is None:
            return None
        day = self._day(at, inception)
        everything = Window(inception, at + NEXT, f"since {inception.astimezone(self._world.timezone):%-d %b}")
        fees, count = await self._trades.cost_and_count(everything)
        measured = measure(self._curve.points, self._world, everything, fees, count, self._curve.columns)
        performance = await self._models.beside(measured, point.equity)
        if performance is None:
            return None
        return DailyReport(
            world=self._world,
            local_date=local_date,
            at=at,
            equity=point.equity,
            day=replace(await self._trades.pnl(day), unrealized_now=open_profit(self._held.get(local_date))),
            since_start=performance,
            trades=await self._trades.trades(day, None, None, TRADES_SHOWN),
            holdings=self._held.get(local_date, ()),
            cash=point.cash,
            state=self._switch.state,
        )

    def _day(self, at: datetime, inception: datetime) -> Window:
        """The 24 hours up to the report, so that consecutive reports neither overlap nor leave a gap."""
        return Window(max(at + NEXT - timedelta(days=1), inception), at + NEXT, "the last 24 hours")


def made_at(curve: EquityCurve, due: datetime) -> datetime:
    """When the report that was `due` was made: it left a point of the curve then."""
    index = bisect_left(curve.points, due, key=lambda point: point.at)
    return curve.points[index].at if index < len(curve.points) else due


def open_profit(held: Sequence[Holding] | None) -> Decimal | None:
    """Unrealized profit of what was held; None where that, or one of its prices, is not known."""
    gains = [holding.unrealized for holding in held] if held is not None else [None]
    return None if None in gains else sum((gain for gain in gains if gain is not None), ZERO)


def keep_newest(kept: OrderedDict[str, Value], key: str, value: Value, most: int) -> None:
    """Keep `value` and no more than `most` of the newest."""
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)

"""Exposure, allocation and risk: figures of the status and of the performance, put beside what may be lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from trading.contract import Performance, Status, Window
from trading.contract.books import Allocation, AllocationLine, Exposure, RiskView
from trading.domain.money import ZERO
from trading.domain.plan import Cycle
from trading.portfolio.daily_returns import beta_against, daily_returns, value_at_risk
from trading.portfolio.figures import FloatArray
from trading.store.port import Store
from trading.views.exits import exits
from trading.views.overview import Overview

MONTH = timedelta(days=30)
FALLS = (Decimal("0.10"), Decimal("0.20"), Decimal("0.30"))
PLANS_SEARCHED = 50
"""Decisions looked through for the newest plan: those to hold have none."""

LostToday = Callable[[datetime], Decimal | None]


class RiskViews:
    """`daily_limit` is a fraction (None: off), `lost_today` what the day has lost as that limit measures it."""

    def __init__(self, overview: Overview, store: Store, daily_limit: Decimal | None, lost_today: LostToday) -> None:
        self._overview = overview
        self._store = store
        self._daily_limit = daily_limit
        self._lost_today = lost_today

    async def exposure(self) -> Exposure:
        status, ever = await self._overview.status(), await self._overview.measured(None)
        month = await self._overview.measured(_last_month(status))
        net = None if status.cash_weight is None else 1 - status.cash_weight
        shorts = sum((held.weight for held in status.holdings if held.weight and held.weight < 0), ZERO)
        ours = _returns(ever, "Portfolio")
        return Exposure(
            status=status,
            gross=None if net is None else net - 2 * shorts,
            net=net,
            average=ever.exposure if ever else None,
            average_30d=month.exposure if month else None,
            beta=beta_against(ours, _returns(ever, "BTC")),
            daily_returns=len(ours),
        )

    async def allocation(self) -> Allocation:
        """What is held beside the targets of the newest plan."""
        status = await self._overview.status()
        async with self._store.reading() as read:
            cycles = await read.cycles(PLANS_SEARCHED)
        planned = next((cycle for cycle in reversed(cycles) if cycle.plan is not None), None)
        return allocation(status, planned)

    async def risk(self) -> RiskView:
        status, ever = await self._overview.status(), await self._overview.measured(None)
        month = await self._overview.measured(_last_month(status))
        returns = _returns(ever, "Portfolio")
        tail = value_at_risk(returns)
        return RiskView(
            status=status,
            exits=exits(status),
            drawdown=None if ever is None else _fraction(ever.drawdown[-1]),
            deepest=None if ever is None else ever.lines[0].max_drawdown,
            volatility=month.lines[0].volatility if month else None,
            volatility_returns=month.daily_returns if month else 0,
            daily_limit=self._daily_limit,
            lost_today=self._lost_today(status.at),
            value_at_risk=None if tail is None or status.equity is None else _fraction(tail) * status.equity,
            daily_returns=len(returns),
            stress=_stress(status),
        )


def allocation(status: Status, planned: Cycle | None) -> Allocation:
    """The lines of what is held or was planned; without a plan there are no targets."""
    plan = planned.plan if planned else None
    held = {holding.symbol: holding.weight for holding in status.holdings}
    wanted = {target.symbol: target.weight for target in plan.weights if target.weight} if plan else {}
    lines = [
        AllocationLine(symbol.partition("/")[0], held.get(symbol, ZERO), wanted.get(symbol, ZERO) if plan else None)
        for symbol in dict.fromkeys([*held, *wanted])
    ]
    lines.sort(key=lambda line: abs(line.weight or ZERO), reverse=True)
    cash = AllocationLine("", status.cash_weight, plan.cash_weight if plan else None)
    if planned is None:
        return Allocation(status, (*lines, cash))
    return Allocation(status, (*lines, cash), planned.at, planned.decided_by, planned.id)


def _stress(status: Status) -> dict[Decimal, Decimal]:
    """What equity would change by if every coin fell at once; empty where a price is not known."""
    if status.equity is None:
        return {}
    invested = status.equity - status.cash
    return {fall: -fall * invested for fall in FALLS}


def _last_month(status: Status) -> Window:
    return Window(max(status.at - MONTH, status.since), status.at, "in the last 30 days")


def _returns(performance: Performance | None, name: str) -> FloatArray:
    """Its daily returns; none where it has no line."""
    line = performance.line(name) if performance else None
    return daily_returns(performance, line) if performance and line else np.array([])


def _fraction(value: float) -> Decimal:
    return Decimal(str(round(value, 10)))

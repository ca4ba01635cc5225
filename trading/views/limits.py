"""Every limit in force, with the setting it comes from and how much of it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from trading.contract import Status
from trading.contract.books import LimitLine, LimitsView, LimitUnit
from trading.domain.money import ZERO
from trading.orders.protections import ExitRules
from trading.risk.guards import Guards
from trading.risk.limits import Limits
from trading.views.overview import Overview

M, S, T = LimitUnit.MONEY, LimitUnit.SHARE, LimitUnit.TIME

Thresholds = Callable[[], Sequence[LimitLine]]
"""From which amounts on people are asked, as of now."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the core was told not to go beyond."""

    limits: Limits
    exits: ExitRules
    daily_loss: Decimal | None
    drift: Decimal
    card_lives: timedelta
    guards: Guards = field(default_factory=Guards)


class LimitViews:
    """Limits as they are configured, and where each stands now."""

    def __init__(
        self,
        overview: Overview,
        told: Told,
        lost_today: Callable[[datetime], Decimal | None],
        thresholds: Thresholds,
    ) -> None:
        self._overview = overview
        self._told = told
        self._lost_today = lost_today
        self._thresholds = thresholds

    async def limits(self) -> LimitsView:
        status = await self._overview.status()
        lines = (
            *self._thresholds(),
            *self._sizes(status),
            *self._rebalances(),
            *self._prices(status),
            *self._exits(),
        )
        return LimitsView(status.world, status.at, status.state, lines)

    def _sizes(self, status: Status) -> Iterator[LimitLine]:
        limits, lost = self._told.limits, self._lost_today(status.at)
        weights = [abs(held.weight) for held in status.holdings if held.weight is not None]
        yield LimitLine("MAX_ORDER_SIZE", M, limits.max_order_size)
        yield LimitLine("MAX_POSITION_PERCENT", S, limits.max_position, max(weights, default=ZERO))
        used = None if lost is None else max(lost, ZERO)
        yield LimitLine("DAILY_LOSS_LIMIT_PERCENT", S, self._told.daily_loss, used)

    def _rebalances(self) -> Iterator[LimitLine]:
        """What stands over rebalances alone: only guards that are on."""
        guards = self._told.guards
        yield from _where_on(LimitLine("MIN_CASH_PERCENT", S, guards.min_cash))
        yield from _where_on(LimitLine("MIN_TRADE", M, guards.min_trade))
        if guards.max_turnover is not None:
            yield LimitLine("MAX_TURNOVER_PERCENT", S, guards.max_turnover)
        if guards.max_orders is not None:
            yield LimitLine("MAX_REBALANCE_ORDERS", LimitUnit.COUNT, Decimal(guards.max_orders))
        yield from _where_on(LimitLine("MIN_HOLDING_HOURS", T, guards.min_holding))
        yield from _where_on(LimitLine("REENTRY_PAUSE_HOURS", T, guards.reentry_pause))
        for base, least in guards.floors.items():
            yield LimitLine(f"{base}_FLOOR_PERCENT", S, least)
        if guards.max_drawdown is not None:
            yield LimitLine("DRAWDOWN_STOP_PERCENT", S, guards.max_drawdown)

    def _prices(self, status: Status) -> Iterator[LimitLine]:
        limits = self._told.limits
        yield LimitLine("MAX_PRICE_AGE_SECONDS", T, limits.max_price_age, status.price_age)
        yield LimitLine("MAX_SPREAD_PERCENT", S, limits.max_spread)
        yield LimitLine("MAX_SLIPPAGE_PERCENT", S, limits.max_slippage)
        yield LimitLine("MIN_EDGE_PERCENT", S, limits.min_edge)

    def _exits(self) -> Iterator[LimitLine]:
        yield LimitLine("STOP_LOSS_PERCENT", S, self._told.exits.stop_loss)
        yield LimitLine("TAKE_PROFIT_PERCENT", S, self._told.exits.take_profit)
        yield LimitLine("APPROVAL_DRIFT_PERCENT", S, self._told.drift)
        yield LimitLine("APPROVAL_TTL_SECONDS", T, self._told.card_lives)


def _where_on(line: LimitLine) -> Iterator[LimitLine]:
    """A guard whose figure is zero does nothing."""
    if line.value:
        yield line

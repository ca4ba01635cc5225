"""Joins the reading door's rooms, once, when the core is assembled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time

from trading.clock import Clock
from trading.contract import Safety, World
from trading.domain.market import Instrument
from trading.exchange.ports import MarketData
from trading.market.fees import FeeTable
from trading.orders.account import Account
from trading.portfolio.equity import EquityCurve
from trading.risk.daily_loss import DailyLossLimit
from trading.store.port import Store
from trading.views.balances import BalanceViews
from trading.views.books import BookViews
from trading.views.costs import CostViews
from trading.views.cycles import CycleViews
from trading.views.export import ExportViews
from trading.views.health import HealthViews, Machinery
from trading.views.indicators import IndicatorViews
from trading.views.limits import LimitViews, Thresholds, Told
from trading.views.model_costs import ModelCostViews
from trading.views.orders import OrderViews
from trading.views.outcomes import OutcomeViews
from trading.views.overview import Overview
from trading.views.profit import ProfitViews
from trading.views.refusals import RefusalViews
from trading.views.reports_by_period import PeriodReports
from trading.views.risk import RiskViews
from trading.views.risk_map import RiskMapViews
from trading.views.sales import SaleViews
from trading.views.trades import TradeViews
from trading.views.weekly_reports import WeeklyReports
from trading.views.what_if import WhatIfViews


@dataclass(frozen=True, slots=True)
class Shelves:
    """Where the figures are kept that the rooms show."""

    world: Callable[[], World]
    store: Store
    clock: Clock
    account: Account
    curve: EquityCurve
    fees: FeeTable
    instruments: Mapping[str, Instrument]
    loss_limit: DailyLossLimit
    market: MarketData
    models: ModelCostViews
    report_at: time


def book_views(
    shelves: Shelves,
    overview: Overview,
    trades: TradeViews,
    safety: Safety,
    told: Told,
    thresholds: Thresholds,
    machinery: Machinery,
) -> BookViews:
    """The rooms behind `Desk.books`."""
    store, clock, lost = shelves.store, shelves.clock, shelves.loss_limit.lost
    profit = ProfitViews(overview, trades)
    periods = PeriodReports(overview, profit, OutcomeViews(store, shelves.models))
    return BookViews(
        overview=overview,
        order_views=OrderViews(store),
        cycle_views=CycleViews(store),
        balance_views=BalanceViews(overview, shelves.account, safety),
        cost_views=CostViews(shelves.world, store, shelves.fees, shelves.instruments, clock, shelves.models),
        profit_views=profit,
        risk_views=RiskViews(overview, store, told.daily_loss, lost),
        risk_map_views=RiskMapViews(overview, shelves.market, shelves.instruments),
        limit_views=LimitViews(overview, told, lost, thresholds),
        period_reports=periods,
        weekly_reports=WeeklyReports(store, overview, periods, shelves.curve, clock, shelves.report_at),
        health_views=HealthViews(overview, safety, machinery),
        export_views=ExportViews(shelves.world, store, shelves.curve, clock),
        sale_views=SaleViews(shelves.world, store, clock, trades.days),
        refusal_views=RefusalViews(store),
        indicator_views=IndicatorViews(shelves.world, shelves.market, shelves.instruments),
        what_if_views=WhatIfViews(overview, shelves.account, shelves.fees, shelves.instruments),
    )

"""The reading door's rooms: each question goes to the view that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trading.contract import TradeView, Window
from trading.contract.books import (
    Allocation,
    Balances,
    Costs,
    CycleStory,
    Exits,
    Export,
    Exposure,
    Fees,
    Health,
    IndicatorsView,
    LimitsView,
    OrderStory,
    PeriodReport,
    Profit,
    Refusal,
    RiskMap,
    RiskView,
    Sales,
    TradeStory,
    Version,
    WhatIf,
)
from trading.domain.order import Fill, Order, Side
from trading.domain.plan import Cycle
from trading.views.balances import BalanceViews
from trading.views.costs import CostViews
from trading.views.cycles import CycleViews
from trading.views.exits import exits
from trading.views.export import ExportViews
from trading.views.health import HealthViews
from trading.views.indicators import IndicatorViews
from trading.views.limits import LimitViews
from trading.views.orders import OrderViews
from trading.views.overview import Overview
from trading.views.profit import ProfitViews
from trading.views.refusals import RefusalViews
from trading.views.reports_by_period import PeriodReports
from trading.views.risk import RiskViews
from trading.views.risk_map import RiskMapViews
from trading.views.sales import SaleViews
from trading.views.weekly_reports import WeeklyReports
from trading.views.what_if import WhatIfViews


@dataclass(frozen=True, slots=True)
class BookViews:
    """Implements `trading.contract.books.Books`."""

    overview: Overview
    order_views: OrderViews
    cycle_views: CycleViews
    balance_views: BalanceViews
    cost_views: CostViews
    profit_views: ProfitViews
    risk_views: RiskViews
    risk_map_views: RiskMapViews
    limit_views: LimitViews
    period_reports: PeriodReports
    weekly_reports: WeeklyReports
    health_views: HealthViews
    export_views: ExportViews
    sale_views: SaleViews
    refusal_views: RefusalViews
    indicator_views: IndicatorViews
    what_if_views: WhatIfViews

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        return await self.order_views.open(symbol)

    async def recent_orders(self, symbol: str | None = None, limit: int = 10) -> Sequence[Order]:
        return await self.order_views.recent(symbol, limit)

    async def find_orders(self, prefix: str) -> Sequence[Order]:
        return await self.order_views.find(prefix)

    async def order(self, client_order_id: str) -> OrderStory | None:
        return await self.order_views.story(client_order_id)

    async def find_trades(self, prefix: str) -> Sequence[Fill]:
        return await self.order_views.find_trades(prefix)

    async def trade(self, trade_id: str) -> TradeStory | None:
        return await self.order_views.trade(trade_id)

    async def recent_cycles(self, limit: int = 10) -> Sequence[Cycle]:
        return await self.cycle_views.recent(limit)

    async def find_cycles(self, prefix: str) -> Sequence[Cycle]:
        return await self.cycle_views.find(prefix)

    async def cycle(self, cycle_id: str) -> CycleStory | None:
        return await self.cycle_views.story(cycle_id)

    async def balances(self) -> Balances:
        return await self.balance_views.balances()

    async def fees(self, window: Window) -> Fees:
        return await self.cost_views.fees(window)

    async def costs(self, window: Window) -> Costs:
        return await self.cost_views.costs(window)

    async def profit(self, window: Window) -> Profit:
        return await self.profit_views.profit(window)

    async def sales(self, window: Window, symbol: str | None = None) -> Sales:
        return await self.sale_views.sales(window, symbol)

    async def best_sales(self, window: Window, symbol: str | None = None) -> Sequence[TradeView]:
        return await self.sale_views.best(window, symbol)

    async def worst_sales(self, window: Window, symbol: str | None = None) -> Sequence[TradeView]:
        return await self.sale_views.worst(window, symbol)

    async def refusals(self, symbol: str | None = None, limit: int = 5) -> Sequence[Refusal]:
        return await self.refusal_views.newest(symbol, limit)

    async def indicators(self, symbol: str, timeframe: str) -> IndicatorsView:
        return await self.indicator_views.indicators(symbol, timeframe)

    async def what_if(self, side: Side, symbol: str, notional: Decimal) -> WhatIf | None:
        return await self.what_if_views.order(side, symbol, notional)

    async def exposure(self) -> Exposure:
        return await self.risk_views.exposure()

    async def allocation(self) -> Allocation:
        return await self.risk_views.allocation()

    async def risk(self) -> RiskView:
        return await self.risk_views.risk()

    async def risk_map(self) -> RiskMap:
        return await self.risk_map_views.risk_map()

    async def limits(self) -> LimitsView:
        return await self.limit_views.limits()

    async def exits(self) -> Exits:
        return exits(await self.overview.status())

    async def report(self, name: str) -> PeriodReport:
        return await self.period_reports.report(name)

    async def report_of_week(self, local_date: str) -> PeriodReport | None:
        return await self.weekly_reports.report(local_date)

    async def health(self) -> Health:
        return await self.health_views.health()

    async def version(self) -> Version:
        return await self.health_views.version()

    async def export(self, window: Window) -> Export:
        return await self.export_views.export(window)

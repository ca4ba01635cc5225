"""The reading door's rooms: each question goes to the view that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trading.contract import Window
from trading.contract.books import (
    Allocation,
    Balances,
    Costs,
    Exits,
    Export,
    Exposure,
    Fees,
    Health,
    LimitsView,
    OrderStory,
    PeriodReport,
    Profit,
    RiskView,
    TradeStory,
    Version,
)
from trading.domain.order import Fill, Order
from trading.views.balances import BalanceViews
from trading.views.costs import CostViews
from trading.views.exits import exits
from trading.views.export import ExportViews
from trading.views.health import HealthViews
from trading.views.limits import LimitViews
from trading.views.orders import OrderViews
from trading.views.overview import Overview
from trading.views.profit import ProfitViews
from trading.views.reports_by_period import PeriodReports
from trading.views.risk import RiskViews


@dataclass(frozen=True, slots=True)
class BookViews:
    """Implements `trading.contract.books.Books`."""

    overview: Overview
    order_views: OrderViews
    balance_views: BalanceViews
    cost_views: CostViews
    profit_views: ProfitViews
    risk_views: RiskViews
    limit_views: LimitViews
    period_reports: PeriodReports
    health_views: HealthViews
    export_views: ExportViews

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

    async def balances(self) -> Balances:
        return await self.balance_views.balances()

    async def fees(self, window: Window) -> Fees:
        return await self.cost_views.fees(window)

    async def costs(self, window: Window) -> Costs:
        return await self.cost_views.costs(window)

    async def profit(self, window: Window) -> Profit:
        return await self.profit_views.profit(window)

    async def exposure(self) -> Exposure:
        return await self.risk_views.exposure()

    async def allocation(self) -> Allocation:
        return await self.risk_views.allocation()

    async def risk(self) -> RiskView:
        return await self.risk_views.risk()

    async def limits(self) -> LimitsView:
        return await self.limit_views.limits()

    async def exits(self) -> Exits:
        return exits(await self.overview.status())

    async def report(self, name: str) -> PeriodReport:
        return await self.period_reports.report(name)

    async def health(self) -> Health:
        return await self.health_views.health()

    async def version(self) -> Version:
        return await self.health_views.version()

    async def export(self, window: Window) -> Export:
        return await self.export_views.export(window)

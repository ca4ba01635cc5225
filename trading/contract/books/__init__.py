"""The reading door: everything people may look up in the books. Read-only, and never waits for the network."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from trading.contract.books.cycles import CycleStory
from trading.contract.books.market import IndicatorsView
from trading.contract.books.models import DOLLARS, ModelBudget, ModelCosts, ModelUse
from trading.contract.books.money import (
    BalanceLine,
    Balances,
    Costs,
    FeeRate,
    Fees,
    Profit,
    SymbolProfit,
)
from trading.contract.books.orders import OrderStory, TradeStory
from trading.contract.books.risk import (
    Allocation,
    AllocationLine,
    ExitLine,
    Exits,
    Exposure,
    LimitLine,
    LimitsView,
    LimitUnit,
    RiskMap,
    RiskMapLine,
    RiskView,
)
from trading.contract.books.running import (
    Export,
    ExportFile,
    Health,
    LoopDelay,
    PeriodReport,
    StoreFile,
    Version,
)
from trading.contract.books.sales import Refusal, Sales, WhatIf
from trading.contract.read_models import TradeView, Window
from trading.domain.order import Fill, Order, Side
from trading.domain.plan import Cycle

__all__ = [
    "DOLLARS",
    "Allocation",
    "AllocationLine",
    "BalanceLine",
    "Balances",
    "Books",
    "Costs",
    "CycleStory",
    "ExitLine",
    "Exits",
    "Export",
    "ExportFile",
    "Exposure",
    "FeeRate",
    "Fees",
    "Health",
    "IndicatorsView",
    "LimitLine",
    "LimitUnit",
    "LimitsView",
    "LoopDelay",
    "ModelBudget",
    "ModelCosts",
    "ModelUse",
    "OrderStory",
    "PeriodReport",
    "Profit",
    "Refusal",
    "RiskMap",
    "RiskMapLine",
    "RiskView",
    "Sales",
    "StoreFile",
    "SymbolProfit",
    "TradeStory",
    "Version",
    "WhatIf",
]


class OrderBooks(Protocol):
    """Orders and trades."""

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        """Orders that may still fill, oldest first."""
        ...

    async def recent_orders(self, symbol: str | None = None, limit: int = 10) -> Sequence[Order]:
        """The newest orders of every status, newest first."""
        ...

    async def find_orders(self, prefix: str) -> Sequence[Order]:
        """Orders whose id (ours or the exchange's) begins with `prefix`, newest first; at most 20."""
        ...

    async def order(self, client_order_id: str) -> OrderStory | None: ...

    async def find_trades(self, prefix: str) -> Sequence[Fill]:
        """Fills whose trade id begins with `prefix`, newest first; at most 20."""
        ...

    async def trade(self, trade_id: str) -> TradeStory | None: ...


class CycleBooks(Protocol):
    """Decisions on record."""

    async def recent_cycles(self, limit: int = 10) -> Sequence[Cycle]:
        """Newest first."""
        ...

    async def find_cycles(self, prefix: str) -> Sequence[Cycle]:
        """Cycles whose id begins with `prefix`, newest first, at most 20; one named in full comes alone."""
        ...

    async def cycle(self, cycle_id: str) -> CycleStory | None: ...


class MoneyBooks(Protocol):
    """Balances, costs and profit."""

    async def balances(self) -> Balances: ...

    async def fees(self, window: Window) -> Fees: ...

    async def costs(self, window: Window) -> Costs: ...

    async def profit(self, window: Window) -> Profit: ...


class AnswerBooks(Protocol):
    """What questions ask beyond the lists: sales by result, refusals, indicators, and an order that is not placed."""

    async def sales(self, window: Window, symbol: str | None = None) -> Sales:
        """What the sales of `symbol`, or of all, brought."""
        ...

    async def best_sales(self, window: Window, symbol: str | None = None) -> Sequence[TradeView]:
        """The ten that made most, largest first; none that made nothing."""
        ...

    async def worst_sales(self, window: Window, symbol: str | None = None) -> Sequence[TradeView]:
        """The ten that lost most, the largest loss first; none that made anything."""
        ...

    async def refusals(self, symbol: str | None = None, limit: int = 5) -> Sequence[Refusal]:
        """The newest orders and batches that were refused, newest first."""
        ...

    async def indicators(self, symbol: str, timeframe: str) -> IndicatorsView:
        """Of `symbol` ("BTC/USD") over candles of `timeframe` ("4h"). Raises KeyError for one not traded here."""
        ...

    async def what_if(self, side: Side, symbol: str, notional: Decimal) -> WhatIf | None:
        """An order of `symbol` ("BTC/USD") for `notional` in quote, placed nowhere; None without a price."""
        ...


class RiskBooks(Protocol):
    """What could be lost, and what may be."""

    async def exposure(self) -> Exposure: ...

    async def allocation(self) -> Allocation: ...

    async def risk(self) -> RiskView: ...

    async def risk_map(self) -> RiskMap: ...

    async def limits(self) -> LimitsView: ...

    async def exits(self) -> Exits: ...


class RunningBooks(Protocol):
    """Reports, the program's own state, and the books as files."""

    async def report(self, name: str) -> PeriodReport:
        """`name` is "daily", "weekly" or "monthly"; up to now. Raises KeyError for another."""
        ...

    async def report_of_week(self, local_date: str) -> PeriodReport | None:
        """The weekly report that was posted on that local day (ISO date), as it was then."""
        ...

    async def health(self) -> Health: ...

    async def version(self) -> Version: ...

    async def export(self, window: Window) -> Export: ...


class Books(OrderBooks, CycleBooks, MoneyBooks, AnswerBooks, RiskBooks, RunningBooks, Protocol):
    """The whole reading door."""

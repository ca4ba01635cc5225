"""The reading door: everything people may look up in the books. Read-only, and never waits for the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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
from trading.contract.read_models import Window
from trading.domain.order import Fill, Order

__all__ = [
    "Allocation",
    "AllocationLine",
    "BalanceLine",
    "Balances",
    "Books",
    "Costs",
    "ExitLine",
    "Exits",
    "Export",
    "ExportFile",
    "Exposure",
    "FeeRate",
    "Fees",
    "Health",
    "LimitLine",
    "LimitUnit",
    "LimitsView",
    "LoopDelay",
    "OrderStory",
    "PeriodReport",
    "Profit",
    "RiskView",
    "StoreFile",
    "SymbolProfit",
    "TradeStory",
    "Version",
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


class MoneyBooks(Protocol):
    """Balances, costs and profit."""

    async def balances(self) -> Balances: ...

    async def fees(self, window: Window) -> Fees: ...

    async def costs(self, window: Window) -> Costs: ...

    async def profit(self, window: Window) -> Profit: ...


class RiskBooks(Protocol):
    """What could be lost, and what may be."""

    async def exposure(self) -> Exposure: ...

    async def allocation(self) -> Allocation: ...

    async def risk(self) -> RiskView: ...

    async def limits(self) -> LimitsView: ...

    async def exits(self) -> Exits: ...


class RunningBooks(Protocol):
    """Reports, the program's own state, and the books as files."""

    async def report(self, name: str) -> PeriodReport:
        """`name` is "daily", "weekly" or "monthly"; up to now. Raises KeyError for another."""
        ...

    async def health(self) -> Health: ...

    async def version(self) -> Version: ...

    async def export(self, window: Window) -> Export: ...


class Books(OrderBooks, MoneyBooks, RiskBooks, RunningBooks, Protocol):
    """The whole reading door."""

"""The reading door over the facts of `book_facts`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tests.unit.chatbot import answer_facts, book_facts, cycle_facts
from trading.contract import TradeView, Window, World
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


class FakeBooks:
    """`orders` and `fills` are what there is to find; `windows` what was asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.orders: list[Order] = [book_facts.bought()]
        self.fills: list[Fill] = list(book_facts.order_story().fills)
        self.cycles: list[Cycle] = [cycle_facts.decided()]
        self.windows: list[str] = []

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        return [book_facts.resting()]

    async def recent_orders(self, symbol: str | None = None, limit: int = 10) -> Sequence[Order]:
        return self.orders

    async def find_orders(self, prefix: str) -> Sequence[Order]:
        return [order for order in self.orders if order.client_order_id.startswith(prefix)]

    async def order(self, client_order_id: str) -> OrderStory | None:
        found = [order for order in self.orders if order.client_order_id == client_order_id]
        return book_facts.order_story(found[0]) if found else None

    async def find_trades(self, prefix: str) -> Sequence[Fill]:
        return [fill for fill in self.fills if fill.trade_id.startswith(prefix)]

    async def trade(self, trade_id: str) -> TradeStory | None:
        return book_facts.trade_story()

    async def recent_cycles(self, limit: int = 10) -> Sequence[Cycle]:
        return self.cycles[:limit]

    async def find_cycles(self, prefix: str) -> Sequence[Cycle]:
        return [cycle for cycle in self.cycles if cycle.id.startswith(prefix)]

    async def cycle(self, cycle_id: str) -> CycleStory | None:
        found = [cycle for cycle in self.cycles if cycle.id == cycle_id]
        return cycle_facts.cycle_story(found[0]) if found else None

    async def balances(self) -> Balances:
        return book_facts.balances(self.world)

    async def fees(self, window: Window) -> Fees:
        self.windows.append(window.label)
        return book_facts.fees(self.world)

    async def costs(self, window: Window) -> Costs:
        self.windows.append(window.label)
        return book_facts.costs(self.world)

    async def profit(self, window: Window) -> Profit:
        self.windows.append(window.label)
        return book_facts.profit(self.world)

    async def sales(self, window: Window, symbol: str | None = None) -> Sales:
        self.windows.append(window.label)
        return answer_facts.sales(self.world, window)

    async def best_sales(self, window: Window, symbol: str | None = None) -> Sequence[TradeView]:
        return ()

    async def worst_sales(self, window: Window, symbol: str | None = None) -> Sequence[TradeView]:
        return ()

    async def refusals(self, symbol: str | None = None, limit: int = 5) -> Sequence[Refusal]:
        return [answer_facts.refusal()]

    async def indicators(self, symbol: str, timeframe: str) -> IndicatorsView:
        return answer_facts.indicators(self.world, timeframe)

    async def what_if(self, side: Side, symbol: str, notional: Decimal) -> WhatIf | None:
        return answer_facts.what_if(self.world, side)

    async def exposure(self) -> Exposure:
        return book_facts.exposure(self.world)

    async def risk_map(self) -> RiskMap:
        return book_facts.risk_map(self.world)

    async def allocation(self) -> Allocation:
        return book_facts.allocation(self.world)

    async def risk(self) -> RiskView:
        return book_facts.risk(self.world)

    async def limits(self) -> LimitsView:
        return book_facts.limits(self.world)

    async def exits(self) -> Exits:
        return book_facts.exits(self.world)

    async def report(self, name: str) -> PeriodReport:
        return book_facts.report(name, self.world)

    async def report_of_week(self, local_date: str) -> PeriodReport | None:
        return book_facts.report("weekly", self.world)

    async def health(self) -> Health:
        return book_facts.health(self.world)

    async def version(self) -> Version:
        return book_facts.version(self.world)

    async def export(self, window: Window) -> Export:
        self.windows.append(window.label)
        return book_facts.export(self.world)

"""What questions ask beyond the lists, as facts: sales by result, a refusal, indicators, an order only reckoned."""

from __future__ import annotations

from decimal import Decimal

from tests.unit.chatbot import facts
from trading.contract import Window, World
from trading.contract.books import IndicatorsView, Refusal, Sales, WhatIf
from trading.domain.order import Side, Source


def sales(world: World, window: Window) -> Sales:
    return Sales(world, window, None, 3, 2, Decimal("120.50"), Decimal("60.25"))


def refusal() -> Refusal:
    return Refusal(facts.NOW, Source.MANUAL, "@owner", "The order is larger than 500.00 USD.", Side.BUY, facts.BTC)


def indicators(world: World, timeframe: str) -> IndicatorsView:
    return IndicatorsView(
        world, facts.BTC, timeframe, facts.NOW, 200, 106_020.1, 61.2, 120.5, 110.25, 105_000.0, 99_000.0, 900.0,
        110_000.0, 98_000.0, 44.4, 0.52, 112_000.0, 91_000.0, 1_250.0,
    )  # fmt: skip


def what_if(world: World, side: Side) -> WhatIf:
    return WhatIf(
        world, facts.NOW, side, facts.BTC, Decimal("0.0047"), Decimal(106_020), Decimal("1.99"), Decimal(2_500),
        Decimal("0.41"), Decimal("0.46"),
    )  # fmt: skip

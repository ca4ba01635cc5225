"""A reader over facts that a test sets, with the real windows and the real performance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from trading.contract import (
    ApprovalView,
    Explanation,
    Holding,
    Performance,
    PlanView,
    Pnl,
    Status,
    ThesisView,
    Trades,
    TradeView,
    Window,
    World,
)
from trading.contract.books import Sales
from trading.domain.discrepancy import Discrepancy
from trading.domain.market import Candle, Instrument
from trading.domain.money import Money
from trading.domain.order import Batch, Fill, Order, OrderIntent, OrderStatus, OrderType, Side, Source
from trading.domain.plan import Cycle, CycleOutcome
from trading.domain.portfolio import EquityPoint
from trading.domain.risk import TradingState
from trading.portfolio.performance import measure
from trading.portfolio.windows import parse_window

ZONE = ZoneInfo("America/Denver")
NOW = datetime(2026, 11, 21, 21, 2, tzinfo=UTC)
START = datetime(2026, 7, 30, 13, 0, tzinfo=UTC)
WORLD = World("PAPER", "Kraken", False, "USD", ZONE)


def instrument(base: str) -> Instrument:
    return Instrument(
        f"{base}/USD", base, "USD", Decimal("0.1"), Decimal("0.0001"), Decimal("0.0001"), Decimal(5)
    )  # fmt: skip


def holding(base: str, weight: str, gain: str) -> Holding:
    value = Decimal(weight) * 10_000
    return Holding(
        instrument(base), Decimal("0.0412"), Decimal(100_000), Decimal("106020.1"), timedelta(seconds=2), value,
        Decimal(weight), Decimal(gain), value * Decimal(gain), Decimal(0), Decimal(98_200), None,
    )  # fmt: skip


def trade(
    base: str, side: Side, at: datetime, *, realized: str = "0", reason: str = "", source: Source = Source.REBALANCE
) -> TradeView:
    market = instrument(base)
    key = f"{base}{side}{at.isoformat()}"
    intent = OrderIntent(key, "b1", market, side, Decimal("0.221"), OrderType.MARKET, source, reason)
    order = Order(key, intent, OrderStatus.FILLED, at, at)
    fill = Fill(
        key, key, market.symbol, side, Decimal("3357.8"), Decimal("0.221"), Money(Decimal("2.95"), "USD"), at,
        Decimal(realized),
    )  # fmt: skip
    return TradeView(fill, order, Batch("b1", source, "allocator", "momentum", at, "c1"))


CYCLE = Cycle(
    "c1f00d",
    NOW - timedelta(hours=7),
    "schedule",
    "gpt-4o",
    CycleOutcome.HELD,
    "nothing moved enough to pay the fees",
    "",
)


@dataclass
class FactsReader:
    """Answers from what it was given; windows and performance are computed by the program's own code."""

    points: list[EquityPoint] = field(default_factory=list)
    held: tuple[Holding, ...] = ()
    done: list[TradeView] = field(default_factory=list)
    waiting: tuple[ApprovalView, ...] = ()
    differences: tuple[Discrepancy, ...] = ()
    state: TradingState = TradingState.ACTIVE
    cycle_made: Cycle | None = None
    closes: dict[str, list[float]] = field(default_factory=dict)
    world: World = WORLD

    def now(self) -> datetime:
        return NOW

    def symbols(self) -> Sequence[Instrument]:
        return [instrument(base) for base in ("BTC", "ETH", "SOL")]

    def window(self, words: str) -> Window | None:
        return parse_window(words, NOW, ZONE, START)

    async def status(self) -> Status:
        return Status(
            self.world, NOW, START, Decimal("10482.15"), Decimal(3000), Decimal("0.3"), Decimal("0.0482"),
            Decimal("-31.20"), Decimal("-0.003"), (), self.held, self.state,
            "" if self.state is TradingState.ACTIVE else "daily loss limit", timedelta(seconds=2),
            NOW + timedelta(hours=16, minutes=58), len(self.waiting), "allocator",
        )  # fmt: skip

    async def discrepancies(self) -> Sequence[Discrepancy]:
        return self.differences

    async def trades(
        self, window: Window | None = None, symbol: str | None = None, side: Side | None = None, limit: int = 10
    ) -> Trades:
        found = [
            trade
            for trade in self.done
            if (symbol is None or trade.fill.symbol == symbol)
            and (side is None or trade.fill.side is side)
            and (window is None or window.start <= trade.fill.at < window.end)
        ]
        found.sort(key=lambda trade: trade.fill.at, reverse=True)
        return Trades(window, symbol, tuple(found[:limit]), len(found))

    async def pnl(self, window: Window) -> Pnl:
        found = (await self.trades(window, limit=1_000)).trades
        sales = [trade.fill for trade in found if trade.fill.side is Side.SELL]
        by_symbol: dict[str, Decimal] = {}
        for sale in sales:
            by_symbol[sale.symbol] = by_symbol.get(sale.symbol, Decimal(0)) + sale.realized
        wins = sum(sale.realized > 0 for sale in sales)
        return Pnl(
            window, Decimal("120.50"), Decimal("0.0115"), sum(by_symbol.values(), Decimal(0)), Decimal("55.10"),
            sum((trade.fill.fee.amount for trade in found), Decimal(0)), len(found), wins, len(sales) - wins, by_symbol,
        )  # fmt: skip

    async def performance(self, window: Window | None = None) -> Performance | None:
        return measure(
            self.points, self.world, window or Window(START, NOW, "since 30 Jul"), Decimal(0), len(self.done)
        )

    async def plan(self) -> PlanView:
        return PlanView(self.cycle_made, None, NOW + timedelta(hours=16, minutes=58), "allocator")

    async def thesis(self) -> ThesisView:
        return ThesisView(None, ())

    async def pending(self) -> tuple[ApprovalView, ...]:
        return self.waiting

    async def explain(self, symbol: str | None = None, side: Side | None = None) -> Explanation | None:
        found = (await self.trades(None, symbol, side)).trades
        return Explanation(found[0], self.cycle_made) if found else None

    async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
        closes = self.closes.get(symbol, [])[-limit:]
        first = NOW.replace(minute=0) - timedelta(hours=len(closes))
        return [
            Candle(timeframe, first + timedelta(hours=i), close, close, close, close, 1.0)
            for i, close in enumerate(closes)
        ]

    @property
    def books(self) -> FactBooks:
        return FactBooks(self)

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"no question may need {name}")


class FactBooks:
    """The rooms of the books that can be told from the reader's facts."""

    def __init__(self, reader: FactsReader) -> None:
        self._reader = reader

    async def open_orders(self, symbol: str | None = None) -> Sequence[Order]:
        return ()

    async def sales(self, window: Window, symbol: str | None = None) -> Sales:
        won, lost = await self.best_sales(window, symbol), await self.worst_sales(window, symbol)
        made, gone = (sum((trade.fill.realized for trade in some), Decimal(0)) for some in (won, lost))
        return Sales(self._reader.world, window, symbol, len(won), len(lost), made, -gone)

    async def best_sales(self, window: Window, symbol: str | None = None) -> Sequence[TradeView]:
        found = (await self._reader.trades(window, symbol, Side.SELL, 1_000)).trades
        return sorted((t for t in found if t.fill.realized > 0), key=lambda t: t.fill.realized, reverse=True)

    async def worst_sales(self, window: Window, symbol: str | None = None) -> Sequence[TradeView]:
        found = (await self._reader.trades(window, symbol, Side.SELL, 1_000)).trades
        return sorted((t for t in found if t.fill.realized <= 0), key=lambda t: t.fill.realized)

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"no question may need books.{name}")


def curve(ours: float, btc: float, eth: float, days: int = 114) -> list[EquityPoint]:
    """Daily points that end at these growths, the last one now."""
    return [
        EquityPoint(
            START + (NOW - START) * (i / days),
            Decimal(str(round(10_000 * (1 + (ours - 1) * i / days), 6))),
            Decimal(0),
            benchmarks={
                "BTC": Decimal(str(round(100_000 * (1 + (btc - 1) * i / days), 6))),
                "ETH": Decimal(str(round(3_000 * (1 + (eth - 1) * i / days), 6))),
            },
        )
        for i in range(days + 1)
    ]


class CountingCharts:
    """Draws nothing, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.drawn: list[Performance] = []

    async def equity(self, performance: Performance) -> bytes:
        self.drawn.append(performance)
        return b"png"


@pytest.fixture
def reader() -> FactsReader:
    """Ahead of BTC by 1.9 points, behind ETH by 3.4; two holdings; five trades."""
    yesterday = NOW - timedelta(days=1)
    return FactsReader(
        points=curve(1.0482, 1.0291, 1.0820),
        held=(holding("BTC", "0.416", "0.061"), holding("ETH", "0.283", "-0.012")),
        done=[
            trade("BTC", Side.BUY, NOW - timedelta(days=40), reason="BTC leads the momentum ranking"),
            trade("ETH", Side.BUY, NOW - timedelta(days=30)),
            trade("ETH", Side.SELL, NOW - timedelta(days=20), realized="42.00"),
            trade("BTC", Side.SELL, yesterday - timedelta(hours=1), realized="-10.50", source=Source.STOP),
            trade("ETH", Side.SELL, yesterday, realized="-3.50", reason="ETH lost its 4-hour trend"),
        ],
        cycle_made=CYCLE,
        closes={"BTC/USD": [100.0] * 24 + [102.0], "ETH/USD": [10.0] * 24 + [9.9], "SOL/USD": [5.0] * 3},
    )


@pytest.fixture
def charts() -> CountingCharts:
    return CountingCharts()


@pytest.fixture
def empty() -> FactsReader:
    """The day before the first trade."""
    return replace(FactsReader(), points=curve(1, 1, 1)[:1])

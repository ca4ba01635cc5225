"""A small bot and a desk with fixed figures behind the page, so that the page can be tested by itself."""

from __future__ import annotations

import asyncio
import math
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import cast
from zoneinfo import ZoneInfo

from chatbot.message import Button, Incoming, Picture, Press, PressReply, Reply, Style, Table, Tone
from chatbot.transports.web import WebTransport
from trading.clock import SimulatedClock
from trading.contract import (
    ApprovalView,
    BenchmarkGap,
    Holding,
    Line,
    Performance,
    Reader,
    Status,
    Trades,
    TradeView,
    Window,
    World,
)
from trading.domain.market import Instrument
from trading.domain.money import Money
from trading.domain.order import Batch, Fill, Order, OrderIntent, OrderStatus, OrderType, Side, Source
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus, TradingState

TOKEN = "the-token-of-this-test"
NOW = datetime(2026, 11, 21, 21, 2, tzinfo=UTC)
SINCE = NOW - timedelta(days=114)
WORLD = World("PAPER", "simulated market", True, "USD", ZoneInfo("America/Denver"))
BANNER = "PAPER · SIMULATED MARKET"
COMMANDS = [
    ("status", "Equity, holdings, state"),
    ("rebalance", "Decide now and preview the orders"),
    ("trades", "The newest trades"),
    ("pending", "Cards that wait for you"),
    ("pause", "Exits only"),
    ("help", "All commands"),
]
D = Decimal

BTC = Instrument("BTC/USD", "BTC", "USD", D("0.1"), D("0.00000001"), D("0.0001"), D("0.5"))
ETH = Instrument("ETH/USD", "ETH", "USD", D("0.01"), D("0.00000001"), D("0.002"), D("0.5"))
SOL = Instrument("SOL/USD", "SOL", "USD", D("0.01"), D("0.00000001"), D("0.02"), D("0.5"))


def png(width: int = 540, height: int = 320) -> bytes:
    """A valid PNG: a slope in the portfolio's blue on near-white."""
    rows = b"".join(
        b"\0" + b"".join(b"\x00\x72\xb2" if y > height - x * height // width else b"\xf7\xf6\xf3" for x in range(width))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


STATUS_CARD = """PAPER · Kraken            14:02 MDT
Equity      $10,482.15    +4.82 %
Today          \u2212$31.20    \u22120.30 %
vs BTC      +1.9 pts since 30 Jul
vs ETH      \u22123.4 pts since 30 Jul

BTC   0.0412   $4,361  41.6 %
      +6.1 %   stop 98,200
ETH   0.8830   $2,970  28.3 %
      \u22121.2 %   stop 3,180
Cash           $3,151  30.1 %"""

CARD = """SELL ETH 0.2210   about $742.10
BUY  BTC 0.0069   about $731.40
Fees about $5.89 · turnover 7.0 %

        now     after
BTC   41.6 %   48.6 %
ETH   28.3 %   21.2 %
Cash  30.1 %   30.2 %"""

ALERTS = ("Kraken holds 0.012 BTC more than the books (0.512 against 0.5): /pending",)

WAITING = Reply(
    "⏳ Rebalance · PAPER · SIMULATED\nDecided by the allocator\n\nWhy: ETH lost its 4-hour trend.",
    card=CARD,
    buttons=(
        Button("Approve", "ok:7f3a", Style.PRIMARY),
        Button("Reject", "no:7f3a", Style.DANGER),
        Button("Details", "info:7f3a"),
    ),
    tone=Tone.WAITING,
)
APPROVED = Reply(
    "✅ Rebalance · PAPER · SIMULATED\nApproved by @owner on web, 07:03:10",
    card="🔴 ETH 0.2210 at 3,357.80   $742.07\n🟢 BTC 0.0069 at 106,020.1  $731.54\nFees $5.90 · 2 of 2 filled",
    tone=Tone.GOOD,
)
ANSWER = Reply(
    "💬 Ahead of BTC by 1.9 points.\nSince 30 Jul: you +4.82 %, BTC +2.91 %, ETH +8.20 %. Deepest fall: "
    "you \u22126.1 %, BTC \u221211.4 %.\nUTC closes, fees in · PAPER · SIMULATED · 114 days",
    pictures=(Picture(png(), "Ahead of BTC by 1.9 points since 30 Jul"),),
)
TRADES = Table(
    "Newest trades",
    ("When", "Trade", "Price", "Value"),
    (
        ("21 Nov 07:03", "SELL ETH 0.2210", "3,357.80", "$742.07"),
        ("21 Nov 07:03", "BUY BTC 0.0069", "106,020.1", "$731.54"),
    ),
    "<<>>",
)


class PageBot:
    """Answers a few messages with fixed words and remembers what it was asked."""

    def __init__(self) -> None:
        self.heard: list[Incoming] = []
        self.pressed: list[Press] = []
        self.slow = asyncio.Event()

    async def on_message(self, incoming: Incoming) -> Reply | None:
        self.heard.append(incoming)
        match incoming.text:
            case "/status":
                return Reply("PAPER · SIMULATED · ACTIVE · prices 2 s old", card=STATUS_CARD)
            case "/rebalance":
                return WAITING
            case "/trades":
                return Reply("2 trades today", tables=(TRADES,))
            case "/slow":
                await self.slow.wait()
                return Reply("Done after all.")
            case "/broken":
                raise RuntimeError("a defect")
            case text if "vs BTC" in text:
                return ANSWER
        return Reply(f"❌ I do not know {incoming.text}. Try /help.", tone=Tone.BAD, ok=False)

    async def on_press(self, press: Press) -> PressReply:
        self.pressed.append(press)
        match press.button_id:
            case "ok:7f3a":
                return PressReply("Approved.", edit=APPROVED)
            case "info:7f3a":
                return PressReply("", send=Reply("Two orders, sells first."))
        return PressReply("This card is gone.")


class PageDesk:
    """The read models the page asks for, with the figures of one afternoon."""

    world = WORLD

    def now(self) -> datetime:
        return NOW

    def window(self, words: str) -> Window | None:
        known = {"last 24 hours": 1, "last 7 days": 7, "last 30 days": 30}
        return Window(NOW - timedelta(days=known[words]), NOW, words) if words in known else None

    async def status(self) -> Status:
        return Status(
            world=WORLD,
            at=NOW,
            since=SINCE,
            equity=D("10482.15"),
            cash=D("3151.02"),
            cash_weight=D("0.301"),
            change=D("0.0482"),
            today_amount=D("-31.20"),
            today_change=D("-0.0030"),
            gaps=(BenchmarkGap("BTC", D("0.0482"), D("0.0291")), BenchmarkGap("ETH", D("0.0482"), D("0.0820"))),
            holdings=(
                _holding(BTC, "0.0412", "99763.1", "105850.0", "0.416", "98200.0", "112300.0"),
                _holding(ETH, "0.8830", "3404.10", "3363.53", "0.283", "3180.00", None),
            ),
            state=TradingState.ACTIVE,
            state_reason="",
            price_age=timedelta(seconds=2),
            next_rebalance=NOW + timedelta(hours=16, minutes=58),
            pending=1,
            decider="allocator",
            alerts=ALERTS,
        )

    async def trades(self, limit: int = 10) -> Trades:
        views = [_trade(i) for i in range(14)]
        return Trades(None, None, tuple(views[:limit]), 31)

    async def performance(self, window: Window | None = None) -> Performance | None:
        return performance(window or Window(SINCE, NOW, "since 30 Jul"))

    async def pending(self) -> tuple[ApprovalView, ...]:
        sell, buy = _order(3, OrderStatus.INTENDED), _order(2, OrderStatus.INTENDED)
        approval = Approval(
            "7f3a" * 8,
            ApprovalKind.CARD,
            "7f3a90c2",
            D("1473.50"),
            {},
            ApprovalStatus.PENDING,
            NOW,
            NOW + timedelta(minutes=10),
        )
        estimated = {sell.client_order_id: D("742.10"), buy.client_order_id: D("731.40")}
        left = timedelta(minutes=9, seconds=40)
        return (ApprovalView(approval, BATCH, (sell, buy), (), None, estimated, left),)


BATCH = Batch("7f3a90c2", Source.REBALANCE, "allocator", "ETH lost its 4-hour trend.", NOW)


def performance(window: Window, points: int = 900) -> Performance:
    """Smooth curves: ours ends at +4.82 %, BTC at +2.91 %, ETH at +8.20 %."""
    span = (window.end - window.start) / (points - 1)
    times = tuple(window.start + span * i for i in range(points))
    lines = (
        _line("Portfolio", 0.0482, 0.02, 1.0, points),
        _line("BTC", 0.0291, 0.05, 1.7, points),
        _line("ETH", 0.0820, 0.08, 2.3, points),
        _line("50/50", 0.0555, 0.06, 2.0, points),
        _line("Cash", 0.0, 0.0, 1.0, points),
    )
    highest, drawdown = 0.0, []
    for value in lines[0].values:
        highest = max(highest, value)
        drawdown.append(value / highest - 1)
    days = (window.end - window.start).days
    return Performance(WORLD, window, times, lines, tuple(drawdown), days, days, D("48.12"), 31, D("0.61"))


def _line(name: str, end: float, swing: float, turns: float, points: int) -> Line:
    def value(i: int) -> float:
        t = i / (points - 1)
        noise = 0.12 * swing * math.sin(t * 191 + turns) + 0.08 * swing * math.sin(t * 467 * turns)
        return 1 + end * t + swing * math.sin(t * turns * 2 * math.pi) * (1 - t) + noise * math.sqrt(t) * (1 - t)

    values = tuple(value(i) for i in range(points))
    return Line(name, values, D(str(end)), D(str(_deepest(values))), 1.24 if swing else None, 0.31 if swing else None)


def _deepest(values: tuple[float, ...]) -> float:
    return min(value / high - 1 for value, high in zip(values, accumulate(values, max), strict=True))


def _holding(
    market: Instrument, quantity: str, cost: str, price: str, weight: str, stop: str, target: str | None
) -> Holding:
    held, paid, now = D(quantity), D(cost), D(price)
    return Holding(
        instrument=market,
        quantity=held,
        average_cost=paid,
        price=now,
        price_age=timedelta(seconds=2),
        value=held * now,
        weight=D(weight),
        gain=now / paid - 1,
        unrealized=held * (now - paid),
        realized=D(0),
        stop=D(stop),
        target=D(target) if target else None,
    )


def _order(i: int, status: OrderStatus) -> Order:
    market, quantity = [(BTC, "0.0069"), (ETH, "0.2210"), (SOL, "3.1")][(i // 2) % 3]
    side = Side.SELL if i % 2 else Side.BUY
    why = "ETH lost its 4-hour trend." if i % 2 else "BTC leads at 30-day momentum, lowest volatility."
    intent = OrderIntent(f"i{i}", "7f3a90c2", market, side, D(quantity), OrderType.MARKET, Source.REBALANCE, why)
    return Order(f"c{i}", intent, status, NOW, NOW)


def _trade(i: int) -> TradeView:
    order = _order(i, OrderStatus.FILLED)
    price = {"BTC": D("106020.1"), "ETH": D("3357.80"), "SOL": D("182.44")}[order.intent.instrument.base]
    at = NOW - timedelta(hours=7 + 11 * i)
    realized = D("12.40") if i % 4 == 3 else D("-8.15") if i % 2 else D(0)
    fill = Fill(
        f"t{i}",
        order.client_order_id,
        order.symbol,
        order.side,
        price,
        order.intent.quantity,
        Money(D("2.93"), "USD"),
        at,
        realized,
    )
    return TradeView(fill, order, BATCH)


class DrawnPicture:
    """Stands in for the charts where their drawing is not the point."""

    async def equity(self, performance: Performance) -> bytes:
        return png()


@asynccontextmanager
async def served(transport: WebTransport, bot: PageBot) -> AsyncIterator[str]:
    """The page, answering at the address given, until the block ends."""
    running = asyncio.create_task(transport.run(bot.on_message, bot.on_press))
    try:
        yield await asyncio.wait_for(transport.ready(), 10)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def transport(host: str = "127.0.0.1", port: int = 0, banner: str = BANNER) -> WebTransport:
    desk = cast(Reader, PageDesk())
    return WebTransport(host, port, TOKEN, desk, SimulatedClock(NOW), banner, DrawnPicture(), COMMANDS)

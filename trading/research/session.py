"""A replay from start to result: candles in, trades and figures out."""

from __future__ import annotations

import math
import time as process_time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from trading.assembly import assemble
from trading.clock import SimulatedClock
from trading.contract import Performance, Window, World
from trading.core import Adapters, Rules
from trading.decision.planners import AllocatorPlanner
from trading.domain.market import Instrument
from trading.domain.money import ZERO
from trading.domain.order import Fill
from trading.errors import SettingsError
from trading.exchange.candle_market import CandleMarket
from trading.exchange.columns import from_ms
from trading.exchange.paper import PaperVenue
from trading.exchange.ports import FeeRates, PriceSource
from trading.exchange.recorded import RecordedCandles
from trading.market.fees import FeeTable
from trading.orders.approval_rules import ApprovalRules
from trading.orders.protections import ExitRules
from trading.portfolio.performance import measure
from trading.research.grid import Grid
from trading.research.replay import PRICES_NEVER_AGE, Progress, Replay, ReplayCounts
from trading.risk.limits import Limits
from trading.store.memory import MemoryStore
from trading.strategy import build_strategy


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What to replay. Rates are fractions; None for a stop or target turns it off."""

    candles: Path
    symbols: tuple[str, ...]
    timeframe: str | None
    start: datetime | None
    end: datetime | None
    strategy: str
    parameters: Mapping[str, str]
    cash: Decimal
    fee: Decimal
    stop: Decimal | None
    target: Decimal | None


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What came of it. `engine_seconds` is CPU time inside the engine, candle reading left out."""

    request: ReplayRequest
    timeframe: str
    start: datetime
    end: datetime
    counts: ReplayCounts
    fills: tuple[Fill, ...]
    reasons: Mapping[str, str]
    performance: Performance | None
    equity: Decimal
    residual: Decimal
    engine_seconds: float

    @property
    def candles_per_second(self) -> float:
        return self.counts.bars * len(self.request.symbols) / self.engine_seconds if self.engine_seconds else 0.0


async def replay(request: ReplayRequest, progress: Progress) -> ReplayResult:
    """Run `request`. Raises SettingsError with one sentence for input that cannot be run."""
    strategy = build_strategy(request.strategy, request.parameters)
    history = RecordedCandles(request.candles, request.symbols, request.timeframe)
    grid = Grid.of(history, request.symbols, request.start, request.end)
    if len(grid) < 2:
        raise SettingsError("There are no candles of these symbols between --from and --to; widen the span.")
    start = from_ms(int(grid.opened_at[0]))
    clock, store = SimulatedClock(start), MemoryStore()
    market = CandleMarket(history, clock, spread=ZERO, name="recorded candles")

    rates = FeeRates(maker=request.fee, taker=request.fee)

    def open_venue(prices: PriceSource, instruments: Mapping[str, Instrument], held: object) -> PaperVenue:
        return PaperVenue(prices, clock, instruments, fee=rates, slippage=ZERO, free=held)  # type: ignore[arg-type]

    rules = _rules(request)
    adapters = Adapters(store, market, open_venue, clock, clock, FeeTable(rates, clock))
    core = await assemble(rules, adapters, AllocatorPlanner())
    for symbol, columns in grid.columns.items():
        if not math.isnan(float(columns.open[0])):
            market.publish(symbol, Decimal(str(float(columns.open[0]))), start)
    await core.start()
    began = process_time.process_time()
    counts = await Replay(core, clock, grid, history.timeframe, strategy).run(progress)
    spent = process_time.process_time() - began
    end = clock.now()
    async with store.reading() as read:
        fills = tuple(await read.fills())
        orders = await read.orders_by_id([fill.client_order_id for fill in fills])
    fees = sum((fill.fee.amount for fill in fills), ZERO)
    window = Window(start, end, f"{start:%-d %b %Y} to {end:%-d %b %Y}")
    return ReplayResult(
        request=request,
        timeframe=history.timeframe,
        start=start,
        end=end,
        counts=counts,
        fills=fills,
        reasons={order.client_order_id: order.intent.reason for order in orders},
        performance=measure(core.curve.points, rules.world, window, fees, len(fills)),
        equity=core.account.equity() or ZERO,
        residual=await core.residual(),
        engine_seconds=spent,
    )


def _rules(request: ReplayRequest) -> Rules:
    quote = request.symbols[0].split("/")[1]
    return Rules(
        world=World("PAPER", "recorded candles", True, quote, ZoneInfo("UTC")),
        symbols=request.symbols,
        starting_cash=request.cash,
        limits=Limits(
            max_order_size=None,
            max_position=Decimal(1),
            max_price_age=PRICES_NEVER_AGE,
            approval_threshold=None,
            slippage=ZERO,
        ),
        exits=ExitRules(request.stop, request.target),
        approvals=ApprovalRules(timedelta(minutes=10), timedelta(minutes=2), Decimal(1)),
        daily_loss=None,
        rebalance_at=time(),
        report_at=time(),
    )

"""Replays of hand-made candles, and the same trades worked out again by a plain loop over lists of whole cents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tests.world import HandMade, limits, rules
from trading.assembly import assemble
from trading.clock import SimulatedClock
from trading.core import Adapters, Core
from trading.decision.planners import AllocatorPlanner
from trading.domain.market import TIMEFRAMES
from trading.domain.order import Fill, Side
from trading.exchange.candle_market import CandleMarket
from trading.exchange.columns import from_ms
from trading.exchange.paper import PaperVenue
from trading.exchange.ports import FeeRates
from trading.market.fees import FeeTable
from trading.orders.protections import ExitRules
from trading.research.grid import Grid
from trading.research.replay import PRICES_NEVER_AGE, Replay, ReplayCounts
from trading.store.memory import MemoryStore
from trading.strategy.port import Strategy

CentRow = tuple[int, int, int, int]
"""Open, high, low, close in whole cents."""


@dataclass(frozen=True, slots=True)
class Replayed:
    core: Core
    fills: tuple[Fill, ...]
    counts: ReplayCounts

    async def residual(self) -> Decimal:
        return await self.core.residual()


async def run_engine(
    history: HandMade,
    strategy: Strategy,
    *,
    fee: str = "0.0026",
    stop: str | None = None,
    target: str | None = None,
    cash: str = "1000000",
) -> Replayed:
    """Replay `strategy` over all of `history`: no spread, no slippage, as `trading.research.session` does."""
    symbols = tuple(history.instruments())
    grid = Grid.of(history, symbols, None, None)
    clock = SimulatedClock(from_ms(int(grid.opened_at[0])))
    market = CandleMarket(history, clock, spread=Decimal(0), name="recorded candles")
    rate = FeeRates(Decimal(fee), Decimal(fee))
    told = rules(
        symbols,
        limits(max_price_age=PRICES_NEVER_AGE),
        starting_cash=Decimal(cash),
        exits=ExitRules(*(None if level is None else Decimal(level) for level in (stop, target))),
    )
    store = MemoryStore()
    adapters = Adapters(
        store,
        market,
        lambda prices, pairs, free: PaperVenue(prices, clock, pairs, fee=rate, slippage=Decimal(0), free=free),
        clock,
        clock,
        FeeTable(rate, clock),
    )
    core = await assemble(told, adapters, AllocatorPlanner())
    await core.start()
    counts = await Replay(core, clock, grid, history.timeframe, strategy).run(lambda done, bars: None)
    async with store.reading() as read:
        return Replayed(core, tuple(await read.fills()), counts)


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A position from its entry to its exit: the candle's first instant and the price in cents; no exit while open."""

    entered: datetime
    entry: int
    left: datetime | None = None
    exit: int | None = None


def round_trips(fills: Sequence[Fill], bar: timedelta, start: datetime) -> list[RoundTrip]:
    """The engine's fills of one symbol as round trips."""
    trips: list[RoundTrip] = []
    for fill in fills:
        candle = start + (fill.at - start) // bar * bar
        cents = fill.price * 100
        assert cents == int(cents)
        if fill.side is Side.BUY:
            trips.append(RoundTrip(candle, int(cents)))
        else:
            trips[-1] = RoundTrip(trips[-1].entered, trips[-1].entry, candle, int(cents))
    return trips


def recompute(
    rows: Sequence[CentRow], start: datetime, bar: timedelta, fast: int, slow: int, stop: int, target: int
) -> list[RoundTrip]:
    """The rules as anybody would write them down: averages of whole cents, one candle after the other.

    A crossing on a closed candle trades at the next open; `stop` and `target` are in percent of the entry, rounded to
    the cent; a gap exits at the open, the stop comes before the target, both before the signal of the candle's close.
    """
    closes = [row[3] for row in rows]
    trips: list[RoundTrip] = []
    entry: tuple[int, int] | None = None
    for i in range(1, len(rows)):
        open_, high, low, _ = rows[i]
        if entry is not None:
            below, above = _part(entry[1], 100 - stop), _part(entry[1], 100 + target)
            if open_ <= below or open_ >= above:
                _leave(trips, i, open_, start, bar)
                entry = None
        crossed = _crossed(closes, i - 1, fast, slow)
        if crossed > 0 and entry is None:
            entry = (i, open_)
            trips.append(RoundTrip(start + i * bar, open_))
        elif crossed < 0 and entry is not None:
            _leave(trips, i, open_, start, bar)
            entry = None
        if entry is not None:
            below, above = _part(entry[1], 100 - stop), _part(entry[1], 100 + target)
            if low <= below < open_:
                _leave(trips, i, below, start, bar)
                entry = None
            elif high >= above > open_:
                _leave(trips, i, above, start, bar)
                entry = None
    return trips


def _leave(trips: list[RoundTrip], i: int, price: int, start: datetime, bar: timedelta) -> None:
    """Close the last round trip."""
    trips[-1] = RoundTrip(trips[-1].entered, trips[-1].entry, start + i * bar, price)


def _part(cents: int, percent: int) -> int:
    """`percent` of `cents` to the nearest cent, a tie to the even one."""
    whole, rest = divmod(cents * percent, 100)
    return whole + (rest > 50 or (rest == 50 and whole % 2 == 1))


def _crossed(closes: Sequence[int], i: int, fast: int, slow: int) -> int:
    """1 where the fast average is above the slow one and was not one candle before, -1 for below, else 0."""
    if i < slow:
        return 0
    now, before = _side(closes, i, fast, slow), _side(closes, i - 1, fast, slow)
    return now if now != before else 0


def _side(closes: Sequence[int], i: int, fast: int, slow: int) -> int:
    quick = sum(closes[i - fast + 1 : i + 1]) * slow
    lazy = sum(closes[i - slow + 1 : i + 1]) * fast
    return (quick > lazy) - (quick < lazy)


BAR = TIMEFRAMES["5m"]

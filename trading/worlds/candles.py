"""Worlds of candles, simulated or recorded: paper money on a clock of their own."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from trading.assembly import assemble
from trading.brain.knowledge import caveat
from trading.clock import SimulatedClock, SystemClock
from trading.contract import World
from trading.core import Adapters
from trading.domain.market import TIMEFRAMES
from trading.errors import SettingsError
from trading.exchange.candle_market import CandleMarket
from trading.exchange.columns import CandleHistory
from trading.exchange.recorded import RecordedCandles
from trading.exchange.simulated import SimulatedCandles
from trading.market.fees import FeeTable
from trading.running import Running
from trading.settings import CoreSettings, Course, day_start
from trading.simulation import CHECKPOINT, Pace, Simulation
from trading.store.port import Store
from trading.store.sql_engine import sqlite_file
from trading.worlds.ids import ids_of_next_run
from trading.worlds.model import Brain, open_brain
from trading.worlds.parts import PAPER_FEES, closing, paper_venue, rules_of, services_of

SIMULATED_SPREAD = Decimal("0.0005")
SIMULATED_START = "2026-01-05T06:30"
"""Local time at which a simulated portfolio begins, the same for everyone: half an hour before the usual rebalance."""

WORLD_START = "world_start"


async def candle_world(settings: CoreSettings, store: Store, course: Course) -> Running:
    """Raises SettingsError for candles that are not there."""
    people = SystemClock()
    history, start = await _history(settings, store, course)
    now = await resume_at(store, history, start)
    clock = SimulatedClock(now)
    simulated = settings.market == "simulated"
    name = "simulated market" if simulated else "recorded candles"
    market = CandleMarket(history, clock, spread=SIMULATED_SPREAD, name=name)
    brain = await open_brain(settings, store, clock, people)
    known = "" if simulated else _foreknowledge(settings, brain, start)
    rules = rules_of(settings, World("PAPER", name, True, settings.quote, settings.timezone, known))
    fees, database = FeeTable(PAPER_FEES, clock), sqlite_file(settings.store_url)
    adapters = Adapters(
        store,
        market,
        paper_venue(clock, PAPER_FEES),
        clock,
        people,
        fees,
        await ids_of_next_run(store),
        database=database,
        oversight=brain.oversight,
    )
    core = await assemble(rules, adapters, brain.planner)
    end = min((e for e in (history.end, course.end) if e is not None), default=None)
    run = Simulation(core, history, market, clock, Pace(course.day_seconds, people), end)
    close = closing(core, brain.close, market.close, store.close)
    notes = (*brain.notes, *filter(None, [known]))
    return Running(core, run.run, services_of(settings, core), brain.questions, close, notes)


def _foreknowledge(settings: CoreSettings, brain: Brain, start: datetime) -> str:
    """What is to be said of models that may have read about the days from `start` on; empty where none decides."""
    if brain.oversight is None:
        return ""
    told = settings.model_knowledge_cutoff
    each = [told or brain.oversight.prices.cutoff(model) for model in brain.oversight.models]
    dates = [reaches_to for reaches_to in each if reaches_to is not None]
    return caveat(settings.openai_model, max(dates) if len(dates) == len(each) else None, start.date())


async def _history(settings: CoreSettings, store: Store, course: Course) -> tuple[CandleHistory, datetime]:
    """The candles, and the instant at which this portfolio's life in them began."""
    async with store.reading() as read:
        kept = await read.meta(WORLD_START)
    if settings.market == "simulated":
        start = datetime.fromisoformat(kept) if kept else course.start or day_start(SIMULATED_START, settings.timezone)
        origin = start.replace(hour=0, minute=0, second=0, microsecond=0)
        timeframe = settings.timeframe or "5m"
        simulated = SimulatedCandles(settings.simulation_seed, origin, settings.symbols, settings.quote, timeframe)
        return simulated, await _remember_start(store, start)
    recorded = _recorded(settings)
    start = datetime.fromisoformat(kept) if kept else course.start or recorded.start
    assert recorded.end is not None
    if not recorded.start <= start < recorded.end:
        span = f"{recorded.start:%Y-%m-%d} to {recorded.end:%Y-%m-%d}"
        raise SettingsError(f"--from is {start:%Y-%m-%d}, but the candles of every pair cover {span}.")
    return recorded, await _remember_start(store, start)


def _recorded(settings: CoreSettings) -> RecordedCandles:
    """The configured candles, with those of BTC and ETH to compare with where the folder has them."""
    if settings.candles_dir is None:
        raise SettingsError("MARKET is recorded, but CANDLES_DIR is not set; name the folder with the candles.")
    chosen = RecordedCandles(settings.candles_dir, settings.symbols, settings.timeframe)
    with_benchmarks = dict.fromkeys([*settings.symbols, *(f"{asset}/{settings.quote}" for asset in ("BTC", "ETH"))])
    if len(with_benchmarks) == len(settings.symbols):
        return chosen
    try:
        return RecordedCandles(settings.candles_dir, tuple(with_benchmarks), chosen.timeframe)
    except SettingsError:
        return chosen


async def _remember_start(store: Store, start: datetime) -> datetime:
    async with store.transaction() as tx:
        await tx.put_meta(WORLD_START, start.isoformat())
    return start


async def resume_at(store: Store, history: CandleHistory, start: datetime) -> datetime:
    """Where the clock goes on: never before anything that has already happened."""
    async with store.reading() as read:
        checkpoint = await read.meta(CHECKPOINT)
        points = await read.equity_points()
        fills = await read.fills(limit=1)
    known = [start, *(point.at for point in points[-1:]), *(fill.at for fill in fills)]
    if checkpoint:
        known.append(datetime.fromisoformat(checkpoint))
    step = TIMEFRAMES[history.timeframe]
    since_midnight = max(known) - max(known).replace(hour=0, minute=0, second=0, microsecond=0)
    steps = -(-since_midnight // step)
    return max(known) - since_midnight + steps * step

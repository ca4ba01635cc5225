"""Which adapters make which world: settings in, one assembled core and whatever drives it out.

Only this file and `trading/research` choose adapters; nothing above or below asks which world it is in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from trading.brain.planner import ModelPlanner
from trading.clock import Clock, SimulatedClock, SystemClock
from trading.contract import LanguageModel, World
from trading.core import Adapters, Core, OpenVenue, Rules, assemble, random_id
from trading.decision.planners import AllocatorPlanner, LanguageModelPlanner, Planner
from trading.domain.market import TIMEFRAMES, Instrument
from trading.errors import Fatal, Retryable, SettingsError
from trading.exchange.candle_market import CandleMarket
from trading.exchange.columns import CandleHistory
from trading.exchange.paper import PaperVenue
from trading.exchange.ports import FeeRates, PriceSource
from trading.exchange.recorded import RecordedCandles
from trading.exchange.simulated import SimulatedCandles
from trading.live import LiveRun
from trading.market.fees import FeeTable
from trading.orders.approvals import ApprovalRules
from trading.orders.protections import ExitRules
from trading.risk.limits import Limits
from trading.running import Running, Service
from trading.settings import CoreSettings, Course, day_start
from trading.simulation import CHECKPOINT, Pace, Simulation
from trading.store.backup import Backups
from trading.store.mirrors import Mirrors
from trading.store.port import Store
from trading.store.sql import SqlStore
from trading.store.sql_engine import sqlite_file
from trading.watchdog import Watchdog

if TYPE_CHECKING:
    from trading.exchange.ccxt_market import CcxtMarketData
    from trading.live_account import LiveAccount

PROMPTS = Path(__file__).resolve().parent.parent / "data" / "prompts"
PAPER_FEES = FeeRates(maker=Decimal("0.0025"), taker=Decimal("0.0040"))
"""Kraken's lowest tier, used on paper unless the venue tells its own."""

PAPER_SLIPPAGE = Decimal("0.0005")
VENUE_TIME_EVERY = timedelta(minutes=1)
LIVE_PATIENCE = timedelta(seconds=30)
"""How long a batch waits for the fills of its sells before it buys from what is there."""

PREVIEW_TIME_TO_LIVE = timedelta(minutes=2)
MIRROR_EVERY = timedelta(seconds=2)
SIMULATED_SPREAD = Decimal("0.0005")
WORLD_STAMP = "world"
WORLD_START = "world_start"


log = structlog.get_logger(__name__)

SIMULATED_START = "2026-01-05T06:30"
"""Local time at which a simulated portfolio begins, the same for everyone: half an hour before the usual rebalance."""


async def open_world(settings: CoreSettings, course: Course) -> Running:
    """Open the store and assemble the configured world. Raises SettingsError, Fatal, Retryable, NeedsOperator."""
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    _require_own_folder(settings)
    store = SqlStore(settings.store_url)
    await store.open()
    try:
        await _stamp(store, settings)
        _folder_stamp(settings).write_text(_world_of(settings))
        if settings.mode == "live":
            return await _live(settings, store)
        if settings.market == "exchange":
            return await _exchange(settings, store)
        return await _candles(settings, store, course)
    except BaseException:
        await store.close()
        raise


async def _exchange(settings: CoreSettings, store: Store) -> Running:
    # ccxt takes most of a second to import: only who needs it pays for it.
    from trading.exchange.ccxt_market import CcxtMarketData

    clock = SystemClock()
    market = CcxtMarketData(settings.exchange, base_url=settings.exchange_base_url, clock=clock)
    try:
        brain = _Brain.of(settings)
        fees = await _published_fees(market, settings.symbols)
        rules = _rules(settings, World("PAPER", market.name, False, settings.quote, settings.timezone))
        adapters = Adapters(store, market, _paper(clock, fees), clock, clock, FeeTable(fees, clock))
        core = await assemble(rules, adapters, brain.planner)
    except BaseException:
        await market.close()
        raise
    live = LiveRun(core, timedelta(seconds=settings.monitor_interval_seconds))
    closing = _closing(core, brain.close, market.close, store.close)
    return Running(core, live.run, _services(settings, core), brain.questions, closing)


async def _live(settings: CoreSettings, store: Store) -> Running:
    from trading.exchange.ccxt_market import CcxtMarketData
    from trading.live_account import open_account

    clock = SystemClock()
    account = await open_account(settings, settings.symbols, store, clock)
    market = CcxtMarketData(settings.exchange, base_url=settings.exchange_base_url, clock=clock)
    try:
        brain = _Brain.of(settings)
        fees = FeeTable(await _published_fees(market, settings.symbols), clock)
        await fees.refresh_or_keep(account.account, settings.symbols)
        world = World("LIVE", market.name, False, settings.quote, settings.timezone)
        rules = replace(_rules(settings, world), patience=LIVE_PATIENCE)
        adapters = Adapters(store, market, lambda *_: account.venue, clock, clock, fees, random_id, account.custody)
        core = await assemble(rules, adapters, brain.planner)
    except BaseException:
        await market.close()
        await account.line.close()
        raise
    live = LiveRun(core, timedelta(seconds=settings.monitor_interval_seconds))
    services = {
        **_services(settings, core),
        "venue status": account.status.run,
        "fees": lambda: fees.keep_current(account.account, settings.symbols),
        "venue time": lambda: _keep_time(core, account, clock),
    }
    closing = _closing(core, brain.close, market.close, account.line.close, store.close)
    return Running(core, live.run, services, brain.questions, closing)


async def _keep_time(core: Core, account: LiveAccount, clock: Clock) -> None:
    """Tell the prices the venue's time, so that their age does not depend on this machine's clock."""
    while True:
        try:
            core.quotes.synchronize(await account.line.server_time.now())
        except Retryable as error:
            log.info("the venue's time is not known", why=str(error))
        await clock.sleep(VENUE_TIME_EVERY.total_seconds())


async def _candles(settings: CoreSettings, store: Store, course: Course) -> Running:
    people = SystemClock()
    history, start = await _history(settings, store, course)
    now = await _resume_at(store, history, start)
    clock = SimulatedClock(now)
    simulated = settings.market == "simulated"
    name = "simulated market" if simulated else "recorded candles"
    market = CandleMarket(history, clock, spread=SIMULATED_SPREAD, name=name)
    brain = _Brain.of(settings)
    rules = _rules(settings, World("PAPER", name, True, settings.quote, settings.timezone))
    adapters = Adapters(store, market, _paper(clock, PAPER_FEES), clock, people, FeeTable(PAPER_FEES, clock))
    core = await assemble(rules, adapters, brain.planner)
    end = min((e for e in (history.end, course.end) if e is not None), default=None)
    run = Simulation(core, history, market, clock, Pace(course.day_seconds, people), end)
    closing = _closing(core, brain.close, market.close, store.close)
    return Running(core, run.run, _services(settings, core), brain.questions, closing)


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


async def _resume_at(store: Store, history: CandleHistory, start: datetime) -> datetime:
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


async def _stamp(store: Store, settings: CoreSettings) -> None:
    """A database belongs to one world for ever: paper and live, real and simulated never mix."""
    mine = _world_of(settings)
    async with store.transaction() as tx:
        kept = await tx.meta(WORLD_STAMP)
        if kept is None:
            await tx.put_meta(WORLD_STAMP, mine)
        elif kept != mine:
            where = "The database of DATABASE_URL" if settings.database_url else str(settings.state_dir)
            setting = "DATABASE_URL" if settings.database_url else "STATE_DIR"
            raise Fatal(f"{where} holds a portfolio of another world ({kept}, not {mine}); set another {setting}.")


def _require_own_folder(settings: CoreSettings) -> None:
    """Exports, chat history and kept settings are in the folder even where the database is elsewhere."""
    stamp, mine = _folder_stamp(settings), _world_of(settings)
    kept = stamp.read_text().strip() if stamp.exists() else mine
    if kept != mine:
        raise Fatal(
            f"{settings.state_dir} holds a portfolio of another world ({kept}, not {mine}); set another STATE_DIR."
        )


def _folder_stamp(settings: CoreSettings) -> Path:
    return settings.state_dir / WORLD_STAMP


def _world_of(settings: CoreSettings) -> str:
    return f"{settings.mode} {settings.market} {settings.quote}"


async def _published_fees(market: CcxtMarketData, symbols: Sequence[str]) -> FeeRates:
    """The venue's public rates, the dearest among `symbols`; ours where it does not publish them."""
    published = [rates for symbol in symbols if (rates := await market.published_fees(symbol)) is not None]
    return max(published, key=lambda rates: rates.taker, default=PAPER_FEES)


def _paper(clock: Clock, fees: FeeRates) -> OpenVenue:
    def open_venue(
        prices: PriceSource, instruments: Mapping[str, Instrument], held: Callable[[str], Decimal]
    ) -> PaperVenue:
        return PaperVenue(prices, clock, instruments, fee=fees, slippage=PAPER_SLIPPAGE, free=held)

    return open_venue


def _rules(settings: CoreSettings, world: World) -> Rules:
    asks = settings.mode in settings.approval_modes
    return Rules(
        world=world,
        symbols=settings.symbols,
        starting_cash=settings.starting_cash,
        limits=Limits(
            max_order_size=settings.max_order_size,
            max_position=settings.max_position_percent / 100,
            max_price_age=_price_age(settings),
            approval_threshold=settings.approval_threshold if asks else None,
            slippage=PAPER_SLIPPAGE,
            max_spread=_fraction(settings.max_spread_percent),
            max_slippage=_fraction(settings.max_slippage_percent),
            min_edge=settings.min_edge_percent / 100,
        ),
        exits=ExitRules(_fraction(settings.stop_loss_percent), _fraction(settings.take_profit_percent)),
        approvals=ApprovalRules(
            timedelta(seconds=settings.approval_ttl_seconds),
            min(PREVIEW_TIME_TO_LIVE, timedelta(seconds=settings.approval_ttl_seconds)),
            settings.approval_drift_percent / 100,
        ),
        daily_loss=_fraction(settings.daily_loss_limit_percent),
        rebalance_at=settings.rebalance_at,
        report_at=settings.report_at,
    )


def _price_age(settings: CoreSettings) -> timedelta:
    # A recorded price is as fresh as its candle: it cannot be younger than the finest frame allows.
    configured = timedelta(seconds=settings.max_price_age_seconds)
    return configured if settings.market == "exchange" else max(configured, timedelta(days=1))


def _fraction(percent: Decimal) -> Decimal | None:
    """A percentage as a fraction; None for 0, which turns the rule off."""
    return percent / 100 if percent else None


def _services(settings: CoreSettings, core: Core) -> dict[str, Service]:
    """What runs beside the main loop in every world."""
    adapters = core.adapters
    return {
        **_backing_up(settings, core),
        "store": adapters.store.until_broken,
        "watchdog": Watchdog(adapters.people).run,
        "approvals": core.approvals.run,
        "mirrors": _mirroring(settings, adapters.store, adapters.people),
        "settlement": core.settlement.run,
        "custody": core.custody.run,
    }


def _backing_up(settings: CoreSettings, core: Core) -> dict[str, Service]:
    """Backups of a SQLite file; a server's are the server's job."""
    database, adapters = sqlite_file(settings.store_url), core.adapters
    if database is None:
        return {}
    return {"backups": Backups(database, adapters.store, adapters.clock, adapters.people).run}


def _mirroring(settings: CoreSettings, store: Store, clock: Clock) -> Service:
    mirrors = Mirrors(settings.state_dir / "exports", store, settings.quote)

    async def catch_up() -> None:
        try:
            await mirrors.catch_up()
        except Retryable as error:
            # Copies for people: trading goes on without them, and they catch up once they can be written.
            log.warning("exports are behind", why=str(error))

    async def run() -> None:
        try:
            while True:
                await catch_up()
                await clock.sleep(MIRROR_EVERY.total_seconds())
        finally:
            await asyncio.shield(catch_up())

    return run


@dataclass(frozen=True, slots=True)
class _Brain:
    """Who decides and who understands questions, and what to close afterwards."""

    planner: Planner
    questions: LanguageModel | None
    close: Service

    @classmethod
    def of(cls, settings: CoreSettings) -> _Brain:
        if settings.openai_api_key is None:
            return cls(AllocatorPlanner(), None, _nothing)
        from trading.brain.client import OpenAIModel
        from trading.brain.questions import ModelQuestions

        key = settings.openai_api_key.get_secret_value()
        model = OpenAIModel(key, settings.openai_base_url, settings.openai_model)
        planner = LanguageModelPlanner(ModelPlanner(model, PROMPTS), model.name, settings.symbols)
        return cls(planner, ModelQuestions(model, PROMPTS), model.close)


async def _nothing() -> None:
    """Nothing to close."""


def _closing(core: Core, *closers: Service) -> Service:
    async def close() -> None:
        await core.desk.close()
        for closer in closers:
            await closer()

    return close

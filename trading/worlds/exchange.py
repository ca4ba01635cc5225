"""Worlds at an exchange: its prices with paper money, or an account of its own with real money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from trading.assembly import assemble
from trading.clock import Clock, SystemClock
from trading.contract import World
from trading.core import Adapters, Core, random_id
from trading.errors import Retryable
from trading.exchange.ports import FeeRates
from trading.live import LiveRun
from trading.market.fees import FeeTable
from trading.running import Running
from trading.settings import CoreSettings
from trading.store.port import Store
from trading.store.sql_engine import sqlite_file
from trading.worlds.model import open_brain
from trading.worlds.parts import PAPER_FEES, closing, paper_venue, rules_of, services_of

if TYPE_CHECKING:
    from trading.exchange.ccxt_market import CcxtMarketData
    from trading.worlds.live_account import LiveAccount

LIVE_PATIENCE = timedelta(seconds=30)
"""How long a batch waits for the fills of its sells before it buys from what is there."""

VENUE_TIME_EVERY = timedelta(minutes=1)

log = structlog.get_logger(__name__)


async def paper_world(settings: CoreSettings, store: Store) -> Running:
    """An exchange's prices, paper money; no key is used. Raises Retryable, SettingsError."""
    # ccxt takes most of a second to import: only who needs it pays for it.
    from trading.exchange.ccxt_market import CcxtMarketData

    clock = SystemClock()
    market = CcxtMarketData(settings.exchange, base_url=settings.exchange_base_url, clock=clock)
    try:
        brain = await open_brain(settings, store, clock, clock)
        fees = await _published_fees(market, settings.symbols)
        rules = rules_of(settings, World("PAPER", market.name, False, settings.quote, settings.timezone))
        table, database = FeeTable(fees, clock), sqlite_file(settings.store_url)
        adapters = Adapters(
            store, market, paper_venue(clock, fees), clock, clock, table, database=database, oversight=brain.oversight
        )
        core = await assemble(rules, adapters, brain.planner)
    except BaseException:
        await market.close()
        raise
    live = LiveRun(core, timedelta(seconds=settings.monitor_interval_seconds))
    close = closing(core, brain.close, market.close, store.close)
    return Running(core, live.run, services_of(settings, core), brain.questions, close, brain.notes)


async def live_world(settings: CoreSettings, store: Store) -> Running:
    """An account at an exchange. Raises Retryable, and SettingsError for a key that must not be trusted."""
    from trading.exchange.ccxt_market import CcxtMarketData
    from trading.worlds.live_account import open_account

    clock = SystemClock()
    account = await open_account(settings, settings.symbols, store, clock)
    market = CcxtMarketData(settings.exchange, base_url=settings.exchange_base_url, clock=clock)
    try:
        brain = await open_brain(settings, store, clock, clock)
        fees = FeeTable(await _published_fees(market, settings.symbols), clock)
        await fees.refresh_or_keep(account.account, settings.symbols)
        world = World("LIVE", market.name, False, settings.quote, settings.timezone)
        rules = replace(rules_of(settings, world), patience=LIVE_PATIENCE)
        venue, database = account.venue, sqlite_file(settings.store_url)
        adapters = Adapters(
            store,
            market,
            lambda *_: venue,
            clock,
            clock,
            fees,
            random_id,
            account.custody,
            database=database,
            oversight=brain.oversight,
        )
        core = await assemble(rules, adapters, brain.planner)
    except BaseException:
        await market.close()
        await account.line.close()
        raise
    live = LiveRun(core, timedelta(seconds=settings.monitor_interval_seconds))
    services = {
        **services_of(settings, core),
        "venue status": account.status.run,
        "fees": lambda: fees.keep_current(account.account, settings.symbols),
        "venue time": lambda: _keep_time(core, account, clock),
    }
    close = closing(core, brain.close, market.close, account.line.close, store.close)
    return Running(core, live.run, services, brain.questions, close, brain.notes)


async def _keep_time(core: Core, account: LiveAccount, clock: Clock) -> None:
    """Tell the prices the venue's time, so that their age does not depend on this machine's clock."""
    while True:
        try:
            core.quotes.synchronize(await account.line.server_time.now())
        except Retryable as error:
            log.info("the venue's time is not known", why=str(error))
        await clock.sleep(VENUE_TIME_EVERY.total_seconds())


async def _published_fees(market: CcxtMarketData, symbols: Sequence[str]) -> FeeRates:
    """The venue's public rates, the dearest among `symbols`; ours where it does not publish them."""
    published = [rates for symbol in symbols if (rates := await market.published_fees(symbol)) is not None]
    return max(published, key=lambda rates: rates.taker, default=PAPER_FEES)

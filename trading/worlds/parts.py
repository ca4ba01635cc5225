"""What every world is made of: rules out of settings, what runs beside the main loop, what is closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

import structlog

from trading.clock import Clock
from trading.contract import World
from trading.core import Core, OpenVenue, Rules
from trading.domain.market import Instrument
from trading.errors import Retryable
from trading.exchange.paper import PaperVenue
from trading.exchange.ports import FeeRates, PriceSource
from trading.orders.approval_rules import ApprovalRules
from trading.orders.protections import ExitRules
from trading.risk.guards import Guards
from trading.risk.limits import Limits
from trading.running import Service
from trading.settings import CoreSettings
from trading.store.backup import Backups
from trading.store.mirrors import Mirrors
from trading.store.port import Store
from trading.store.sql_engine import sqlite_file

PAPER_FEES = FeeRates(maker=Decimal("0.0025"), taker=Decimal("0.0040"))
"""Kraken's lowest tier, used on paper unless the venue tells its own."""

PAPER_SLIPPAGE = Decimal("0.0005")
PREVIEW_TIME_TO_LIVE = timedelta(minutes=2)
MIRROR_EVERY = timedelta(seconds=2)

log = structlog.get_logger(__name__)


def paper_venue(clock: Clock, fees: FeeRates) -> OpenVenue:
    """Orders are filled here, at the market's prices."""

    def open_venue(
        prices: PriceSource, instruments: Mapping[str, Instrument], held: Callable[[str], Decimal]
    ) -> PaperVenue:
        return PaperVenue(prices, clock, instruments, fee=fees, slippage=PAPER_SLIPPAGE, free=held)

    return open_venue


def rules_of(settings: CoreSettings, world: World) -> Rules:
    """The settings in the core's units."""
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
            approval_daily_sum=settings.approval_daily_sum if asks else None,
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
            settings.approval_second_above if asks else None,
        ),
        daily_loss=_fraction(settings.daily_loss_limit_percent),
        guards=_guards(settings),
        rebalance_at=settings.rebalance_at,
        report_at=settings.report_at,
        report_weekly_on=settings.report_weekly_on,
    )


def _guards(settings: CoreSettings) -> Guards:
    floors = {"BTC": settings.btc_floor_percent / 100, "ETH": settings.eth_floor_percent / 100}
    turnover = settings.max_turnover_percent
    return Guards(
        max_weight=settings.max_position_percent / 100,
        min_cash=settings.min_cash_percent / 100,
        max_turnover=None if turnover is None else turnover / 100,
        max_orders=settings.max_rebalance_orders,
        min_holding=_hours(settings.min_holding_hours),
        reentry_pause=_hours(settings.reentry_pause_hours),
        min_trade=settings.min_trade,
        floors={base: least for base, least in floors.items() if least},
        max_drawdown=_fraction(settings.drawdown_stop_percent),
    )


def _hours(number: Decimal) -> timedelta:
    return timedelta(seconds=int(number * 3600))


def _price_age(settings: CoreSettings) -> timedelta:
    # A recorded price is as fresh as its candle: it cannot be younger than the finest frame allows.
    configured = timedelta(seconds=settings.max_price_age_seconds)
    return configured if settings.market == "exchange" else max(configured, timedelta(days=1))


def _fraction(percent: Decimal) -> Decimal | None:
    """A percentage as a fraction; None for 0, which turns the rule off."""
    return percent / 100 if percent else None


def services_of(settings: CoreSettings, core: Core) -> dict[str, Service]:
    """What runs beside the main loop in every world."""
    adapters = core.adapters
    return {
        **_backing_up(settings, core),
        "store": adapters.store.until_broken,
        "watchdog": core.watchdog.run,
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


def closing(core: Core, *closers: Service) -> Service:
    """Let what presses have started come to its end, then close one after the other."""

    async def close() -> None:
        await core.desk.close()
        for closer in closers:
            await closer()

    return close

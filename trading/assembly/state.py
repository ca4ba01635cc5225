"""What is known and held, taken up from the store: the state that everything else reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trading.core import Adapters, Rules
from trading.decision.alerts import PriceAlerts
from trading.decision.controls import Settable
from trading.decision.past_prices import PastPrices
from trading.decision.skips import Skips
from trading.decision.upcoming import Upcoming
from trading.domain.market import Instrument
from trading.errors import SettingsError
from trading.local_zone import CurrentWorld, LocalZone
from trading.market.quotes import QuoteCache
from trading.orders.account import Account
from trading.orders.protections import Protections
from trading.portfolio.book import Book
from trading.portfolio.equity import EquityCurve
from trading.portfolio.traded_days import TradedDays
from trading.risk.switch import Switch
from trading.risk.thresholds import ApprovalThreshold
from trading.schedule import DailyAt, WeeklyAt
from trading.store.port import Store

BENCHMARKS = ("BTC", "ETH")


@dataclass(frozen=True, slots=True)
class State:
    """Books, prices, levels and switches, in memory."""

    instruments: Mapping[str, Instrument]
    benchmarks: Mapping[str, str]
    quotes: QuoteCache
    account: Account
    protections: Protections
    switch: Switch
    curve: EquityCurve
    traded: TradedDays
    settable: Settable
    world: CurrentWorld


async def open_state(rules: Rules, adapters: Adapters) -> State:
    """Read the books, levels and settings kept in the store. Raises SettingsError, Retryable."""
    store, clock = adapters.store, adapters.clock
    every = await adapters.market.instruments()
    quotes = QuoteCache(clock)
    account = Account(await _book(store, rules.world.quote), quotes)
    # What is held or on its way is traded until it is sold, also when SYMBOLS does not name it any more.
    held = [position.symbol for position in account.book.positions()]
    protections = Protections(rules.exits)
    async with store.reading() as read:
        protections.load(await read.protections())
        await protections.load_by_hand(read)
        under_way = [order.symbol for order in await read.open_orders() if order.symbol in every]
    benchmarks = _benchmarks(every, rules.world.quote)
    instruments = _chosen(every, dict.fromkeys([*rules.symbols, *held, *under_way]), adapters.market.name)
    settable = await _settable(rules, adapters, quotes, instruments)
    return State(
        instruments=instruments,
        benchmarks=benchmarks,
        quotes=quotes,
        account=account,
        protections=protections,
        switch=Switch(store, clock),
        curve=EquityCurve(store, account, benchmarks, clock),
        traded=TradedDays(store, clock),
        settable=settable,
        world=CurrentWorld(rules.world, settable.zone),
    )


async def _settable(
    rules: Rules, adapters: Adapters, quotes: QuoteCache, instruments: Mapping[str, Instrument]
) -> Settable:
    store, clock = adapters.store, adapters.clock
    zone = LocalZone(store, rules.world.timezone, clock)
    # Before anything asks for a local day; the rest is loaded with the other state.
    await zone.load()
    triggers = {"rebalance": DailyAt(rules.rebalance_at, zone), "report": DailyAt(rules.report_at, zone)}
    if rules.report_weekly_on is not None:
        triggers["weekly report"] = WeeklyAt(rules.report_weekly_on, rules.report_at, zone)
    return Settable(
        zone,
        ApprovalThreshold(store, rules.limits.approval_threshold, clock),
        Skips(store, clock),
        PriceAlerts(
            store,
            quotes,
            instruments,
            rules.limits.max_price_age,
            clock,
            adapters.new_id,
            PastPrices(adapters.market, clock),
        ),
        Upcoming(store, triggers, clock),
    )


async def _book(store: Store, quote: str) -> Book:
    async with store.reading() as read:
        return Book.rebuilt(quote, await read.booked())


def _chosen(every: Mapping[str, Instrument], symbols: Iterable[str], market: str) -> dict[str, Instrument]:
    missing = [symbol for symbol in symbols if symbol not in every]
    if missing:
        known = ", ".join(sorted(every)[:12])
        raise SettingsError(f"SYMBOLS has {missing[0]}, which {market} does not trade; it has {known}, among others.")
    return {symbol: every[symbol] for symbol in symbols}


def _benchmarks(every: Mapping[str, Instrument], quote: str) -> dict[str, str]:
    return {asset: f"{asset}/{quote}" for asset in BENCHMARKS if f"{asset}/{quote}" in every}

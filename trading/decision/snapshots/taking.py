"""Takes snapshots: asks the market, looks at the books, and writes down what was known at that instant."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from trading.clock import Clock
from trading.decision.guard_history import guard_history
from trading.decision.snapshots.charts import ChartReader, Charts
from trading.decision.snapshots.in_force import InForce, guards_table, limits_table
from trading.decision.snapshots.markets import (
    candle_table,
    chart_tables,
    correlation_table,
    price_table,
    rules_table,
)
from trading.decision.snapshots.past import past
from trading.decision.snapshots.portfolio import holdings_table, performance_table, portfolio_table, trades_table
from trading.decision.snapshots.record import VERSION, Held, Record
from trading.decision.snapshots.snapshot import Snapshot
from trading.domain.market import Instrument, Quote
from trading.domain.money import ZERO
from trading.domain.plan import Thesis
from trading.domain.portfolio import EquityPoint, Position
from trading.errors import StaleData
from trading.exchange.ports import MarketData
from trading.market.quotes import SLACK, QuoteCache
from trading.orders.account import Account
from trading.orders.protections import Protections
from trading.portfolio.equity import EquityCurve
from trading.portfolio.growth import Growth
from trading.portfolio.traded_days import TradedDays
from trading.store.port import Store

MANY_SYMBOLS = 30
"""With more than this, the shortest candles and the last daily ones are told of what is held only."""

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a snapshot looks. `zone` is where the user's days begin."""

    market: MarketData
    cache: QuoteCache
    account: Account
    protections: Protections
    curve: EquityCurve
    traded: TradedDays
    store: Store
    clock: Clock
    instruments: Sequence[Instrument]
    zone: Callable[[], ZoneInfo]


@dataclass(frozen=True, slots=True)
class _Market:
    """What the market said: `at` is when the last of it was in, `ages` are counted back from there."""

    at: datetime
    charts: Charts
    quotes: Mapping[str, Quote]
    ages: Mapping[str, timedelta]


class Snapshots:
    """Takes snapshots. Raises Retryable when the market cannot be read, or what is held has no price."""

    def __init__(self, around: Surroundings, rules: InForce) -> None:
        self._around = around
        self._rules = rules
        self._reader = ChartReader(around.market)
        self._symbols = [instrument.symbol for instrument in around.instruments]
        self._growth = Growth()

    async def take(self, at: datetime, cycle_id: str, thesis: Thesis | None) -> Snapshot:
        """The world as it is known `at`, once the market has answered. Nothing dated later is in it."""
        market = await self._ask(at)
        record = await self._record(market, cycle_id, thesis)
        # What was just written is read back, so that a replay from the stored text decides from the very same.
        return Snapshot.read(record.write())

    async def _ask(self, at: datetime) -> _Market:
        """Candles first and quotes last: prices are what moves while an exchange takes its time."""
        clock, cache = self._around.clock, self._around.cache
        # A caller's "now" is a moment old when it gets here; what is older than that is meant.
        asked = clock.now() - at
        behind = asked if asked > SLACK else NOTHING
        charts = await self._reader.read(self._symbols, self._closely(), at)
        quotes = await self._around.market.quotes(self._symbols)
        for symbol, quote in quotes.items():
            cache.put(symbol, quote)
        instant = clock.now() - behind
        # How long we have known a price counts, and not how the venue dated it: its clock may run ahead of ours.
        ages = {s: age - behind for s in quotes if (age := cache.age(s)) is not None and age >= behind}
        newest = {symbol: _known(cache.latest(symbol), instant) for symbol in ages}
        return _Market(instant, charts, {symbol: quote for symbol, quote in newest.items() if quote}, ages)

    def _closely(self) -> set[str]:
        held = {position.symbol for position in self._around.account.book.positions()}
        return held if len(self._symbols) > MANY_SYMBOLS else set(self._symbols)

    async def _record(self, market: _Market, cycle_id: str, thesis: Thesis | None) -> Record:
        account, rules, at = self._around.account, self._rules, market.at
        held, cash, free_cash = self._held(market), account.book.cash, account.free_cash()
        curve, traded = self._curve(at), await self._around.traded.traded(None, at)
        async with self._around.store.reading() as read:
            history = await guard_history(read, account, at, self._around.zone(), curve, self._around.curve.columns)
            earlier = await past(read, at, traded)
        daily = market.charts["1d"]
        fees = {symbol: rules.fees.taker(symbol) for symbol in self._symbols}
        equity = cash + sum((one.value for one in held), ZERO)
        return Record(
            version=VERSION,
            at=at,
            cycle_id=cycle_id,
            quote=account.book.quote,
            cash=cash,
            free_cash=free_cash,
            held=held,
            quotes=market.quotes,
            instruments=tuple(self._around.instruments),
            fees=fees,
            limits=rules.limits,
            take_profit=rules.take_profit,
            guards=rules.guards,
            history=history,
            daily_closes={symbol: tuple(chart.close.tolist()) for symbol, chart in daily.items()},
            tables=(
                portfolio_table(cash, free_cash, held, history),
                holdings_table(held, equity, at),
                performance_table(curve, at, self._growth),
                limits_table(rules.limits, rules.guards, rules.take_profit),
                guards_table(rules.guards, history),
                *earlier.tables,
                trades_table(history, at),
                rules_table(self._around.instruments, fees),
                price_table(market.quotes, market.ages, self._symbols),
                *chart_tables(market.charts),
                candle_table(daily, [symbol for symbol in self._symbols if symbol in self._closely()]),
                correlation_table(daily, [one.symbol for one in held]),
            ),
            thesis=thesis.text if thesis and thesis.at <= at else "",
            quoted=earlier.quoted,
        )

    def _curve(self, at: datetime) -> Sequence[EquityPoint]:
        """The stored points up to `at`, and one of this moment where that is what `at` means."""
        points, now = self._around.curve.points, self._around.curve.now()
        stored = points[: bisect_right(points, at, key=lambda point: point.at)]
        if now is None or now.at - at > SLACK:
            return stored
        # What was stored at this very instant may be older than a fill of the same instant.
        earlier = stored[:-1] if stored and stored[-1].at == at else stored
        return [*earlier, replace(now, at=at)]

    def _held(self, market: _Market) -> tuple[Held, ...]:
        """Holdings at the prices known then. Raises StaleData for one without."""
        return tuple(self._holding(position, market) for position in self._around.account.book.positions())

    def _holding(self, position: Position, market: _Market) -> Held:
        quote = market.quotes.get(position.symbol) or self._around.cache.latest(position.symbol)
        if quote is None or quote.at > market.at:
            raise StaleData(f"{position.symbol} is held and has no price yet; wait for the market data.")
        levels = self._around.protections.get(position.symbol)
        return Held(
            symbol=position.symbol,
            quantity=position.quantity,
            price=quote.mid,
            cost=position.cost,
            entry_value=position.entry_value,
            opened_at=position.opened_at,
            stop=levels.stop if levels else None,
            target=levels.target if levels else None,
        )


def _known(quote: Quote | None, at: datetime) -> Quote | None:
    return quote and replace(quote, at=min(quote.at, at))

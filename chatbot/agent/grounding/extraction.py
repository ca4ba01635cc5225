"""From the read models that a query looked up to figures with names; other answers by their own lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from chatbot.agent.grounding.figures import PORTFOLIO, Figure, Measure, Span, Unit
from chatbot.agent.grounding.lookups import Lookup
from chatbot.present import numbers as n
from trading.contract import (
    Explanation,
    Holding,
    Line,
    Performance,
    Pnl,
    Reader,
    Status,
    Trades,
    TradeView,
    Window,
)
from trading.domain.market import TIMEFRAMES, Candle
from trading.domain.order import Side

_BENCHMARKS = ("BTC", "ETH")
_HUNDRED = Decimal(100)
_MOST_TRADES = 10
_DONE = {Side.BUY: Measure.BOUGHT, Side.SELL: Measure.SOLD}


def figures(lookup: Lookup, reader: Reader) -> Iterator[Figure]:
    """The figures in what was looked up; nothing where the read model has no names here."""
    match lookup.found:
        case Status() as status:
            yield from _status(status)
        case Performance() as performance:
            yield from _performance(performance)
        case Pnl() as pnl:
            yield from _pnl(pnl, reader)
        case Trades() as trades:
            yield from _trades(trades, lookup, reader)
        case Explanation() as explanation:
            yield from _trade(explanation.trade, reader)
        case _ if lookup.name == "candles":
            yield from _candles(lookup, reader)


def _status(status: Status) -> Iterator[Figure]:
    quote, since = status.world.quote, Span(status.since, status.at, "since the start")
    yield from _money(PORTFOLIO, Measure.EQUITY, status.equity, quote)
    yield from _money(PORTFOLIO, Measure.CASH, status.cash, quote)
    yield from _percent(PORTFOLIO, Measure.CASH_SHARE, status.cash_weight)
    yield from _percent(PORTFOLIO, Measure.RETURN, status.change, since)
    today = status.at.astimezone(status.world.timezone).replace(hour=0, minute=0, second=0, microsecond=0)
    day = Span(today, status.at, "today")
    yield from _money(PORTFOLIO, Measure.PROFIT, status.today_amount, quote, day)
    yield from _percent(PORTFOLIO, Measure.RETURN, status.today_change, day)
    for gap in status.gaps:
        yield from _gap(gap.name, gap.gap, since)
    yield _count(Measure.PENDING, status.pending)
    for holding in status.holdings:
        yield from _holding(holding, quote)
    if status.next_rebalance is not None:
        shown = n.local_moment(status.next_rebalance, status.world.timezone)
        yield Figure(PORTFOLIO, Measure.REBALANCE, Unit.MOMENT, Decimal(0), shown, moment=status.next_rebalance)
    started = n.local_day(status.since, status.world.timezone)
    yield Figure(PORTFOLIO, Measure.START, Unit.MOMENT, Decimal(0), started, moment=status.since)


def _holding(holding: Holding, quote: str) -> Iterator[Figure]:
    base, market = holding.base, holding.instrument
    shown = f"{n.quantity(holding.quantity, market)} {base}"
    yield Figure(base, Measure.QUANTITY, Unit.COIN, holding.quantity, shown)
    yield from _percent(base, Measure.WEIGHT, holding.weight, places=1)
    yield from _percent(base, Measure.GAIN, holding.gain)
    yield from _money(base, Measure.VALUE, holding.value, quote)
    yield from _money(base, Measure.UNREALIZED, holding.unrealized, quote)
    levels = {
        Measure.COST: holding.average_cost,
        Measure.PRICE: holding.price,
        Measure.STOP: holding.stop,
        Measure.TARGET: holding.target,
    }
    for measure, level in levels.items():
        if level is not None:
            yield Figure(base, measure, Unit.MONEY, level, n.price(level, market))


def _performance(performance: Performance) -> Iterator[Figure]:
    span = _span(performance.window)
    ours = performance.lines[0]
    yield from _line(PORTFOLIO, ours, span)
    yield from _percent(PORTFOLIO, Measure.EXPOSURE, performance.exposure, span, places=1)
    yield from _money(PORTFOLIO, Measure.FEES, performance.fees, performance.world.quote, span)
    for name in _BENCHMARKS:
        line = performance.line(name)
        if line is not None:
            yield from _line(name, line, span)
            yield from _gap(name, ours.total_return - line.total_return, span)


def _line(subject: str, line: Line, span: Span) -> Iterator[Figure]:
    yield from _percent(subject, Measure.RETURN, line.total_return, span)
    yield from _percent(subject, Measure.DRAWDOWN, line.max_drawdown, span, places=1)
    yield from _percent(subject, Measure.VOLATILITY, _decimal(line.volatility), span, places=1)
    sharpe = _decimal(line.sharpe)
    if sharpe is not None:
        yield Figure(subject, Measure.SHARPE, Unit.PLAIN, sharpe, n.figure(sharpe), span)


def _pnl(pnl: Pnl, reader: Reader) -> Iterator[Figure]:
    quote, span = reader.world.quote, _span(pnl.window)
    yield from _money(PORTFOLIO, Measure.PROFIT, pnl.change, quote, span)
    yield from _percent(PORTFOLIO, Measure.PROFIT, pnl.change_fraction, span)
    yield from _money(PORTFOLIO, Measure.REALIZED, pnl.realized, quote, span)
    yield from _money(PORTFOLIO, Measure.UNREALIZED, pnl.unrealized_now, quote)
    yield from _money(PORTFOLIO, Measure.FEES, pnl.fees, quote, span)
    yield _count(Measure.TRADES, pnl.trades, span)
    yield _count(Measure.SOLD, pnl.wins + pnl.losses, span)
    yield _count(Measure.WINS, pnl.wins, span)
    yield _count(Measure.LOSSES, pnl.losses, span)
    for symbol, realized in pnl.by_symbol.items():
        yield from _money(symbol.split("/")[0], Measure.REALIZED, realized, quote, span)


def _trades(trades: Trades, lookup: Lookup, reader: Reader) -> Iterator[Figure]:
    """How many there were, of one side where only that was looked for, and the newest ones."""
    subject = trades.symbol.split("/")[0] if trades.symbol else PORTFOLIO
    side = next((argument for argument in lookup.arguments if isinstance(argument, Side)), None)
    measure = Measure.TRADES if side is None else _DONE[side]
    yield _count(measure, trades.total, _span(trades.window) if trades.window else None, subject)
    for trade in trades.trades[:_MOST_TRADES]:
        yield from _trade(trade, reader)


def _trade(trade: TradeView, reader: Reader) -> Iterator[Figure]:
    fill, market = trade.fill, trade.order.intent.instrument
    measure = _DONE[fill.side]
    base, event = market.base, f"{fill.at.isoformat()} {market.base} {fill.side}"
    size = f"{n.quantity(fill.quantity, market)} {base}"
    yield Figure(base, measure, Unit.COIN, fill.quantity, size, event=event)
    yield Figure(base, measure, Unit.MONEY, fill.price, n.price(fill.price, market), event=event)
    when = n.local_moment(fill.at, reader.world.timezone)
    yield Figure(base, measure, Unit.MOMENT, Decimal(0), when, event=event, moment=fill.at)
    if fill.side is Side.SELL:
        shown = n.signed_money(fill.realized, reader.world.quote)
        yield Figure(base, Measure.REALIZED, Unit.MONEY, fill.realized, shown, event=event)


def _candles(lookup: Lookup, reader: Reader) -> Iterator[Figure]:
    candles: Sequence[Candle] = lookup.found if isinstance(lookup.found, Sequence) else ()
    symbol, timeframe = lookup.arguments[:2] if len(lookup.arguments) > 1 else ("", "")
    instrument = next((found for found in reader.symbols() if found.symbol == symbol), None)
    if len(candles) < 2 or instrument is None or timeframe not in TIMEFRAMES or not candles[0].close:
        return
    last = Decimal(str(candles[-1].close))
    yield Figure(instrument.base, Measure.PRICE, Unit.MONEY, last, n.price(last, instrument))
    if timeframe == "1h" and len(candles) == 25:
        change = Decimal(str(round(candles[-1].close / candles[0].close - 1, 8)))
        end = reader.now()
        yield from _percent(instrument.base, Measure.RETURN, change, Span(end - timedelta(hours=24), end, "in 24 h"))


def _span(window: Window) -> Span:
    return Span(window.start, window.end, window.label)


def _gap(name: str, gap: Decimal, span: Span) -> Iterator[Figure]:
    yield Figure(PORTFOLIO, Measure.GAP, Unit.POINTS, gap * _HUNDRED, n.points(gap), span, against=name)


def _percent(
    subject: str, measure: Measure, fraction: Decimal | None, span: Span | None = None, *, places: int = 2
) -> Iterator[Figure]:
    if fraction is not None:
        shown = n.share(fraction, places) if measure in _SHARES else n.percent(fraction, places)
        yield Figure(subject, measure, Unit.PERCENT, fraction * _HUNDRED, shown, span)


_SHARES = frozenset({Measure.WEIGHT, Measure.CASH_SHARE, Measure.EXPOSURE, Measure.VOLATILITY})
_CHANGES = frozenset({Measure.PROFIT, Measure.REALIZED, Measure.UNREALIZED})


def _money(
    subject: str, measure: Measure, amount: Decimal | None, quote: str, span: Span | None = None
) -> Iterator[Figure]:
    if amount is not None:
        shown = n.signed_money(amount, quote) if measure in _CHANGES else n.money(amount, quote)
        yield Figure(subject, measure, Unit.MONEY, amount, shown, span)


def _count(measure: Measure, count: int, span: Span | None = None, subject: str = PORTFOLIO) -> Figure:
    return Figure(subject, measure, Unit.COUNT, Decimal(count), f"{count:,}", span)


def _decimal(value: float | None) -> Decimal | None:
    known = value is not None and value == value and abs(value) < 1e15
    return Decimal(repr(value)) if known else None

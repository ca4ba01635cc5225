"""Prices, the venue's rules, and what the charts say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from trading.brain.facts_table import FactTable
from trading.decision.snapshots.charts import FRAMES, Charts
from trading.decision.snapshots.numbers import plain, rounded, significant
from trading.domain.market import Instrument, Quote
from trading.exchange.columns import Columns
from trading.market.correlation import correlation
from trading.market.readings import readings, trends

MOST_COMPANIONS = 12
"""Symbols that every other one is correlated with."""

MAJORS = ("BTC", "ETH")
LAST_CANDLES = 5

Spelling = Callable[[float | None], str | None]


def _level(value: float | None) -> str | None:
    return significant(value, 5)


def _movement(value: float | None) -> str | None:
    return significant(value, 3)


def _points(value: float | None) -> str | None:
    return rounded(value, 1)


def _fraction(value: float | None) -> str | None:
    return rounded(value, 4)


_SPELLINGS: Mapping[str, Spelling] = {
    **dict.fromkeys(("rsi14", "chop14", "adx14"), _points),
    **dict.fromkeys(("sma20", "sma50", "sma200", "support", "resistance"), _level),
    **dict.fromkeys(("macd", "macd_signal", "macd_hist", "volume_ratio", "volatility30"), _movement),
}
"""How each reading is spelled; the others are fractions."""


def price_table(quotes: Mapping[str, Quote], ages: Mapping[str, timedelta], symbols: Sequence[str]) -> FactTable:
    """Last trade, bid and ask in quote, and how many seconds old they are."""
    rows: dict[str, tuple[str | None, ...]] = {}
    for symbol in symbols:
        quote = quotes.get(symbol)
        told = (quote.last, quote.bid, quote.ask) if quote else (None, None, None)
        age = ages[symbol].total_seconds() if quote else None
        rows[symbol] = (*(significant(price, 8) for price in told), rounded(age, 0))
    return FactTable.of("Prices", ("price", "bid", "ask", "age_s"), rows)


def rules_table(instruments: Sequence[Instrument], fees: Mapping[str, Decimal]) -> FactTable:
    """What an order costs (fraction), and the steps and minimums it must keep to."""
    rows = {
        i.symbol: (plain(fees[i.symbol]), plain(i.min_notional), plain(i.min_quantity), plain(i.lot_step))
        for i in instruments
    }
    return FactTable.of("Fees and minimums", ("fee", "min_notional", "min_quantity", "lot_step"), rows)


def chart_tables(charts: Charts) -> tuple[FactTable, ...]:
    """One table of indicators per timeframe, the shortest first."""
    return tuple(_chart_table(frame, charts[frame]) for frame in FRAMES if charts[frame])


def candle_table(daily: Mapping[str, Columns], symbols: Sequence[str]) -> FactTable:
    """The last daily candles of `symbols`, the newest first: open, high, low, close in quote."""
    columns = tuple(f"{field}_{back}" for back in range(1, LAST_CANDLES + 1) for field in ("o", "h", "l", "c"))
    rows = {symbol: _last_candles(daily[symbol]) for symbol in symbols if symbol in daily}
    return FactTable.of("Last daily candles", (f"1d.{column}" for column in columns), rows)


def correlation_table(daily: Mapping[str, Columns], held: Sequence[str]) -> FactTable:
    """How alike the daily returns are: each symbol against all where they are few, else against what matters."""
    others = _companions(list(daily), held)
    rows = {
        symbol: tuple("1" if other == symbol else rounded(correlation(chart, daily[other]), 2) for other in others)
        for symbol, chart in daily.items()
    }
    return FactTable.of("Correlation of daily returns", (f"correlation.{other}" for other in others), rows)


def _chart_table(frame: str, charts: Mapping[str, Columns]) -> FactTable:
    rows: dict[str, tuple[str | None, ...]] = {}
    names: tuple[str, ...] = ()
    for symbol, chart in charts.items():
        found = {**readings(chart, frame), **(trends(chart) if frame == "1d" else {})}
        names = tuple(found)
        rows[symbol] = tuple(_SPELLINGS.get(name, _fraction)(value) for name, value in found.items())
    return FactTable.of(f"Indicators, {frame} candles", (f"{frame}.{name}" for name in names), rows)


def _last_candles(chart: Columns) -> tuple[str | None, ...]:
    cells: list[str | None] = []
    for back in range(1, LAST_CANDLES + 1):
        known = back <= len(chart)
        fields = (chart.open, chart.high, chart.low, chart.close)
        cells.extend(_level(float(field[-back])) if known else None for field in fields)
    return tuple(cells)


def _companions(symbols: Sequence[str], held: Sequence[str]) -> Sequence[str]:
    if len(symbols) <= MOST_COMPANIONS:
        return symbols
    majors = [symbol for symbol in symbols if symbol.partition("/")[0] in MAJORS]
    return list(dict.fromkeys([*majors, *(symbol for symbol in held if symbol in symbols)]))[:MOST_COMPANIONS]

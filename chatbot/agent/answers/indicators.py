"""Answers about indicators of one coin: the figure first, then what such a figure is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from chatbot.agent.answers.markets import instrument_of
from chatbot.agent.answers.sources import answer
from chatbot.agent.queries import IndicatorAsked, IndicatorName
from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import block, pair
from trading.contract import Reader
from trading.contract.books import IndicatorsView
from trading.domain.market import Instrument

CHOPPY, TRENDING = 61.8, 38.2
"""The bounds usual for the choppiness index (Dreiss)."""
OVERBOUGHT, OVERSOLD = 70.0, 30.0
"""The bounds usual for RSI (Wilder)."""


async def indicator(query: IndicatorAsked, reader: Reader) -> Reply:
    """The one that is asked for, or the usual ones together."""
    instrument = instrument_of(query.symbol, reader)
    found = await reader.books.indicators(instrument.symbol, query.timeframe)
    source = _source(found)
    if query.name is None:
        return _all(query, found, source)
    return Reply(text=answer(_SENTENCES[query.name](found), source), buttons=_buttons(query))


def _all(query: IndicatorAsked, found: IndicatorsView, source: str) -> Reply:
    first = f"{found.instrument.symbol} {_price(found.close, found.instrument)}, {found.timeframe} candles."
    rows = [
        ("RSI 14", _plain(found.rsi, 1)),
        ("MACD less signal", _difference(found)),
        ("Choppiness 14", _plain(found.choppiness, 1)),
        ("SMA 20", _price(found.sma_20, found.instrument)),
        ("SMA 50", _price(found.sma_50, found.instrument)),
        ("ATR 14", _price(found.atr, found.instrument)),
        ("Highest of 50", _price(found.highest, found.instrument)),
        ("Lowest of 50", _price(found.lowest, found.instrument)),
    ]
    card = block([line for label, value in rows for line in pair(label, value)])
    return Reply(text=answer(first, source), card=card, buttons=_buttons(query))


def _rsi(found: IndicatorsView) -> str:
    if found.rsi is None:
        return _unknown("RSI", found)
    called = (
        "overbought"
        if found.rsi >= OVERBOUGHT
        else "oversold"
        if found.rsi <= OVERSOLD
        else "neither overbought nor oversold"
    )
    return f"{_head('RSI', found)} {_plain(found.rsi, 1)}: {called} by the usual bounds of 70 and 30."


def _choppiness(found: IndicatorsView) -> str:
    if found.choppiness is None:
        return _unknown("Choppiness", found)
    value = found.choppiness
    called = "choppy" if value >= CHOPPY else "trending" if value <= TRENDING else "between trending and choppy"
    return f"{_head('Choppiness', found)} {_plain(value, 1)}: {called} (above 61.8 choppy, below 38.2 trending)."


def _macd(found: IndicatorsView) -> str:
    if found.macd is None or found.macd_signal is None:
        return _unknown("MACD", found)
    side = "above" if found.macd > found.macd_signal else "below" if found.macd < found.macd_signal else "on"
    return f"{_head('MACD', found)} {_plain(found.macd, 2)}, {side} its signal {_plain(found.macd_signal, 2)}."


def _averages(found: IndicatorsView) -> str:
    if found.sma_20 is None or found.close is None:
        return _unknown("SMA", found)
    longer = "" if found.sma_50 is None else f", SMA 50 {_price(found.sma_50, found.instrument)}"
    shorter, close = _price(found.sma_20, found.instrument), _price(found.close, found.instrument)
    return f"{_head('SMA 20', found)} {shorter}{longer}; close {close}."


def _atr(found: IndicatorsView) -> str:
    if found.atr is None or not found.close:
        return _unknown("ATR", found)
    return (
        f"{_head('ATR', found)} {_price(found.atr, found.instrument)}, {n.share(found.atr / found.close)} of the price."
    )


def _bands(found: IndicatorsView) -> str:
    if found.upper_band is None or found.lower_band is None:
        return _unknown("Bollinger bands", found)
    low, high = _price(found.lower_band, found.instrument), _price(found.upper_band, found.instrument)
    return f"{_head('Bollinger bands', found)} {low} to {high}; close {_price(found.close, found.instrument)}."


def _volatility(found: IndicatorsView) -> str:
    if found.volatility is None:
        return _unknown("Volatility", found)
    return f"{_head('Volatility', found)} {n.share(found.volatility)} a year, from the last 30 candles."


def _levels(found: IndicatorsView) -> str:
    if found.highest is None or found.lowest is None:
        return _unknown("Highest and lowest", found)
    low, high = _price(found.lowest, found.instrument), _price(found.highest, found.instrument)
    return f"{found.instrument.symbol} between {low} and {high} over the last 50 {found.timeframe} candles."


_SENTENCES: Mapping[IndicatorName, Callable[[IndicatorsView], str]] = {
    IndicatorName.RSI: _rsi,
    IndicatorName.MACD: _macd,
    IndicatorName.SMA: _averages,
    IndicatorName.ATR: _atr,
    IndicatorName.BANDS: _bands,
    IndicatorName.CHOPPINESS: _choppiness,
    IndicatorName.VOLATILITY: _volatility,
    IndicatorName.LEVELS: _levels,
}


def _head(name: str, found: IndicatorsView) -> str:
    return f"{name} of {found.instrument.symbol}, {found.timeframe}:"


def _unknown(name: str, found: IndicatorsView) -> str:
    return (
        f"{name} of {found.instrument.symbol}, {found.timeframe}: unknown, only {n.counted(found.candles, 'candle')}."
    )


def _plain(value: float | None, places: int) -> str:
    return n.figure(value, places)


def _price(value: float | None, instrument: Instrument) -> str:
    return n.price(None if value is None else Decimal(str(value)), instrument)


def _difference(found: IndicatorsView) -> str:
    if found.macd is None or found.macd_signal is None:
        return n.UNKNOWN
    return n.figure(found.macd - found.macd_signal)


def _source(found: IndicatorsView) -> str:
    if found.closed_at is None:
        return f"No {found.timeframe} candles · {marks.place(found.world)}"
    closed = n.local_moment(found.closed_at, found.world.timezone)
    return f"{found.candles} closed {found.timeframe} candles to {closed} · {marks.place(found.world)}"


def _buttons(query: IndicatorAsked) -> tuple[Button, ...]:
    return (Button(f"{query.symbol} chart", f"do:/chart {query.symbol}"),)

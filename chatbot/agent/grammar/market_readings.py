"""From a question about prices to its query; None when no coin of ours is meant."""

from __future__ import annotations

import re

from chatbot.agent.grammar.heard import Heard
from chatbot.agent.queries import (
    Benchmark,
    Compare,
    Decline,
    Holdings,
    IndicatorAsked,
    IndicatorName,
    LookUp,
    PriceAsked,
    Query,
    SymbolsAsked,
    Topic,
    Volume,
)

_NAMES = (
    (IndicatorName.RSI, r"\brsi\b|\brelative strength\b|\boverbought\b|\boversold\b"),
    (IndicatorName.MACD, r"\bmacd\b|\bmomentum\b"),
    (IndicatorName.CHOPPINESS, r"\bchopp\w+\b|\btrending\b|\branging\b|\bsideways\b"),
    (IndicatorName.BANDS, r"\bbollinger\b|\bbands?\b"),
    (IndicatorName.ATR, r"\batr\b"),
    (IndicatorName.SMA, r"\b[se]ma\b|\bmoving averages?\b"),
    (IndicatorName.LEVELS, r"\bsupport\b|\bresistance\b"),
)
_TIMEFRAMES = (
    ("15m", r"\b15 ?(?:m|min|mins|minutes?)\b"),
    ("5m", r"\b5 ?(?:m|min|mins|minutes?)\b"),
    ("30m", r"\b30 ?(?:m|min|mins|minutes?)\b"),
    ("4h", r"\b(?:4|four) ?-?(?:h|hr|hour|hours|hourly)\b"),
    ("1h", r"\b(?:1|one) ?-?(?:h|hr|hour)\b|\bhourly\b"),
)
_OURS = r"\b(?:my|our|we|i|us|portfolio)\b"


def symbols(heard: Heard) -> Query:
    return SymbolsAsked()


def indicator(heard: Heard) -> Query | None:
    """Of a coin, or of BTC where "the market" is meant; several by name are told with the usual ones."""
    named = [name for name, pattern in _NAMES if re.search(pattern, heard.text)]
    name = named[0] if len(named) == 1 else None
    symbol = heard.symbol or ("BTC" if heard.trades("BTC") and re.search(r"\bmarket\b", heard.text) else None)
    return None if symbol is None else IndicatorAsked(symbol, timeframe(heard), name)


def names_timeframe(word: str) -> bool:
    """Whether `word` is the length of a candle that is known here: "4h", "hourly"."""
    return any(re.search(pattern, word) for _, pattern in _TIMEFRAMES) or word in ("1d", "daily")


def timeframe(heard: Heard) -> str:
    """The candles that are named; a day's where none are."""
    return next((length for length, pattern in _TIMEFRAMES if re.search(pattern, heard.text)), "1d")


def coin_volatility(heard: Heard) -> Query | None:
    """A coin's own; ours is a matter of risk."""
    if heard.symbol is None or heard.has(_OURS):
        return None
    return IndicatorAsked(heard.symbol, timeframe(heard), IndicatorName.VOLATILITY)


def volume(heard: Heard) -> Query | None:
    if heard.symbol is not None:
        return Volume(heard.symbol)
    return None if heard.has(_OURS) else Decline(Topic.DEPTH)


def chart(heard: Heard) -> Query | None:
    """A coin's candles are its chart; without one it is our own curve."""
    if heard.symbol is not None:
        words = f"/chart {heard.symbol} {heard.window or ''}".strip()
        return LookUp(words)
    if heard.has(r"\b(?:bars?|candles?|candlesticks?|ohlcv?)\b"):
        return Decline(Topic.DEPTH)
    return Compare(Benchmark.BOTH, heard.window) if heard.ours else None


def movers(heard: Heard) -> Query | None:
    """The day's movers; without a span "my best coin" is a matter of cost, not of the day."""
    ours = heard.has(_OURS)
    if ours and heard.window is None:
        return None
    if heard.symbol is not None:
        return PriceAsked(heard.symbol)
    return PriceAsked(held=ours)


def price(heard: Heard) -> Query | None:
    if heard.symbol is None or heard.has(r"\b(?:am i|are we)\b"):
        return None
    return PriceAsked(heard.symbol)


def coin_facts(heard: Heard) -> Query | None:
    """What a position is worth, its cost, its exits; "what is BTC worth", without us, is its price."""
    of_market = heard.has(r"\b(?:worth|value)\b") and not heard.has(_OURS)
    return None if of_market or heard.symbol is None else Holdings(heard.symbol)

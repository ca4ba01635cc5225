"""Words about prices: indicators, volume, candles, movers, and what a coin does."""

from __future__ import annotations

from chatbot.agent.grammar import market_readings as read
from chatbot.agent.grammar.heard import Reading
from chatbot.agent.grammar.patterns import any_of

EARLY: tuple[tuple[str, Reading], ...] = (
    (
        r"\b(?:what|which|list|show|any)\b.*\b(?:coins?|cryptos?|pairs?|markets?|symbols?|tokens?)\b.*"
        r"\b(?:(?:do|can|could|may) (?:you|we|i) trade|traded|support\w*|available|tradable)\b"
        r"|\b(?:supported|available|tradable) (?:coins?|pairs?|markets?|symbols?|tokens?)\b|\bwhat (?:do"
        r"|can) (?:you|we|i) trade$",
        read.symbols,
    ),
    (
        any_of(
            *("rsi", "relative strength", "macd", "sma", "ema", "atr", "moving averages?", "bollinger", "bands?"),
            *("choppy", "choppiness", "trending", "ranging", "sideways", "overbought", "oversold", "indicators?"),
            *("support", "resistance", "technicals?", "technical analysis", "momentum"),
        ),
        read.indicator,
    ),
    (r"\bvolatil\w*\b|\bswings?\b", read.coin_volatility),
    (any_of("volume", "turnover", "traded volume"), read.volume),
    (any_of("candles?", "candlesticks?", "bars?", "ohlcv?", "charts?", "graph", "plot", "curve"), read.chart),
)
LATE: tuple[tuple[str, Reading], ...] = (
    (
        any_of(
            *("prices", "movers", "market summary", "how (?:is|are) (?:the )?(?:markets?|crypto|prices)", "quotes"),
            *("pump(?:ing|ed)", "dump(?:ing|ed)", "market overview", "what is (?:moving|up|hot)"),
            r"(?:crypto|markets?) (?:crash\w*|tank\w*|moon\w*|up|down)",
            also=(
                r"\b(?:best|worst|top|biggest)\b.*\b(?:coins?|cryptos?|movers?|gainers?|losers?|winners?|tokens?)\b",
                r"\bmarkets?\b.*\b(?:summary|overview|doing|look\w*|up|down)\b|^markets?$",
            ),
        ),
        read.movers,
    ),
    (
        any_of(
            "percent(?:age)?",
            "worth",
            "value",
            "average cost",
            "cost basis",
            "entry price",
            "entry",
            "weight",
            "(?:paid|pay) for",
        ),
        read.coin_facts,
    ),
    (
        any_of(
            *(
                "price",
                "quote",
                "trading at",
                "going (?:up|down)",
                "worth",
                "at right now",
                "change",
                "moved?",
                "trend",
            ),
            also=(
                r"\bhow much (?:is|does) (?:one |1 |a )?\S+(?: cost| worth| right| now| trading)*$",
                r"\b(?:is|are) .*\b(?:up|down|rising|falling|green|red)\b|\bwhere is\b",
                r"\b(?:up|down|green|red)$",
            ),
        ),
        read.price,
    ),
)

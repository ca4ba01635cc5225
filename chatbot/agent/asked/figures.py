"""Figures that are asked for by name."""

from __future__ import annotations

from enum import StrEnum


class Benchmark(StrEnum):
    BTC = "BTC"
    ETH = "ETH"
    BOTH = "both"


class Only(StrEnum):
    """Which sales: those that made money, or those that did not."""

    WINS = "wins"
    LOSSES = "losses"


class Pick(StrEnum):
    """Which holding or coin stands in the first line."""

    LARGEST = "largest"
    SMALLEST = "smallest"
    BEST = "best"
    WORST = "worst"


class Ratio(StrEnum):
    """A figure about sales."""

    WIN_RATE = "win rate"
    PROFIT_FACTOR = "profit factor"
    AVERAGE = "average"
    """What a winning and a losing sale brought on average."""
    HOW_MANY = "how many"
    """Wins and losses, counted."""


class RiskFigure(StrEnum):
    """`CAUSE` is what happened in the deepest fall; `TAIL` the loss that one day in twenty exceeded."""

    DRAWDOWN = "drawdown"
    BETA = "beta"
    SHARPE = "sharpe"
    SORTINO = "sortino"
    CALMAR = "calmar"
    VOLATILITY = "volatility"
    TAIL = "tail"
    CAUSE = "cause"


class IndicatorName(StrEnum):
    RSI = "rsi"
    MACD = "macd"
    SMA = "sma"
    ATR = "atr"
    BANDS = "bands"
    CHOPPINESS = "choppiness"
    VOLATILITY = "volatility"
    LEVELS = "levels"
    """The highest and the lowest price of the last candles."""

"""What words mean, in one or two sentences; no figures of ours."""

from __future__ import annotations

import re

TERMS = {
    "paper trading": "Paper trading fills orders at live prices with play money, fees and spread in. "
    "Backtesting runs the strategy over recorded prices: quick, but nobody knew them then.",
    "rsi": "RSI (relative strength index) sets recent rises against recent falls on a scale of 0 to 100. "
    "Above 70 is called overbought, below 30 oversold; neither is a signal by itself.",
    "sharpe": "The Sharpe ratio is the mean daily return above cash over its standard deviation, times root 365. "
    "From few days it tells nothing.",
    "sortino": "The Sortino ratio is the Sharpe ratio with only shortfalls counted as risk.",
    "drawdown": "A drawdown is the fall from the highest value so far. The maximum is the deepest of them.",
    "volatility": "Volatility is the standard deviation of daily returns, scaled to a year.",
    "beta": "Beta tells by how much we move when the benchmark moves by one.",
    "alpha": "Alpha is the return that beta times the benchmark does not explain.",
    "stop loss": "A stop loss sells a position once its price has fallen to a level set when it was bought.",
    "take profit": "A take profit sells a position once its price has risen to a level set when it was bought.",
    "slippage": "Slippage is the gap between the price an order was sent at and the price it filled at.",
    "spread": "The spread is the gap between the best bid and the best ask; a market order pays it.",
    "rebalance": "A rebalance trades from the shares that are held to the shares that are wanted, sells first.",
    "exposure": "Exposure is the share of equity that is invested rather than cash.",
    "benchmark": "A benchmark is what the same money would have become by buying once and holding: here BTC and ETH.",
    "profit factor": "The profit factor is what winning sales made over what losing sales lost.",
    "win rate": "The win rate is the share of sales that made money.",
    "unrealized": "Unrealized profit is what held positions would bring now beyond their cost; selling realizes it.",
    "dca": "DCA (dollar cost averaging) buys for the same amount at fixed times, whatever the price.",
    "market hours": "Crypto markets never close; whether we trade now, /status tells.",
    "macd": "MACD is the gap between a quick and a slow average of the price; "
    "above its own average it is called rising.",
    "atr": "ATR (average true range) is how far the price moves within one candle on average.",
    "moving average": "A moving average is the mean price of the last so many candles.",
    "choppiness": "Choppiness is high (above 61.8) where the price goes back and forth, low "
    "(below 38.2) where it trends.",
    "time weighted": "A time-weighted return takes deposits and withdrawals out.",
}
"""By term; the first that a question names is explained."""

_SAME = {
    "backtest": "paper trading", "backtesting": "paper trading", "relative strength": "rsi", "max drawdown": "drawdown",
    "stop-loss": "stop loss", "take-profit": "take profit", "realized": "unrealized", "twr": "time weighted",
    "time-weighted": "time weighted", "dollar cost averaging": "dca", "sma": "moving average",
    "average true range": "atr", "choppy": "choppiness", "rebalancing": "rebalance",
}  # fmt: skip
_ASKS = re.compile(
    r"^(?:please )?(?:explain|define|describe|tell me what)\b"
    r"|\bwhat (?:does|do|is meant by) .+\bmeans?\b"
    r"|\bmeaning of\b|\bdifference between\b|\bhow does .+ work\b|\bwhat (?:is|are) (?:an? )?(?!the )(?P<bare>[\w -]+)$"
)
_OURS = re.compile(r"\b(?:my|our|we|i|the bot|current|today)\b")


def asked_term(normal: str) -> str | None:
    """The term whose meaning is asked; None when figures of ours are meant, or nothing we explain."""
    asks = _ASKS.search(normal)
    if asks is None or _OURS.search(normal):
        return None
    bare = asks["bare"]
    if bare is not None:
        # "what is drawdown" asks for the word, "what is the drawdown" for the figure.
        bare = bare.removesuffix(" ratio")
        return bare if bare in TERMS else _SAME.get(bare)
    named = [term for term in (*TERMS, *_SAME) if re.search(rf"\b{re.escape(term)}\b", normal)]
    return next((_SAME.get(term, term) for term in named), None)

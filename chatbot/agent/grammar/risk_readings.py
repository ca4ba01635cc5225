"""From a question about risk, costs or benchmarks to its query; None when it is not about us after all."""

from __future__ import annotations

import re
from decimal import Decimal

from chatbot.agent.grammar.amounts import in_digits, spoken_amount
from chatbot.agent.grammar.coins import base_of
from chatbot.agent.grammar.heard import Heard
from chatbot.agent.queries import (
    Benchmark,
    Compare,
    CostsAsked,
    DrawdownRisk,
    ExposureAsked,
    Fees,
    Holdings,
    Lacks,
    PriceAsked,
    Query,
    RiskFigure,
    StopsAsked,
    Unclear,
    WhatIf,
)
from trading.domain.order import Side

_FIGURES = (
    (RiskFigure.CAUSE, r"\bcaus\w+\b|\bbecause\b|\bwhy\b|\bwhen was\b"),
    (RiskFigure.DRAWDOWN, r"\bdraw ?downs?\b|\b(?:fall|drop|dip|decline)\b|\bdeepest\b"),
    (RiskFigure.BETA, r"\bbeta\b"),
    (RiskFigure.SHARPE, r"\bsharpe\b"),
    (RiskFigure.SORTINO, r"\bsortino\b"),
    (RiskFigure.CALMAR, r"\bcalmar\b"),
    (RiskFigure.VOLATILITY, r"\bvolatil\w*\b"),
    (RiskFigure.TAIL, r"\bvar\b|\bvalue at risk\b|\b(?:worst|bad) day\b"),
)
_PEOPLE = r"\b(?:i|we|my|our|us|me|you|it|this|that|portfolio|bot|performance)\b"
_COINS = re.compile(r"(?<![\w$€£.%])(\d*\.?\d+) (?:more |whole |full |of (?:my |our |the )?)?([a-z]+)\b")
_PARTS = {"half": Decimal("0.5"), "all": Decimal(1)}


def compare(heard: Heard) -> Query | None:
    """The benchmark that is named, or both; of other coins there is no comparison."""
    named = {base for base in heard.mentions.symbols if base in (Benchmark.BTC, Benchmark.ETH)}
    if len(heard.mentions.symbols) > 1 and not heard.has(_PEOPLE):
        return PriceAsked()
    if len(named) == 1:
        return Compare(Benchmark(named.pop()), heard.window)
    about_us = heard.ours and (bool(named) or not heard.mentions.symbols)
    return Compare(Benchmark.BOTH, heard.window) if about_us else None


def costs(heard: Heard) -> Query | None:
    return CostsAsked(heard.window) if heard.ours else None


def our_costs(heard: Heard) -> Query | None:
    """ "what do we pay to run this"; what a coin costs is its price, what it cost us its position."""
    return CostsAsked(heard.window) if heard.ours and heard.symbol is None else None


def fees(heard: Heard) -> Query | None:
    return Fees(heard.window) if heard.ours or heard.has(r"\bpaid\b|\btrading\b") else None


def exposure(heard: Heard) -> Query | None:
    if heard.symbol is not None:
        return Holdings(heard.symbol) if heard.ours else None
    return ExposureAsked() if heard.ours or heard.has(r"\bexposure\b|\binvested\b") else None


def stops(heard: Heard) -> Query | None:
    return StopsAsked(heard.symbol) if heard.ours or heard.has(r"\bstops?\b") else None


def risk(heard: Heard) -> Query | None:
    """The figures that are asked for by name, in the order in which we tell them."""
    if not (heard.ours or heard.has(r"\b(?:worst|biggest|deepest) (?:dip|fall|drop)\b")):
        return None
    return DrawdownRisk(heard.window, tuple(figure for figure, pattern in _FIGURES if heard.has(pattern)))


def counts_coins(amount: str, text: str, base: str) -> bool:
    """Whether `amount` stands right before the coin: "5 more eth"."""
    found = _COINS.search(in_digits(text))
    return found is not None and found[1] == amount and base_of(found[2], (base,)) == base


def what_if(heard: Heard) -> Query | None:
    """An order that is only reckoned; without an amount its share is asked back."""
    side = Side.SELL if heard.has(r"\bs(?:ell|old|elling)\b") else Side.BUY
    if heard.symbol is None or not heard.has(r"\b(?:buy|bought|sell|sold|add|put|invest\w*)\b"):
        return None
    amount = spoken_amount(heard.text)
    if amount is None:
        return Unclear(Lacks.SHARE, f"/{side.value} {{}} {heard.symbol}")
    if amount in _PARTS:
        return WhatIf(side, heard.symbol, _PARTS[amount], fraction=True)
    if amount.endswith("%"):
        return WhatIf(side, heard.symbol, Decimal(amount[:-1]) / 100, fraction=True)
    thousands = 1000 if amount.endswith("k") else 1
    size = Decimal(amount.strip("$k")) * thousands
    return WhatIf(side, heard.symbol, size, coins=counts_coins(amount, heard.text, heard.symbol))

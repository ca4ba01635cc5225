"""From a question about profit or holdings to its query; None when it is not about us after all."""

from __future__ import annotations

from chatbot.agent.grammar.heard import Heard
from chatbot.agent.queries import (
    Benchmark,
    Compare,
    Holdings,
    LookUp,
    Pick,
    PriceAsked,
    Profit,
    Query,
    StatusAsked,
    ThesisAsked,
)

_A_COINS_OWN = r"\b(?:did|has|have) (?:the )?[a-z]+ (?:gain|gained|lose|lost|earn|return|returned|grow|grown)\b"
_PICKS = (
    (Pick.WORST, r"\bworst\b|\bbiggest (?:loser|loss)\b|\blosing\b"),
    (Pick.BEST, r"\bbest\b|\bwinner\b|\btop perform|\bbiggest gain"),
    (Pick.LARGEST, r"\b(?:largest|biggest|main|top|most)\b"),
    (Pick.SMALLEST, r"\b(?:smallest|least)\b"),
)


def our_profit(heard: Heard) -> Query | None:
    if heard.symbol and heard.has(_A_COINS_OWN) and not heard.has(r"\b(?:my|our|we|i|me|us)\b"):
        return PriceAsked(heard.symbol)  # What a coin gained is its price's matter, not what it made us.
    return Profit(heard.window, heard.symbol) if heard.ours and not heard.has(r"^who\b") else None


def picked(heard: Heard) -> Query | None:
    """One holding; over a day the winner and the loser of the day."""
    if not heard.ours:
        return None
    pick = next((pick for pick, pattern in _PICKS if heard.has(pattern)), None)
    if heard.window in ("today", "24h", "24 hours") and pick in (Pick.BEST, Pick.WORST):
        return PriceAsked(held=True)
    return Holdings(heard.symbol, pick)


def cash(heard: Heard) -> Query | None:
    return Holdings(cash=True) if heard.ours or heard.has(r"\bcash\b") else None


def holdings(heard: Heard) -> Query | None:
    if not heard.ours:
        return None
    if heard.has(r"\ballocation\b.*\b(?:plan|target)") or heard.has(r"\b(?:plan|target)\b.*\ballocation"):
        return LookUp("/allocation")
    return Holdings(heard.symbol)


def doing(heard: Heard) -> Query | None:
    """ "how are we doing": over a span the comparison, otherwise the status; of one coin its position."""
    if heard.symbol:
        return coin_doing(heard)
    if not heard.ours:
        return None
    return Compare(Benchmark.BOTH, heard.window) if heard.window else StatusAsked()


def coin_doing(heard: Heard) -> Query | None:
    """A position; of the day, without us, its price."""
    if heard.symbol and heard.window in ("today", "24h", "24 hours") and not heard.has(r"\b(?:my|our|we|i)\b"):
        return PriceAsked(heard.symbol)
    return Holdings(heard.symbol) if heard.symbol else None


def performance(heard: Heard) -> Query | None:
    if heard.symbol:
        return doing(heard)
    return Compare(Benchmark.BOTH, heard.window) if heard.ours else None


def thesis(heard: Heard) -> Query:
    return ThesisAsked()


def coin_alone(heard: Heard) -> Query | None:
    if heard.symbol is None:
        return None
    return Holdings(heard.symbol) if heard.has(r"\b(?:my|our)\b") else PriceAsked(heard.symbol)

"""Advice that is asked about our own figures: it is not given, the figures are."""

from __future__ import annotations

from chatbot.agent.asked.refused import About, Advice
from chatbot.agent.grammar.heard import Heard

_ASKS = (
    r"\b(?:what|how) (?:should|can|could|do|would|might) (?:i|we) (?:adjust|change|do|reduce|lower|fix|improve"
    r"|increase|cut"
    r"|avoid|protect|minimi[sz]e|raise|better)\b|\bhow to (?:reduce|lower|improve|fix|raise|cut)\b"
)
_SALES = r"\bwin ?(?:rate|ratio)\b|\bprofit factor\b|\blosing trades\b|\bwinning\b"
_RISK = r"\brisk\w*\b|\bdraw ?downs?\b|\bvolatil\w+\b|\bexposure\b|\blosses\b|\bprotect\b"


def advice(heard: Heard) -> Advice | None:
    """None where no advice is asked about us."""
    if not heard.has(_ASKS):
        return None
    if heard.has(_SALES):
        return Advice(About.SALES)
    return Advice(About.RISK) if heard.has(_RISK) else None

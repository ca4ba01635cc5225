"""What is not answered, as data: not ours, not known, or not for us to say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What is declined, each in a sentence of its own."""

    NOT_TRADED = "not traded"
    ELSEWHERE = "elsewhere"
    ADVICE = "advice"
    FORECAST = "forecast"
    DEPTH = "depth"
    CUSTODY = "custody"
    VOTES = "votes"
    PATTERNS = "patterns"
    NEWS = "news"
    TAXES = "taxes"
    SECRETS = "secrets"
    CONDITIONAL = "conditional"
    LEVERAGE = "leverage"
    SEVERAL = "several"
    """A wish beside something else: what trades must stand alone."""
    UNSURE = "unsure"
    """Like a question of ours, but with words that may change it; `Decline.name` has them."""
    OFF_TOPIC = "off topic"


class About(StrEnum):
    """What advice was asked about: the books have figures on it."""

    RISK = "risk"
    SALES = "sales"


@dataclass(frozen=True, slots=True)
class Decline:
    """Not ours to answer; `name` is what was asked about, as it was written. `symbol` is a coin of ours named too."""

    topic: Topic
    name: str = ""
    symbol: str | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice that is not given, beside the figures it would be about."""

    about: About

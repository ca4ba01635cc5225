"""Questions about prices and indicators, as data."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.agent.asked.figures import IndicatorName


@dataclass(frozen=True, slots=True)
class PriceAsked:
    """The price of one base, or of everything we trade, or of what is held.

    `unexplained`: why it moved was asked, which nobody here knows.
    """

    symbol: str | None = None
    held: bool = False
    unexplained: bool = False


@dataclass(frozen=True, slots=True)
class Volume:
    """What was traded in a coin on our market in 24 hours."""

    symbol: str


@dataclass(frozen=True, slots=True)
class IndicatorAsked:
    """An indicator over closed candles; `name` None for the usual ones together."""

    symbol: str
    timeframe: str = "1d"
    name: IndicatorName | None = None


@dataclass(frozen=True, slots=True)
class MarketHours:
    """Whether the market is open."""


@dataclass(frozen=True, slots=True)
class SymbolsAsked:
    """What is traded here."""

"""A question taken apart: one spelling, its coins, its span of time."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from chatbot.agent.grammar.coins import Mentions, mentions
from chatbot.agent.grammar.spans import find_span
from chatbot.agent.grammar.words import normalise
from chatbot.agent.queries import Query

_OURS = (
    r"\b(?:i|we|my|our|ours|us|me|mine|you|your|it|its|this|that|bot|portfolio|account|trader|purser"
    r"|pnl|roi|equity|profits?|trades|trading|drawdowns?|sharpe|sortino|volatility|holdings?|positions?|benchmarks?|rebalance)\b"
)
_HOW_TO = r"^how (?:to|(?:do|can|could|would|should) (?:i|you|one))\b(?!.*\b(?:my|our)\b)"
_FEW = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """`text` is all of the question in one form, `rest` the same without its span of time."""

    text: str
    rest: str
    window: str | None
    mentions: Mentions
    traded: frozenset[str]

    def trades(self, base: str) -> bool:
        """Whether we trade `base`."""
        return base in self.traded

    @property
    def symbol(self) -> str | None:
        """The first coin of ours that is named."""
        return self.mentions.symbols[0] if self.mentions.symbols else None

    @property
    def ours(self) -> bool:
        """Whether it is likely about us: a coin of ours, one of us, our trade's words, or next to nothing else."""
        about_us = self.has(_OURS) or len(self.rest.split()) <= _FEW
        return self.symbol is not None or (about_us and not self.has(_HOW_TO))

    def has(self, pattern: str) -> bool:
        return re.search(pattern, self.rest) is not None


def hear(text: str, symbols: Collection[str]) -> Heard:
    """`text` taken apart; `symbols` are the bases we trade."""
    normal = normalise(text)
    window, rest = find_span(normal)
    return Heard(normal, rest, window, mentions(text, normal, symbols), frozenset(symbols))


Reading = Callable[[Heard], Query | None]
"""From a question whose kind is known to its query; None when it is not about us after all."""

"""A model's text, sentence by sentence: what the figures bear out stays, the rest is left out and counted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chatbot.agent.grammar.coins import COIN_NAMES
from chatbot.agent.grounding import vocabulary
from chatbot.agent.grounding.binding import Binder
from chatbot.agent.grounding.clauses import clauses_of, coins_named, sentences_of
from chatbot.agent.grounding.context import Context, NotBound, one_event
from chatbot.agent.grounding.figures import Figures
from chatbot.agent.grounding.general import is_general
from chatbot.agent.grounding.glosses import Language, language_of
from chatbot.agent.grounding.times import Times
from chatbot.agent.grounding.tokens import NotReadable
from chatbot.present import numbers as n
from trading.contract import Reader

LONGEST = 600
"""Characters of a model's text that are read."""
_FILLED = re.compile(r"\{(f\d+)\}")
_NEVER = re.compile(
    r"https?:|www\.|\w\.(?:com|org|net|io|xyz|app|me)\b|[@<>`\\|^\[\]]|(?<![\w])/\w|\*\*|__|javascript:", re.IGNORECASE
)
"""Links, mentions, markup and commands: nothing that a model writes may be pressed."""


@dataclass(frozen=True, slots=True)
class Grounded:
    """What is left of a text, and how many sentences are not."""

    text: str
    left_out: int


class Grounding:
    """Checks texts against `figures`, with the reader's coins, currency, spans and zone.

    `looked_up` says whether anything was: only where nothing was may a sentence be about the world at large.
    """

    def __init__(self, figures: Figures, reader: Reader, *, looked_up: bool = True) -> None:
        self._figures = figures
        self._general = not looked_up
        times = Times(figures, reader.window, reader.world.timezone)
        self._binder = Binder(figures, times, reader.world.quote)
        traded = {found.base.lower(): found.base for found in reader.symbols()}
        self._coins: Mapping[str, str] = {**COIN_NAMES, **traded}

    def check(self, text: str) -> Grounded:
        """`text` without the sentences that cannot be bound; placeholders are filled."""
        clean = _visible(text)
        language = language_of(_FILLED.sub(" ", clean))
        kept: list[str] = []
        sentences = sentences_of(clean[:LONGEST])
        context = Context()
        for sentence in sentences:
            before = replace(context, covered=set(), events=[], measures=frozenset(), comparison=0)
            after = self._holds(sentence, language, before)
            context = after if after is not None else replace(before, subject=self._about(sentence, before.subject))
            kept += [self._shown(sentence)] if after is not None else []
        cut = 1 if len(clean) > LONGEST and kept and len(kept) == len(sentences) else 0
        return Grounded(" ".join(kept[: len(kept) - cut]), len(sentences) - len(kept) + cut)

    def _holds(self, sentence: str, language: Language, context: Context) -> Context | None:
        """What is said with the sentence, where all that it claims is so; None otherwise."""
        if _NEVER.search(sentence):
            return None
        if self._general and is_general(sentence, language, self._coins):
            return context
        try:
            clauses = clauses_of(sentence, language, self._coins, self._figures)
            own = {words for clause in clauses for words in clause.spans}
            for clause in clauses:
                context.spans = next(iter([clause.spans])) or (tuple(own) if len(own) == 1 else context.spans)
                self._binder.bind(clause, context)
        except (NotReadable, NotBound):
            return None
        told = coins_named(clauses) <= context.covered and one_event(context.events)
        return context if told and (clauses or not sentence) else None

    def _about(self, sentence: str, subject: str) -> str:
        """Whom a sentence that was left out spoke of: "it" in the next one may mean that."""
        words = re.findall(r"[^\W_]+", sentence.lower())
        named = [self._coins[word] for word in words if word in self._coins]
        return named[-1] if named else "portfolio" if any(word in vocabulary.US for word in words) else subject

    def _shown(self, sentence: str) -> str:
        return _FILLED.sub(lambda found: self._filled(found[1]), sentence)

    def _filled(self, figure_id: str) -> str:
        figure = self._figures.get(figure_id)
        return figure.shown if figure is not None else n.UNKNOWN


def _visible(text: str) -> str:
    """Without control characters and marks that cannot be seen; lines stay."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C").strip()

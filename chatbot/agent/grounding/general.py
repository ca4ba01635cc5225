"""Sentences of general knowledge: they say nothing of the books, so there is nothing in them to check."""

from __future__ import annotations

import re
from collections.abc import Collection

from chatbot.agent.grounding.amounts import NUMBER_WORDS
from chatbot.agent.grounding.glosses import Language
from chatbot.agent.grounding.vocabulary import COMPARISONS, DIRECTIONS, ENGLISH, LOUD, OTHERS, SUPERLATIVES, US

_CLAIMS = frozenset({*DIRECTIONS, *COMPARISONS, *SUPERLATIVES, *LOUD, *OTHERS, *US, *NUMBER_WORDS})
_AMOUNTS = frozenset(
    {"half", "double", "twice", "third", "all", "everything", "nothing", "none", "never", "always", "most", "every"}
)
_DEEDS = frozenset({"bought", "sold", "placed", "approved", "executed", "halted", "paused", "resumed", "transferred"})


def is_general(sentence: str, language: Language, coins: Collection[str]) -> bool:
    """Whether `sentence` names no number, no direction, no coin, no deed, and not us, in a language that is known."""
    if any(c.isnumeric() for c in sentence):
        return False
    words = re.findall(r"[^\W\d_]+", language.gloss(sentence))
    understood = sum(word in ENGLISH for word in words)
    claims = any(word in _CLAIMS | _DEEDS | _AMOUNTS or word in coins for word in words)
    return bool(words) and not claims and understood * 3 >= len(words)

"""A model's checked words and the answers of code, made into one reply that ends with its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatbot.agent.grounding.grounding import Grounded
from chatbot.agent.toolbox import Answered
from chatbot.message import Reply
from chatbot.present import marks
from chatbot.present.layout import prose

_MOST_SOURCES = 3


def told(grounded: Grounded, answered: Sequence[Answered], model: str) -> Reply | None:
    """The reply; None when there is neither a sentence nor an answer."""
    if not answered:
        if not grounded.text:
            return None
        text = prose(f"{marks.ANSWER} {grounded.text}", left_out(grounded), f"Words of {model}; nothing was looked up.")
        return Reply(text=text)
    best = answered[-1].reply
    if not grounded.text:
        return replace(best, text=prose(best.text, left_out(grounded)))
    sources = dict.fromkeys(_source(found.reply) for found in answered[-_MOST_SOURCES:])
    return replace(best, text=prose(f"{marks.ANSWER} {grounded.text}", left_out(grounded), *sources), ok=True)


def left_out(grounded: Grounded) -> str:
    """How many sentences are missing, and why; empty when none is."""
    count = grounded.left_out
    if not count:
        return ""
    return f"{count} {'sentence' if count == 1 else 'sentences'} left out: not borne out by the books."


def _source(reply: Reply) -> str:
    """An answer's last line says its time, window and mode."""
    return reply.text.splitlines()[-1] if reply.text else ""

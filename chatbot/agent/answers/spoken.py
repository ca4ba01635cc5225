"""Windows as they are spoken in a query, resolved by the reader."""

from __future__ import annotations

from chatbot.message import Reply
from chatbot.present import marks
from trading.contract import Reader, Window

ALL = "all"


class NotUnderstood(Exception):
    """A span of time that the reader does not know."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def resolve(words: str | None, reader: Reader) -> Window:
    """The window of `words`; without any, everything since inception. Raises NotUnderstood."""
    window = reader.window(words or ALL)
    if window is None:
        raise NotUnderstood(words or ALL)
    return window


def unknown_span(words: str) -> Reply:
    """What to say about a span we do not know."""
    text = f'{marks.REFUSED} I do not know the span "{words}". Say today, last week, since March, or all time.'
    return Reply(text=text, ok=False)

"""How many tokens a conversation takes, counted from its characters and rather too high than too low.

Models cut text into pieces first and into tokens then. The pieces are known: digits go in threes, each mark of
punctuation and each line break is at most one token, a space goes with the word after it but not with a digit. Words
are guessed at four letters a token, which English prose stays below; what lies outside ASCII
counts its bytes, which no token is smaller than.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from trading.brain.prompt import Message

PER_MESSAGE = 6
"""What a message's own frame takes."""

DIGITS_A_TOKEN = 3
LETTERS_A_TOKEN = 4
_PIECES = re.compile(r"[0-9]+|[A-Za-z]+|\s+(?=[^A-Za-z\s])|\n|[^\w\s]|[^\x00-\x7f]|_")
"""Runs of digits, runs of letters, spaces that no word takes along, and whatever counts by itself."""


def estimate(messages: Sequence[Message]) -> int:
    """Tokens of `messages`."""
    return sum(PER_MESSAGE + tokens_of(message.content) for message in messages)


def tokens_of(text: str) -> int:
    """Tokens of `text`."""
    return sum(map(_tokens, _PIECES.findall(text)))


def _tokens(piece: str) -> int:
    if not piece.isascii():
        return len(piece.encode("utf-8", "replace"))
    if piece[0].isdigit():
        return math.ceil(len(piece) / DIGITS_A_TOKEN)
    return math.ceil(len(piece) / LETTERS_A_TOKEN) if piece[0].isalpha() else 1

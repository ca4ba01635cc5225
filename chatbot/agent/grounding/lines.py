"""Figures in the lines of an answer whose read models have no names here: each with the words beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from chatbot.agent.grounding.amounts import NUMBER, read_number
from chatbot.agent.grounding.figures import PORTFOLIO, Figure, Measure, Unit
from chatbot.agent.grounding.vocabulary import CLAIMS, HARMLESS
from chatbot.message import Reply

_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_FIGURE = re.compile(
    rf"(?<![\w.,:-])(?P<sign>[+\u2212-]?)(?P<currency>\$?)(?P<number>{NUMBER})(?![\w:])(?! (?:{_MONTHS})\b) ?"
    r"(?P<unit>%|pts|points)?"
)
_PARTS = re.compile(r"[;\u00b7]|,(?!\d)|(?<=[a-z])\.\s")
_UNITS = {"%": Unit.PERCENT, "pts": Unit.POINTS, "points": Unit.POINTS}


def figures_in_lines(reply: Reply) -> list[Figure]:
    """The figures of `reply` but for its last line, the sources."""
    return [figure for line in reply.text.splitlines()[:-1] for figure in _of_line(line)]


def _of_line(line: str) -> Iterator[Figure]:
    """A part with one number and with words says what the number is; any other is left alone."""
    head = line.partition(":")[0] if re.search(r":\s", line) else ""
    for part in _PARTS.split(line):
        found = list(_FIGURE.finditer(part))
        # A number that stands alone between commas is about all that is said before it.
        words = [*_words(head), *_words(_FIGURE.sub(" ", part))] or _words(line)
        if len(found) == 1 and set(words) - CLAIMS:
            yield from _figure(found[0], " ".join(dict.fromkeys(words)))


def _figure(found: re.Match[str], label: str) -> Iterator[Figure]:
    written = read_number(found["number"])
    if written is not None:
        value = -written.size if found["sign"] in ("-", "\u2212") else written.size
        unit = Unit.MONEY if found["currency"] else _UNITS.get(found["unit"] or "", Unit.PLAIN)
        yield Figure(PORTFOLIO, Measure.OTHER, unit, Decimal(value), found[0].strip(), label=label)


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", text.lower()) if word not in HARMLESS and len(word) > 1]

"""Lines for a fixed-width font on a phone: at most 36 columns, figures at the right edge."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

WIDTH = 36
_GAP = 2
_GLUE = "\u00a0"
_UNIT = re.compile(r"(?<=\d) (%|pts|points|h\b|min\b|s\b)")
"""A figure and its unit stay on one line."""
Lines = list[str]


def columns(text: str) -> int:
    """How many columns `text` takes; marks take two, joiners and selectors none."""
    return len(text) if text.isascii() else sum(_cell(char) for char in text)


def pair(left: str, right: str) -> Lines:
    """`left` and `right` at the two edges; on lines of their own where they do not fit on one."""
    blanks = WIDTH - columns(left) - columns(right)
    if blanks >= 1:
        return [left + " " * blanks + right]
    return [*wrapped(left), *(" " * (WIDTH - columns(line)) + line for line in wrapped(right))]


def wrapped(text: str, indent: str = "", most: int | None = None) -> Lines:
    """`text` broken at blanks, every line indented; with `most`, cut after so many lines with an ellipsis."""
    words = " ".join(text.split())
    if words and columns(indent) + columns(words) <= WIDTH:
        return [indent + words]
    words = _UNIT.sub(_GLUE + "\\1", words)
    room = WIDTH - max(0, sum(_cell(char) - 1 for char in words if _cell(char) > 1))
    lines = textwrap.wrap(
        words, max(12, room), initial_indent=indent, subsequent_indent=indent, max_lines=most, placeholder=" …"
    )
    return [line.replace(_GLUE, " ") for line in lines]


def aligned(rows: Sequence[Sequence[str]], align: str) -> list[Lines]:
    """The lines of each row, cells in columns; `align` has "<" or ">" per column.

    Where one row is too wide for the width, every row puts its first cell left and the rest right.
    """
    widths = [max(columns(row[i]) for row in rows) for i in range(len(align))] if rows else []
    if sum(widths) + _GAP * (len(widths) - 1) > WIDTH:
        return [pair(row[0], " ".join(cell for cell in row[1:] if cell)) for row in rows]
    return [[_line(row, align, widths)] for row in rows]


def table(rows: Sequence[Sequence[str]], align: str) -> Lines:
    """:func:`aligned` rows, one below the other."""
    return [line for lines in aligned(rows, align) for line in lines]


def block(*parts: Iterable[str]) -> str:
    """Paragraphs of lines with an empty line between; empty paragraphs vanish."""
    return "\n\n".join(text for text in ("\n".join(part) for part in parts) if text)


def prose(*lines: str) -> str:
    """Sentences one below the other; empty ones vanish."""
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """`text` from outside on a single line, so that none of it can pass for a line of ours."""
    return " ".join(text.split())


def capitalized(text: str) -> str:
    """`text` with its first letter large; the rest stays ("since 30 Jul" keeps its month)."""
    return text[:1].upper() + text[1:]


def _line(row: Sequence[str], align: str, widths: Sequence[int]) -> str:
    cells = (_placed(cell, side, width) for cell, side, width in zip(row, align, widths, strict=True))
    return (" " * _GAP).join(cells).rstrip()


def _placed(text: str, side: str, width: int) -> str:
    blanks = " " * (width - columns(text))
    return blanks + text if side == ">" else text + blanks


@lru_cache(4096)
def _cell(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" or char == "⚠" else 1

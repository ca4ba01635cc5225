"""Text on Discord: shown as it was written, in pieces within a limit, cut at line ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

_INLINE_MARKUP = re.compile(r"(?P<address>https?://\S+)|[\\*_`]|~(?=~)|\|(?=\|)|<(?=[@#:/A-Za-z])|\[(?=[^\]\n]*\]\()")
_LINE_MARKUP = re.compile(r"^([ \t]*)(?=#{1,3} |>(?:>>)? |[+-] |-# )|^([ \t]*\d+)(?=\. )", re.MULTILINE)
_BACKQUOTES = re.compile("`{3,}")
_FENCE = "```\n{}\n```"


def units(text: str) -> int:
    """Length in UTF-16 units, the strictest way in which Discord counts."""
    return len(text.encode("utf-16-le")) // 2


def escape(text: str) -> str:
    """`text` so that Discord shows it as it is; addresses stay links. (The library's own breaks indented lists.)"""
    inline = _INLINE_MARKUP.sub(lambda match: match[0] if match["address"] else f"\\{match[0]}", text)
    return _LINE_MARKUP.sub(lambda match: f"{match[0]}\\", inline)


def fence(text: str) -> str:
    """`text` as a monospace block."""
    return _FENCE.format(_unfenced(text))


def split(text: str, limit: int, dress: Callable[[str], str]) -> Iterator[str]:
    """`dress`ed pieces of `text`, each at most `limit` long, cut at line ends where that is possible.

    What `dress` adds to lines together is what it adds to each, and once what it adds to nothing.
    """
    frame = units(dress(""))
    piece: list[str] = []
    length = frame
    # Half a character, as broken JSON may bring it, cannot be sent at all.
    whole = text.encode("utf-8", "replace").decode()
    for line in _short_lines(whole.strip("\n"), limit, dress):
        added = units(dress(line)) - frame + 1
        if piece and length + added - 1 > limit:
            yield from _dressed(piece, dress)
            piece, length = [], frame
        piece.append(line)
        length += added
    yield from _dressed(piece, dress)


def _dressed(piece: Sequence[str], dress: Callable[[str], str]) -> Iterator[str]:
    """Nothing for blank lines alone: Discord refuses a message without visible text."""
    if any(line.strip() for line in piece):
        yield dress("\n".join(piece))


def _short_lines(text: str, limit: int, dress: Callable[[str], str]) -> Iterator[str]:
    for line in text.split("\n"):
        rest = line
        while units(dress(rest)) > limit:
            cut = _cut(rest, limit, dress)
            yield rest[:cut].rstrip()
            rest = rest[cut:].lstrip()
        yield rest


def _cut(line: str, limit: int, dress: Callable[[str], str]) -> int:
    """Where to break a line that is too long: after the last space that fits, else at the last character that does."""
    low, high = 1, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if units(dress(line[:middle])) <= limit else (low, middle - 1)
    space = line.rfind(" ", 1, low)
    return space + 1 if space > 0 and line[:space].strip() else low


def _unfenced(text: str) -> str:
    """Zero-width spaces keep backquotes of the text, however many, from closing its own block."""
    return _BACKQUOTES.sub(lambda run: "\u200b".join(run[0]), text)

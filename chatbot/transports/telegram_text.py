"""How a Reply reads on Telegram: HTML parts within the platform's limits.

Telegram counts text in UTF-16 code units after the markup is parsed: 4,096 in a message, 1,024 in a
caption. Longer text is split at line ends; every part is valid HTML by itself and nothing is lost but
the line break at the joint.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatbot.message import Reply, monospace

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class Text:
    """One message's text, with markup and without."""

    html: str
    plain: str


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that look alike: prose, or fixed-width."""

    text: str
    fixed: bool

    @property
    def html(self) -> str:
        escaped = html.escape(self.text, quote=False)
        return f"<pre>{escaped}</pre>" if self.fixed else escaped


def body(reply: Reply) -> tuple[Text, ...]:
    """Everything readable in `reply`, in parts of at most 4,096 units."""
    return tuple(render(part) for part in split(blocks(reply), TEXT_LIMIT))


def as_caption(reply: Reply) -> Text | None:
    """The whole of `reply` as the caption of its one picture; None where it has another number, or does not fit."""
    if len(reply.pictures) != 1:
        return None
    caption = scrubbed(reply.pictures[0].caption)
    content = list(blocks(reply))
    if caption and not is_said(caption, content):
        content.append(Block(caption, fixed=False))
    return caption_of(content)


def is_said(caption: str, content: Sequence[Block]) -> bool:
    """Whether `content` says every part of `caption` already: "PAPER · Ahead of BTC" says two things."""
    return all(any(part in block.text for block in content) for part in caption.split(" · "))


def body_as_caption(reply: Reply) -> Text | None:
    """The readable part of `reply` as a caption; None where it does not fit."""
    return caption_of(list(blocks(reply)))


def caption_of(content: Sequence[Block]) -> Text | None:
    text = render(content)
    return text if units(text.plain) <= CAPTION_LIMIT else None


def blocks(reply: Reply) -> Iterator[Block]:
    """The readable parts of `reply` in order; empty ones are left out."""
    parts = [(reply.text, False), (reply.card, True), *((monospace(table), True) for table in reply.tables)]
    for text, fixed in parts:
        if scrubbed(text).strip():
            yield Block(scrubbed(text).strip("\n"), fixed)


def render(content: Sequence[Block]) -> Text:
    return Text("\n".join(block.html for block in content), "\n".join(block.text for block in content))


def split(content: Iterable[Block], limit: int) -> list[list[Block]]:
    """`content` in parts of at most `limit` units; a fixed-width block is kept whole where a part can hold it."""
    parts: list[list[Block]] = [[]]
    room = limit
    for piece in (piece for block in content for piece in pieces(block, limit)):
        cost = units(piece.text) + bool(parts[-1])
        if cost > room:
            parts.append([])
            room, cost = limit, units(piece.text)
        parts[-1].append(piece)
        room -= cost
    # Telegram trims white space and refuses what is then empty.
    return [part for part in parts if render(part).plain.strip()]


def pieces(block: Block, limit: int) -> Iterator[Block]:
    """`block`, or, where it exceeds `limit`, as few pieces of whole lines as hold it."""
    lines: list[str] = []
    size = 0
    for line in (short for whole in block.text.split("\n") for short in cut(whole, limit)):
        cost = units(line) + bool(lines)
        if size + cost > limit:
            yield Block("\n".join(lines), block.fixed)
            lines, size, cost = [], 0, units(line)
        lines.append(line)
        size += cost
    yield Block("\n".join(lines), block.fixed)


def cut(line: str, limit: int) -> Iterator[str]:
    """`line` in lengths of at most `limit` units, at a space where the second half of the length has one."""
    while units(line) > limit:
        head = line.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")
        space = head.rfind(" ") + 1
        head = head[:space] if space > len(head) // 2 else head
        yield head
        line = line[len(head) :]
    yield line


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def scrubbed(text: str) -> str:
    """`text` without what cannot travel: lone surrogates become "?", NUL and carriage returns vanish."""
    return text.encode("utf-8", "replace").decode().replace("\0", "").replace("\r", "")

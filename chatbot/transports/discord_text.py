"""A Reply as Discord messages: prose as content, cards and tables as embeds, within Discord's limits, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import discord

from chatbot.message import Button, Picture, Reply, Table, Tone, monospace

CONTENT_LIMIT = 2000
DESCRIPTION_LIMIT = 4096
EMBED_LIMIT = 10
EMBED_TOTAL_LIMIT = 6000
BUTTON_LIMIT = 25

COLOURS = {
    Tone.PLAIN: 0x999999,
    Tone.GOOD: 0x009E73,
    Tone.BAD: 0xD55E00,
    Tone.WAITING: 0x0072B2,
    Tone.WARNING: 0xE69F00,
}

_INLINE_MARKUP = re.compile(r"(?P<address>https?://\S+)|[\\*_`]|~(?=~)|\|(?=\|)|<(?=[@#:/A-Za-z])|\[(?=[^\]\n]*\]\()")
_LINE_MARKUP = re.compile(r"^([ \t]*)(?=#{1,3} |>(?:>>)? |[+-] |-# )|^([ \t]*\d+)(?=\. )", re.MULTILINE)
_FENCE = "```\n{}\n```"
_NOTHING = "(nothing to show)"
_MORE_BUTTONS = "More choices:"


@dataclass(frozen=True, slots=True)
class DiscordMessage:
    """One message that Discord accepts. Picture names are unique in it and are what its embeds refer to."""

    content: str = ""
    embeds: tuple[discord.Embed, ...] = ()
    pictures: tuple[Picture, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    """An embed in the making: `text` is what it shows, already escaped or fenced."""

    text: str
    picture: Picture | None = None


def render(reply: Reply) -> tuple[DiscordMessage, ...]:
    """`reply` as one message or more, to be sent in this order; the buttons are under the last."""
    colour = COLOURS[reply.tone]
    blocks = [*_cards(reply.card), *_tables(reply.tables), *_pictures(reply.pictures)]
    contents = list(split(reply.text, CONTENT_LIMIT, escape)) or [""]
    groups = list(_groups(blocks)) or [[]]
    messages = [DiscordMessage(content) for content in contents[:-1]]
    messages.append(_message(contents[-1], groups[0], colour))
    messages.extend(_message("", group, colour) for group in groups[1:])
    return tuple(_with_buttons(messages, reply.buttons))


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
    for line in _short_lines(text.strip("\n"), limit, dress):
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


def _cards(card: str) -> Iterator[_Block]:
    return (_Block(text) for text in split(card, DESCRIPTION_LIMIT, fence))


def _tables(tables: Iterable[Table]) -> Iterator[_Block]:
    for table in tables:
        yield from (_Block(text) for text in split(monospace(table), DESCRIPTION_LIMIT, fence))


def _pictures(pictures: Iterable[Picture]) -> Iterator[_Block]:
    for picture in pictures:
        *before, caption = list(split(picture.caption, DESCRIPTION_LIMIT, escape)) or [""]
        yield from (_Block(text) for text in before)
        yield _Block(caption, picture)


def _groups(blocks: Iterable[_Block]) -> Iterator[list[_Block]]:
    """Blocks that fit into one message together."""
    group: list[_Block] = []
    for block in blocks:
        full = len(group) == EMBED_LIMIT or sum(units(each.text) for each in [*group, block]) > EMBED_TOTAL_LIMIT
        if group and full:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _message(content: str, blocks: Sequence[_Block], colour: int) -> DiscordMessage:
    embeds: list[discord.Embed] = []
    pictures: list[Picture] = []
    for block in blocks:
        embed = discord.Embed(description=block.text or None, colour=colour)
        if block.picture is not None:
            pictures.append(replace(block.picture, name=_file_name(block.picture.name, len(pictures))))
            embed.set_image(url=f"attachment://{pictures[-1].name}")
        embeds.append(embed)
    return DiscordMessage(content or ("" if embeds else _NOTHING), tuple(embeds), tuple(pictures))


def _with_buttons(messages: list[DiscordMessage], buttons: tuple[Button, ...]) -> Iterator[DiscordMessage]:
    yield from messages[:-1]
    yield replace(messages[-1], buttons=buttons[:BUTTON_LIMIT])
    for start in range(BUTTON_LIMIT, len(buttons), BUTTON_LIMIT):
        yield DiscordMessage(_MORE_BUTTONS, buttons=buttons[start : start + BUTTON_LIMIT])


def _file_name(name: str, position: int) -> str:
    """Unique within a message, and of the characters that Discord leaves as they are."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name) or "chart.png"
    return plain if position == 0 else f"{position + 1}-{plain}"


def _unfenced(text: str) -> str:
    """A zero-width space keeps backquotes of the text from closing its own block."""
    return text.replace("```", "`\u200b`\u200b`")

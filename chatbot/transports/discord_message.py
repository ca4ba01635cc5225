"""A Reply as Discord messages: prose as content, cards and tables as embeds, within Discord's limits, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import discord

from chatbot.message import Attachment, Button, Picture, Reply, Table, Tone, monospace
from chatbot.transports.discord_text import escape, fence, split, units

CONTENT_LIMIT = 2000
DESCRIPTION_LIMIT = 4096
EMBED_LIMIT = 10
EMBED_TOTAL_LIMIT = 6000
BUTTON_LIMIT = 25
FILE_LIMIT = 10
FILE_BYTES = 10 * 1024 * 1024
"""What a server without boosts takes per file."""
MESSAGE_BYTES = 25 * 1000 * 1000

COLOURS = {
    Tone.PLAIN: 0x999999,
    Tone.GOOD: 0x009E73,
    Tone.BAD: 0xD55E00,
    Tone.WAITING: 0x0072B2,
    Tone.WARNING: 0xE69F00,
}

_NOTHING = "(nothing to show)"
_MORE_BUTTONS = "More choices:"


@dataclass(frozen=True, slots=True)
class DiscordMessage:
    """One message that Discord accepts. Names of pictures and files are unique in it; embeds refer to pictures'."""

    content: str = ""
    embeds: tuple[discord.Embed, ...] = ()
    pictures: tuple[Picture, ...] = ()
    buttons: tuple[Button, ...] = ()
    files: tuple[Attachment, ...] = ()
    silent: bool = False


@dataclass(frozen=True, slots=True)
class _Block:
    """An embed in the making: `text` is what it shows, already escaped or fenced."""

    text: str
    picture: Picture | None = None


def render(reply: Reply) -> tuple[DiscordMessage, ...]:
    """`reply` as one message or more, to be sent in this order; files and then buttons are under the last."""
    colour = COLOURS[reply.tone]
    head, body = _prose(reply)
    blocks = [*body, *_cards(reply.card), *_tables(reply.tables), *_pictures(reply.pictures), *_captions(reply.files)]
    contents = list(split(head, CONTENT_LIMIT, escape)) or [""]
    groups = list(_groups(blocks)) or [[]]
    messages = [DiscordMessage(content) for content in contents[:-1]]
    messages.append(_message(contents[-1], groups[0], colour))
    messages.extend(_message("", group, colour) for group in groups[1:])
    messages = list(_with_files(messages, reply.files))
    return tuple(replace(each, silent=reply.silent) for each in _with_buttons(messages, reply.buttons))


def _prose(reply: Reply) -> tuple[str, list[_Block]]:
    """The text as content; where a tone has nothing else to colour, all but its first line goes into an embed."""
    first, _, rest = reply.text.strip("\n").partition("\n")
    if reply.tone is Tone.PLAIN or reply.card or reply.tables or reply.pictures or reply.files or not rest.strip():
        return reply.text, []
    return first, [_Block(text) for text in split(rest, DESCRIPTION_LIMIT, escape)]


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


def _captions(files: Iterable[Attachment]) -> Iterator[_Block]:
    """What files are about, said once, and which of them Discord does not take."""
    told = dict.fromkeys(line for file in files for line in (file.caption, _too_large(file)) if line)
    return (_Block(text) for text in split("\n".join(told), DESCRIPTION_LIMIT, escape))


def _too_large(file: Attachment) -> str:
    """Why it is not attached, or nothing."""
    if len(file.data) <= FILE_BYTES:
        return ""
    size, limit = len(file.data) / 1024**2, FILE_BYTES // 1024**2
    return f"{file.name} has {size:.1f} MB; Discord takes {limit} MB. Ask for a shorter span of time."


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


def _with_files(messages: Sequence[DiscordMessage], files: Iterable[Attachment]) -> Iterator[DiscordMessage]:
    """Files under the last message, and under further ones when they are too many or too much for it."""
    yield from messages[:-1]
    last = messages[-1]
    for file in files:
        if len(file.data) > FILE_BYTES:
            continue
        if _count(last) == FILE_LIMIT or _bytes(last) + len(file.data) > MESSAGE_BYTES:
            yield last
            last = DiscordMessage()
        last = replace(last, files=(*last.files, replace(file, name=_file_name(file.name, _count(last)))))
    yield last


def _count(message: DiscordMessage) -> int:
    return len(message.pictures) + len(message.files)


def _bytes(message: DiscordMessage) -> int:
    return sum(len(each.png) for each in message.pictures) + sum(len(each.data) for each in message.files)


def _with_buttons(messages: list[DiscordMessage], buttons: Iterable[Button]) -> Iterator[DiscordMessage]:
    """Discord refuses a message in which two buttons do the same: the first one stays."""
    by_id: dict[str, Button] = {}
    for button in buttons:
        by_id.setdefault(button.id, button)
    distinct = tuple(by_id.values())
    yield from messages[:-1]
    yield replace(messages[-1], buttons=distinct[:BUTTON_LIMIT])
    for start in range(BUTTON_LIMIT, len(distinct), BUTTON_LIMIT):
        yield DiscordMessage(_MORE_BUTTONS, buttons=distinct[start : start + BUTTON_LIMIT])


def _file_name(name: str, position: int) -> str:
    """Unique within a message, and of the characters that Discord leaves as they are."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name) or "chart.png"
    return plain if position == 0 else f"{position + 1}-{plain}"

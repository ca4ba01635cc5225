"""Which Telegram messages a Reply becomes, in which order: text, then pictures, then files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from chatbot.message import Attachment, Button, Picture, Reply
from chatbot.transports.telegram_text import (
    TEXT_LIMIT,
    Block,
    Text,
    as_caption,
    body,
    caption_of,
    render,
    scrubbed,
    split,
)

FILE_BYTES = 50_000_000
NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One Telegram message: text, or a picture or a file with `text` as its caption."""

    text: Text
    picture: Picture | None = None
    file: Attachment | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Composed:
    """The messages a Reply becomes, in order. `main` is the index of the one with the buttons, to be edited later."""

    messages: tuple[Outgoing, ...]
    main: int


def compose(reply: Reply) -> Composed:
    """`reply` as Telegram messages: text and one picture in one where they fit, else each by itself."""
    single = as_caption(reply)
    texts = [Outgoing(single, reply.pictures[0])] if single is not None else [Outgoing(text) for text in body(reply)]
    messages = [*texts, *(pictures(reply) if single is None else ()), *files(reply)]
    main = len(texts) - 1 if texts else len(messages) - 1
    if messages:
        messages[main] = replace(messages[main], buttons=reply.buttons)
    return Composed(tuple(messages), main)


def pictures(reply: Reply) -> list[Outgoing]:
    return [message for picture in reply.pictures for message in of_picture(picture)]


def files(reply: Reply) -> list[Outgoing]:
    return [message for file in reply.files for message in of_file(file)]


def of_picture(picture: Picture) -> list[Outgoing]:
    """A picture with its caption, or followed by it where it is too long for one."""
    return captioned(picture.caption, lambda text: Outgoing(text, picture=picture))


def of_file(file: Attachment) -> list[Outgoing]:
    """A file with its caption; a sentence instead of what Telegram does not take."""
    if not file.data:
        return told(f"{file.name} is empty, so it is not sent.")
    if len(file.data) > FILE_BYTES:
        size = f"{len(file.data) / 1_000_000:.1f} MB"
        return told(f"{file.name} has {size} and Telegram takes at most {FILE_BYTES // 1_000_000} MB. Ask for less.")
    return captioned(file.caption, lambda text: Outgoing(text, file=file))


def captioned(caption: str, carrier: Callable[[Text], Outgoing]) -> list[Outgoing]:
    """The carrier of `caption`, or without it and followed by it where it is too long."""
    content = [Block(scrubbed(caption), fixed=False)]
    if (fitting := caption_of(content)) is not None:
        return [carrier(fitting)]
    return [carrier(NOTHING), *(Outgoing(render(part)) for part in split(content, TEXT_LIMIT))]


def told(sentence: str) -> list[Outgoing]:
    return [Outgoing(render([Block(scrubbed(sentence), fixed=False)]))]

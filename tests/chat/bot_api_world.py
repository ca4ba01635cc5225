"""What the Bot API server of the tests knows: people, chats, messages, faults. Plain records; no protocol."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class User:
    id: int
    username: str = ""
    first_name: str = "Pat"
    is_bot: bool = False

    def json(self) -> dict[str, Any]:
        user = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        return user | ({"username": self.username} if self.username else {})


@dataclass
class Chat:
    id: int
    type: str
    title: str
    username: str = ""
    refusal: tuple[int, str] | None = None
    """What every message there is refused with: a code and its description."""
    moved_to: int | None = None
    topics: set[int] = field(default_factory=set)
    """The open topics; a chat that has any is a forum."""

    def json(self) -> dict[str, Any]:
        name = {"first_name": self.title} if self.type == "private" else {"title": self.title}
        forum = {"is_forum": True} if self.topics else {}
        user = {"username": self.username} if self.username else {}
        return {"id": self.id, "type": self.type} | name | user | forum


class Upload(bytes):
    """A file as it arrived in a multipart request."""

    name: str = ""


def upload_of(data: bytes, name: str) -> Upload:
    file = Upload(data)
    file.name = name
    return file


@dataclass(frozen=True)
class InlineButton:
    label: str
    data: str


@dataclass
class Sent:
    """A message of the bot as people see it now. `text` is the caption where there is a picture or a document."""

    id: int
    chat: Chat
    date: int
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    keyboard: list[list[InlineButton]] = field(default_factory=list)
    photo: bytes | None = None
    document: bytes | None = None
    file_name: str = ""
    topic: int | None = None
    silent: bool = False
    answers: int | None = None
    edits: int = 0
    inaccessible: bool = False

    @property
    def buttons(self) -> list[InlineButton]:
        return [button for row in self.keyboard for button in row]

    @property
    def has_media(self) -> bool:
        return self.photo is not None or self.document is not None

    def fixed_width(self) -> list[str]:
        """The texts shown in <pre>."""
        encoded = self.text.encode("utf-16-le")
        spans = [(e["offset"] * 2, (e["offset"] + e["length"]) * 2) for e in self.entities if e["type"] == "pre"]
        return [encoded[start:end].decode("utf-16-le") for start, end in spans]

    def look(self) -> tuple[Any, ...]:
        return (self.text, self.entities, self.keyboard, self.photo)

    def json(self, bot: User) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "message_id": self.id, "date": self.date, "chat": self.chat.json(), "from": bot.json(),
        }  # fmt: skip
        if self.topic is not None:
            shown |= {"message_thread_id": self.topic, "is_topic_message": True}
        shown |= self._content()
        if self.keyboard:
            rows = [[{"text": b.label, "callback_data": b.data} for b in row] for row in self.keyboard]
            shown["reply_markup"] = {"inline_keyboard": rows}
        return shown

    def _content(self) -> dict[str, Any]:
        if not self.has_media:
            return {"text": self.text, "entities": self.entities}
        caption = {"caption": self.text, "caption_entities": self.entities} if self.text else {}
        if self.document is not None:
            file = {"file_id": f"d{self.id}", "file_unique_id": f"d{self.id}", "file_size": len(self.document)}
            return {"document": file, **caption}
        width, height = png_size(self.photo or b"")
        size = {"file_id": f"f{self.id}", "file_unique_id": f"f{self.id}", "width": width, "height": height}
        return {"photo": [size], **caption}


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height out of a PNG's header; zeros where there is none."""
    if not png.startswith(PNG_MAGIC) or len(png) < 24:
        return (0, 0)
    width, height = struct.unpack(">II", png[16:24])
    return (width, height)


class Breakage(Enum):
    FLOOD = "answers 429"
    ERROR = "answers a bare HTTP error"
    CUT_BEFORE = "closes the connection without doing anything"
    CUT_AFTER = "does it, then closes the connection without an answer"
    SILENT_AFTER = "does it, then never answers"
    SILENT_BEFORE = "does nothing, and never answers"
    HALF_ANSWER = "does it, then stops in the middle of the answer and keeps the connection open"
    HELD = "answers when the test lets it"


@dataclass(frozen=True)
class Fault:
    """What goes wrong with the next call of a method. `number` is seconds for FLOOD, a status for ERROR."""

    breakage: Breakage
    number: int = 0


@dataclass(frozen=True)
class Call:
    """A request as it arrived, files left out."""

    method: str
    parameters: dict[str, str]

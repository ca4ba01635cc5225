"""The chat page's history: every message as it is now, and a cursor over its changes.

A reader asks for what changed after its cursor and gets each message once, in its newest form. So a tab that reloads,
sleeps or reads slowly loses nothing, holds nobody up and needs no queue of its own.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import structlog

from chatbot.message import Reply
from chatbot.transports.web_diary import Diary, Entry

HISTORY = 500
"""Messages kept."""
PICTURE_BYTES = 32 * 1024 * 1024
"""Bytes of pictures kept; the oldest go first, their captions stay."""
FILE_BYTES = 64 * 1024 * 1024
"""The same of files; a restart drops them, as they can be asked for again."""

_log = structlog.get_logger(__name__)


class Author(StrEnum):
    OWNER = "owner"
    PURSER = "purser"


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture of a message: its id at the shelf, and the sentence that says what it shows."""

    id: str
    caption: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a message: its id at the shelf, and what it is called."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A message on the page, its pictures and files apart. `change` is the cursor of its newest change.

    `answering` is True while the answer to it is still due.
    """

    id: str
    change: int
    author: Author
    at: datetime
    reply: Reply
    pictures: tuple[Kept, ...] = ()
    files: tuple[KeptFile, ...] = ()
    answering: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What a reader has missed, and the feed and cursor to come back with."""

    feed: str
    cursor: int
    messages: tuple[Posted, ...]


class Feed:
    """The messages of one page, newest last. `name` is new with each start: old cursors cannot match.

    With a `diary` the messages of earlier starts are there too, under the ids they had.
    """

    def __init__(self, history: int = HISTORY, picture_bytes: int = PICTURE_BYTES, diary: Diary | None = None) -> None:
        self.name = secrets.token_hex(4)
        self.cursor = 0
        self._history = history
        self._created = 0
        self._messages: OrderedDict[str, Posted] = OrderedDict()
        self._shelf = PictureShelf(picture_bytes)
        self._files = PictureShelf(FILE_BYTES)
        self._changed = asyncio.Event()
        self._diary = diary
        for entry in diary.read() if diary else ():
            self._recall(entry)

    def post(self, author: Author, reply: Reply, at: datetime, *, answering: bool = False) -> Posted:
        """Append a message; beyond the limit the oldest leaves."""
        self._created += 1
        posted = Posted(f"{self.name}-{self._created}", 0, author, at, *self._apart(reply), answering=answering)
        if len(self._messages) == self._history:
            self._messages.popitem(last=False)
        return self._keep(self._put(posted), reply)

    def edit(self, message_id: str, reply: Reply) -> Posted:
        """Replace a message's words and buttons; its pictures stay unless new ones come. KeyError when it is gone."""
        old = self._messages[message_id]
        words, pictures, files = self._apart(reply)
        now = replace(old, reply=words, pictures=pictures or old.pictures, files=files or old.files)
        return self._keep(self._put(now), reply)

    def answered(self, message_id: str) -> None:
        """The answer to this message is there, or will not come."""
        if message_id in self._messages:
            self._put(replace(self._messages[message_id], answering=False))

    def after(self, cursor: int) -> Changes:
        """Messages created or changed after `cursor`, in the order of their creation."""
        messages = tuple(posted for posted in self._messages.values() if posted.change > cursor)
        return Changes(self.name, self.cursor, messages)

    def resume(self, name: str | None, cursor: int) -> int:
        """Where a reader goes on that last saw `cursor` of the feed called `name`; 0 when that was another feed."""
        known = name in (None, self.name) and 0 <= cursor <= self.cursor
        return cursor if known else 0

    async def changes(self, cursor: int) -> Changes:
        """Wait until something changes after `cursor`, then return it."""
        while self.cursor <= cursor:
            await self._changed.wait()
        return self.after(cursor)

    def holder(self, button_id: str) -> str | None:
        """The id of the newest message that shows this button."""
        for posted in reversed(self._messages.values()):
            if any(button.id == button_id for button in posted.reply.buttons):
                return posted.id
        return None

    def picture(self, picture_id: str) -> bytes | None:
        """The PNG under this id, while it is kept."""
        return self._shelf.get(picture_id) or self._from_diary(picture_id)

    def file(self, file_id: str) -> tuple[str, bytes] | None:
        """Name and content of the file under this id, while it is kept."""
        named = {kept.id: kept.name for posted in self._messages.values() for kept in posted.files}
        data = self._files.get(file_id)
        return None if data is None or file_id not in named else (named[file_id], data)

    def _from_diary(self, picture_id: str) -> bytes | None:
        # Only ids that a message shows are looked up on disk: what comes from an address is not a file name.
        shown = any(kept.id == picture_id for posted in self._messages.values() for kept in posted.pictures)
        return self._diary.picture(picture_id) if self._diary is not None and shown else None

    def _recall(self, entry: Entry) -> None:
        pictures = tuple(Kept(picture_id, caption) for picture_id, caption in entry.pictures)
        self.cursor += 1
        self._messages[entry.id] = Posted(entry.id, self.cursor, Author(entry.author), entry.at, entry.reply, pictures)

    def _keep(self, posted: Posted, reply: Reply) -> Posted:
        if self._diary is not None:
            pictures = tuple((kept.id, kept.caption) for kept in posted.pictures)
            fresh = {kept.id: picture.png for kept, picture in zip(posted.pictures, reply.pictures, strict=False)}
            entry = Entry(posted.id, posted.author.value, posted.at, posted.reply, pictures)
            try:
                self._diary.keep(entry, fresh)
            except OSError as fault:
                # The page shows it all the same: only a restart would miss it.
                _log.warning("web.message_not_kept", why=str(fault))
        return posted

    def _apart(self, reply: Reply) -> tuple[Reply, tuple[Kept, ...], tuple[KeptFile, ...]]:
        pictures = tuple(Kept(self._shelf.put(picture.png), picture.caption) for picture in reply.pictures)
        files = tuple(KeptFile(self._files.put(file.data), file.name) for file in reply.files)
        return replace(reply, pictures=(), files=()), pictures, files

    def _put(self, posted: Posted) -> Posted:
        self.cursor += 1
        self._messages[posted.id] = replace(posted, change=self.cursor)
        waiting, self._changed = self._changed, asyncio.Event()
        waiting.set()
        return self._messages[posted.id]


class PictureShelf:
    """PNGs, or other files, by a random id, bounded in bytes; the newest is always kept."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._pngs: OrderedDict[str, bytes] = OrderedDict()

    def get(self, picture_id: str) -> bytes | None:
        return self._pngs.get(picture_id)

    def put(self, png: bytes) -> str:
        picture_id = secrets.token_hex(8)
        self._pngs[picture_id] = png
        self._size += len(png)
        while self._size > self._limit and len(self._pngs) > 1:
            self._size -= len(self._pngs.popitem(last=False)[1])
        return picture_id

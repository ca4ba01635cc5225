"""The page's history on disk: one line per change, pictures as files, read back at the next start.

A line that a crash tore is left out. What is read back is written anew, so the file never grows without bound.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from chatbot.access.pairing import masked
from chatbot.message import Reply
from chatbot.transports.wire import reply_from_wire, reply_to_wire

LINES = "page.jsonl"
AUTHORS = ("owner", "purser")


@dataclass(frozen=True, slots=True)
class Entry:
    """One message as it stood last. `pictures` are (id, caption); the reply itself holds none."""

    id: str
    author: str
    at: datetime
    reply: Reply
    pictures: tuple[tuple[str, str], ...]


class Diary:
    """Keeps the newest `limit` messages in `folder`."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        folder.mkdir(parents=True, exist_ok=True)

    def read(self) -> Sequence[Entry]:
        """The messages kept, oldest first, each in its newest form; older ones and their pictures are dropped."""
        newest: dict[str, Entry] = {}
        for line in self._lines():
            entry = _entry(line)
            if entry is not None:
                newest[entry.id] = entry
        kept = list(newest.values())[-self._limit :]
        self._write_anew(kept)
        self._drop_pictures({picture_id for entry in kept for picture_id, _ in entry.pictures})
        return kept

    def keep(self, entry: Entry, pngs: Mapping[str, bytes]) -> None:
        """Add a message, or its new form, with the pictures that came with it."""
        for picture_id, png in pngs.items():
            self._picture(picture_id).write_bytes(png)
        with (self._folder / LINES).open("a", encoding="utf-8") as file:
            file.write(_line(_without_codes(entry)))

    def picture(self, picture_id: str) -> bytes | None:
        path = self._picture(picture_id)
        return path.read_bytes() if path.exists() else None

    def _lines(self) -> Sequence[str]:
        path = self._folder / LINES
        return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else ()

    def _write_anew(self, entries: Sequence[Entry]) -> None:
        fresh = self._folder / f"{LINES}.new"
        fresh.write_text("".join(_line(entry) for entry in entries), encoding="utf-8")
        fresh.replace(self._folder / LINES)

    def _drop_pictures(self, kept: set[str]) -> None:
        for path in self._folder.glob("*.png"):
            if path.stem not in kept:
                path.unlink()

    def _picture(self, picture_id: str) -> Path:
        return self._folder / f"{picture_id}.png"


def _line(entry: Entry) -> str:
    wire = {
        "id": entry.id,
        "author": entry.author,
        "at": entry.at.isoformat(),
        "reply": reply_to_wire(entry.reply),
        "pictures": entry.pictures,
    }
    return json.dumps(wire, ensure_ascii=False) + "\n"


def _without_codes(entry: Entry) -> Entry:
    """A pairing code is shown once, and kept nowhere."""
    reply = entry.reply
    return replace(entry, reply=replace(reply, text=masked(reply.text))) if reply.private else entry


def _entry(line: str) -> Entry | None:
    try:
        wire: dict[str, Any] = json.loads(line)
        pictures = tuple((str(picture_id), str(caption)) for picture_id, caption in wire["pictures"])
        at = datetime.fromisoformat(wire["at"])
        if wire["author"] not in AUTHORS:
            return None
        return Entry(str(wire["id"]), str(wire["author"]), at, reply_from_wire(wire["reply"]), pictures)
    except (ValueError, KeyError, TypeError):
        return None

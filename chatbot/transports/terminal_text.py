"""Replies on a terminal: prose, cards and tables printed, pictures and files saved, and their paths printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from chatbot.message import Button, Reply, Style, Tone, monospace
from chatbot.transports.file_names import plain_name
from chatbot.transports.wire import table_to_wire

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What moves the cursor, changes colours, breaks lines or turns the direction of writing."""
_TONES: Mapping[Tone, str] = {
    Tone.PLAIN: "bold",
    Tone.GOOD: "bold green",
    Tone.BAD: "bold red",
    Tone.WAITING: "bold blue",
    Tone.WARNING: "bold yellow",
}
_STYLES: Mapping[Style, str] = {Style.NEUTRAL: "", Style.PRIMARY: "bold", Style.DANGER: "red"}


def print_reply(
    reply: Reply, folder: Path, console: Console | None = None, keys: Sequence[str] | None = None
) -> list[Path]:
    """Print `reply`, save its pictures in `folder` and its files in `files` beside that; the pictures' paths.

    `keys` are what a person types to press each button; without them the buttons' ids are shown.
    """
    console = console or Console()
    for part in _parts(reply):
        console.print(part, soft_wrap=True)
    paths = save_pictures(reply, folder)
    for picture, path in zip(reply.pictures, paths, strict=True):
        console.print(Text(f"{clean(picture.caption)}\n{path}" if picture.caption else str(path)), soft_wrap=True)
    for path in save_files(reply, folder):
        console.print(Text(str(path)), soft_wrap=True)
    shown = keys if keys is not None else [button.id for button in reply.buttons]
    for key, button in zip(shown, reply.buttons, strict=True):
        console.print(_button(key, button), soft_wrap=True)
    return paths


def save_pictures(reply: Reply, folder: Path) -> list[Path]:
    """Write the reply's pictures under names not yet taken in `folder`; their absolute paths."""
    return [_saved(picture.png, picture.name or "picture.png", folder) for picture in reply.pictures]


def save_files(reply: Reply, folder: Path) -> list[Path]:
    """Write the reply's files under names not yet taken in `files` beside `folder`; their absolute paths."""
    return [_saved(file.data, file.name or "file", folder.with_name("files")) for file in reply.files]


def reply_to_json(reply: Reply, picture_paths: Sequence[Path], file_paths: Sequence[Path] = ()) -> dict[str, Any]:
    """What `ask --json` prints. The card is part of the text."""
    return {
        "text": "\n\n".join(part for part in (reply.text, reply.card) if part),
        "tables": [table_to_wire(table) for table in reply.tables],
        "pictures": [str(path) for path in picture_paths],
        "buttons": [{"label": button.label, "id": button.id} for button in reply.buttons],
        "ok": reply.ok,
        **({"files": [str(path) for path in file_paths]} if file_paths else {}),
    }


def clean(text: str) -> str:
    """Without control characters: a text that came from outside must not steer the terminal."""
    return _CONTROL.sub("", text)


def _parts(reply: Reply) -> Iterator[Text]:
    first, _, rest = clean(reply.text).partition("\n")
    if first:
        yield Text(first, style=_TONES[reply.tone])
    if rest:
        yield Text(rest)
    for block in (reply.card, *(monospace(table) for table in reply.tables)):
        if block:
            yield Text(f"\n{clean(block)}\n")


def _button(key: str, button: Button) -> Text:
    return Text.assemble((f"  {key}  ", "dim"), (clean(button.label), _STYLES[button.style]))


def _saved(data: bytes, called: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    name = Path(plain_name(called))
    for number in count(1):
        path = (folder / (name if number == 1 else f"{name.stem}-{number}{name.suffix}")).resolve()
        try:
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            continue
        return path
    raise AssertionError("unreachable: count has no end")

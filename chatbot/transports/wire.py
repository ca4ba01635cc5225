"""A reply as JSON, and back: what the running bot and its command line say to each other.

A reply is `{"text", "card", "tables", "pictures", "files", "buttons", "tone", "ok"}`, tables are `{"title", "columns",
"rows", "align"}`, pictures `{"png", "caption", "name"}` and files `{"data", "caption", "name"}` in base64, buttons
`{"label", "id", "style"}`. A press brings `{"toast", "edit": reply or null, "send": reply or null}`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from chatbot.message import Attachment, Button, Picture, PressReply, Reply, Style, Table, Tone

Wire = dict[str, Any]


def reply_to_wire(reply: Reply) -> Wire:
    """`reply` as a JSON-ready dict."""
    return {
        "text": reply.text,
        "card": reply.card,
        "tables": [table_to_wire(table) for table in reply.tables],
        "pictures": [_picture_to_wire(picture) for picture in reply.pictures],
        "files": [_file_to_wire(file) for file in reply.files],
        "buttons": [{"label": b.label, "id": b.id, "style": b.style.value} for b in reply.buttons],
        "tone": reply.tone.value,
        "ok": reply.ok,
    }


def reply_from_wire(wire: Mapping[str, Any]) -> Reply:
    """The reply that `wire` holds. Raises KeyError or ValueError when it is none."""
    return Reply(
        text=wire["text"],
        card=wire.get("card", ""),
        tables=tuple(_table_from_wire(table) for table in wire.get("tables", ())),
        pictures=tuple(_picture_from_wire(picture) for picture in wire.get("pictures", ())),
        files=tuple(_file_from_wire(file) for file in wire.get("files", ())),
        buttons=tuple(_button_from_wire(button) for button in wire.get("buttons", ())),
        tone=Tone(wire.get("tone", Tone.PLAIN)),
        ok=wire["ok"],
    )


def press_to_wire(pressed: PressReply) -> Wire:
    """What a press brought as a JSON-ready dict."""
    return {
        "toast": pressed.toast,
        "edit": reply_to_wire(pressed.edit) if pressed.edit else None,
        "send": reply_to_wire(pressed.send) if pressed.send else None,
    }


def press_from_wire(wire: Mapping[str, Any]) -> PressReply:
    """What a press brought. Raises KeyError or ValueError when `wire` is something else."""
    edit, send = wire.get("edit"), wire.get("send")
    return PressReply(
        toast=wire["toast"],
        edit=reply_from_wire(edit) if edit else None,
        send=reply_from_wire(send) if send else None,
    )


def table_to_wire(table: Table) -> Wire:
    """`table` as a JSON-ready dict."""
    return {
        "title": table.title,
        "columns": list(table.columns),
        "rows": [list(row) for row in table.rows],
        "align": table.align,
    }


def _table_from_wire(wire: Mapping[str, Any]) -> Table:
    return Table(wire["title"], tuple(wire["columns"]), tuple(tuple(row) for row in wire["rows"]), wire["align"])


def _picture_to_wire(picture: Picture) -> Wire:
    return {"png": b64encode(picture.png).decode("ascii"), "caption": picture.caption, "name": picture.name}


def _picture_from_wire(wire: Mapping[str, Any]) -> Picture:
    return Picture(b64decode(wire["png"], validate=True), wire["caption"], wire["name"])


def _file_to_wire(file: Attachment) -> Wire:
    return {"data": b64encode(file.data).decode("ascii"), "caption": file.caption, "name": file.name}


def _file_from_wire(wire: Mapping[str, Any]) -> Attachment:
    return Attachment(b64decode(wire["data"], validate=True), wire["name"], wire["caption"])


def _button_from_wire(wire: Mapping[str, Any]) -> Button:
    return Button(wire["label"], wire["id"], Style(wire.get("style", Style.NEUTRAL)))

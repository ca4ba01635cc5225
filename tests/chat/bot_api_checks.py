"""The rules of the Bot API's manual for what a request contains."""

from __future__ import annotations

import json
from typing import Any

from tests.chat.bot_api_world import PNG_MAGIC, InlineButton, Upload, png_size

PHOTO_LIMIT = 10_000_000

FILE_LIMIT = 50_000_000

Parameters = dict[str, str]
Files = dict[str, Upload]


class ApiError(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, parameters: dict[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def decoded(parameters: Parameters, name: str) -> Any:
    try:
        return json.loads(parameters[name])
    except (KeyError, ValueError):
        raise bad(f"can't parse {name} JSON object") from None


def upload(value: str, files: Files) -> Upload:
    file = files.get(value.removeprefix("attach://"))
    if not value.startswith("attach://") or file is None:
        raise bad("there is no file in the request")
    return file


def checked_document(file: Upload) -> Upload:
    if not file:
        raise bad("file must be non-empty")
    if not file.name or "/" in file.name:
        raise bad("wrong file name specified")
    if len(file) > FILE_LIMIT:
        raise ApiError(413, "Request Entity Too Large")
    return file


def checked_photo(photo: bytes) -> bytes:
    width, height = png_size(photo)
    if len(photo) > PHOTO_LIMIT:
        raise bad(f"file of size {len(photo)} bytes is too big for a photo; the maximum size is {PHOTO_LIMIT} bytes")
    if not photo.startswith(PNG_MAGIC) or not width or not height:
        raise bad("IMAGE_PROCESS_FAILED")
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return photo


def checked_keyboard(parameters: Parameters) -> list[list[InlineButton]]:
    if "reply_markup" not in parameters:
        return []
    markup = decoded(parameters, "reply_markup")
    if not isinstance(markup, dict) or set(markup) != {"inline_keyboard"}:
        raise bad("object expected as reply markup")
    rows = [[checked_button(button) for button in row] for row in markup["inline_keyboard"]]
    if any(not 1 <= len(row) <= 8 for row in rows) or sum(map(len, rows)) > 100:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return rows


def checked_button(button: dict[str, str]) -> InlineButton:
    if set(button) != {"text", "callback_data"} or not button["text"].strip():
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    return InlineButton(button["text"], button["callback_data"])

"""A rendered message as arguments of the library's calls."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import groupby
from typing import Any

import discord

from chatbot.message import Button, Style
from chatbot.transports.discord_message import DiscordMessage

LABEL_LIMIT = 80
ROW_LIMIT = 5
IN_A_ROW = 5
DESCRIPTION_LIMIT = 1024
_STYLES = {
    Style.NEUTRAL: discord.ButtonStyle.secondary,
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.DANGER: discord.ButtonStyle.danger,
}


def content(message: DiscordMessage) -> dict[str, Any]:
    """Arguments of a send. Made anew for every try: the library closes files it has sent."""
    arguments: dict[str, Any] = {"content": message.content or None, "embeds": list(message.embeds)}
    if message.pictures or message.files:
        arguments["files"] = files(message)
    if message.buttons:
        arguments["view"] = view(message.buttons)
    if message.silent:
        arguments["silent"] = True
    return arguments


def replacement(message: DiscordMessage) -> dict[str, Any]:
    """Arguments of an edit: what the message does not have is removed."""
    return {
        "content": message.content or None,
        "embeds": list(message.embeds),
        "attachments": files(message),
        "view": view(message.buttons) if message.buttons else None,
    }


def files(message: DiscordMessage) -> list[discord.File]:
    """Pictures first, then files to keep."""
    attached = [(picture.png, picture.name, picture.caption) for picture in message.pictures]
    attached += [(file.data, file.name, file.caption) for file in message.files]
    return [
        discord.File(BytesIO(data), name, description=caption[:DESCRIPTION_LIMIT] or None)
        for data, name, caption in attached
    ]


def view(buttons: Sequence[Button]) -> discord.ui.View:
    """Rows of buttons. It is stopped so that the library keeps no state: presses are told by their custom_id alone."""
    shown = discord.ui.View(timeout=None)
    for number, row in enumerate(_rows(buttons)):
        for button in row:
            style = _STYLES[button.style]
            shown.add_item(discord.ui.Button(label=_label(button), custom_id=button.id, style=style, row=number))
    shown.stop()
    return shown


def _rows(buttons: Sequence[Button]) -> list[Sequence[Button]]:
    """Buttons that do the same to different things, such as toggles, stand apart where there is room."""
    blocks: list[list[Button]] = []
    alike = [list(run) for _, run in groupby(buttons, key=_action)]
    for before, run in zip([[], *alike], alike, strict=False):
        if blocks and len(run) == 1 and len(before) == 1:
            blocks[-1].extend(run)
        else:
            blocks.append(run)
    rows = [row for block in blocks for row in _filled(block)]
    return rows if len(rows) <= ROW_LIMIT else _filled(buttons)


def _filled(buttons: Sequence[Button]) -> list[Sequence[Button]]:
    return [buttons[start : start + IN_A_ROW] for start in range(0, len(buttons), IN_A_ROW)]


def _action(button: Button) -> str:
    return button.id.partition(":")[0]


def _label(button: Button) -> str:
    """1 to 80 characters."""
    label = button.label or button.id
    return label if len(label) <= LABEL_LIMIT else f"{label[: LABEL_LIMIT - 1]}…"

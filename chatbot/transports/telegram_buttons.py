"""Buttons under a Telegram message: rows that a phone shows without cutting the labels."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from chatbot.message import Button

DATA_BYTES = 64
MOST_BUTTONS = 100


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """The markup for `buttons`; None where there are none. Raises ValueError where Telegram would refuse."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, callback_data=button.id) for button in row] for row in rows(buttons)]
    )


def rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """`buttons` in rows of one to three, by the longest label. Raises ValueError where Telegram would refuse."""
    if len(buttons) > MOST_BUTTONS:
        raise ValueError(f"a Telegram message takes {MOST_BUTTONS} buttons, not {len(buttons)}; offer fewer")
    laid: list[list[Button]] = []
    for button in map(checked, buttons):
        if laid and len(laid[-1]) < capacity([*laid[-1], button]):
            laid[-1].append(button)
        else:
            laid.append([button])
    return laid


def capacity(row: Sequence[Button]) -> int:
    """How many buttons as wide as the widest of `row` a phone shows side by side."""
    widest = max(len(button.label) for button in row)
    return 3 if widest <= 10 else 2 if widest <= 17 else 1


def checked(button: Button) -> Button:
    if not button.label.strip() or not 1 <= len(button.id.encode()) <= DATA_BYTES:
        raise ValueError(f"button {button.label!r}: the id {button.id!r} must have 1 to {DATA_BYTES} bytes and a label")
    return button

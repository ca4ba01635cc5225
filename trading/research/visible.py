"""Text from outside, fit for a terminal: nothing in it can move the cursor, colour what follows, or hide."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    """`text` with every control character, invisible mark and half character shown as U+FFFD; lines stay lines."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n"))


def on_one_line(text: str) -> str:
    """:func:`visible` text on a single line."""
    return " ".join(visible(text).split())

"""Names of files as they are written or offered: they lead nowhere and hide nothing."""

from __future__ import annotations

import re

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST = 100


def plain_name(called: str) -> str:
    """`called` without its folders, of letters, digits, dots, dashes and underscores; "file" where nothing is left."""
    last = _NOT_IN_NAMES.sub("_", called.replace("\\", "/").rpartition("/")[2]).lstrip(".")
    return last[-_LONGEST:] or "file"

"""What the operating system says of this program: its memory, its database's size, its newest backup."""

from __future__ import annotations

import os
from pathlib import Path

from trading.contract.books import StoreFile
from trading.store.backup_files import kept, taken_at

_STATM = Path("/proc/self/statm")
_LOG = ("", "-wal")
"""A SQLite database is its file and the log beside it."""


def resident_bytes() -> int | None:
    """The program's resident memory; None where the system does not tell."""
    try:
        pages = int(_STATM.read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def store_file(database: Path | None) -> StoreFile:
    """Size and newest backup of a SQLite file; nothing is known of a server's. Blocks for a moment."""
    if database is None:
        return StoreFile(None, None)
    parts = [database.with_name(database.name + end) for end in _LOG]
    try:
        size = sum(part.stat().st_size for part in parts if part.exists())
        backups = kept(database)
    except OSError:
        return StoreFile(None, None)
    return StoreFile(size, taken_at(database, backups[-1]) if backups else None)

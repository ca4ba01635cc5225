"""Puts a verified backup in the place of a SQLite database, and keeps what was there."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from trading.clock import Clock
from trading.errors import Fatal
from trading.store.backup import copy_whole, disk_faults, publish, verify
from trading.store.backup_files import taken_at
from trading.store.lease import FileLease
from trading.store.sql_engine import sqlite_file

_LOGS = ("-wal", "-shm")


async def put_back(backup: Path, url: str, clock: Clock) -> str:
    """Restore `backup` to the database at `url`; returns what to tell. Raises Fatal while a program uses it."""
    database = sqlite_file(url)
    if database is None:
        raise Fatal("This portfolio is in PostgreSQL; restore it with the server's own tools.")
    lease = FileLease(database)
    await lease.take()
    try:
        replaced = restore(backup, database, clock.now())
    finally:
        await lease.release()
    made = taken_at(database, backup)
    since = f" of {made:%Y-%m-%d %H:%M} UTC" if made else ""
    kept = f" What it replaced is in {replaced}." if replaced else ""
    return f"{database} is the backup{since} now.{kept} What happened after the backup is not in it."


def restore(backup: Path, database: Path, at: datetime) -> Path | None:
    """Put `backup` in the place of `database`; returns where the replaced file went. The caller holds the lease.

    Raises Fatal when the backup is not sound; then nothing has changed.
    """
    if not backup.is_file():
        raise Fatal(f"There is no file {backup}; the backups lie in the folder backups beside the database.")
    verify(backup)
    with disk_faults(f"{backup} could not be put in the place of {database}"):
        aside = database.with_name(f"{database.name}.new")
        copy_whole(backup, aside)
        replaced = _kept_beside(database, at)
        for suffix in _LOGS:
            # SQLite would replay the old file's log into the new one.
            database.with_name(f"{database.name}{suffix}").unlink(missing_ok=True)
        publish(aside, database)
    return replaced


def _kept_beside(database: Path, at: datetime) -> Path | None:
    """A copy of `database` and its log, as they are."""
    if not database.exists():
        return None
    replaced = database.with_name(f"{database.name}.replaced-{at:%Y%m%dT%H%M%SZ}")
    for suffix in ("", *_LOGS):
        part = database.with_name(f"{database.name}{suffix}")
        if part.exists():
            shutil.copy2(part, replaced.with_name(f"{replaced.name}{suffix}"))
    return replaced

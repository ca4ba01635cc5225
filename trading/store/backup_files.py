"""Where a database's backups lie, and what to say when one is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

FOLDER = "backups"
_STAMP = "%Y%m%dT%H%M%SZ"


def folder_of(database: Path) -> Path:
    """Where the backups of the SQLite file `database` are kept."""
    return database.parent / FOLDER


def name_of(database: Path, at: datetime) -> str:
    """A backup's name: those of later instants sort behind those of earlier ones."""
    return f"{database.stem}-{at.astimezone(UTC):{_STAMP}}{database.suffix}"


def kept(database: Path) -> list[Path]:
    """The verified backups of `database`, the newest at the end."""
    return sorted(path for path in folder_of(database).glob(f"{database.stem}-*") if taken_at(database, path))


def taken_at(database: Path, backup: Path) -> datetime | None:
    """When `backup` was made; None for a file that is none of ours."""
    stamp = backup.name.removeprefix(f"{database.stem}-").removesuffix(database.suffix)
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def repair_advice(database: str) -> str:
    """What to do about a damaged `database`, in half a sentence."""
    backups = kept(Path(database))
    if not backups:
        return "there is no backup of it, so move it aside to start with an empty one"
    return f"put the newest backup in its place with: main.py restore {backups[-1]}"

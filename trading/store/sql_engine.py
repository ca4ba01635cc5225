"""Engines for the two databases we speak, with each one's discipline for writers and readers.

SQLite: WAL, full durability, `BEGIN IMMEDIATE` for the one writer, query-only readers. PostgreSQL: writers of all
processes take turns on an advisory lock, readers see one snapshot.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from trading.errors import Fatal, SettingsError

READERS = 4
"""Connections for readers; more of them only wait for each other's disk."""

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
_PATIENCE_SECONDS = 10
"""How long one process waits for another one's transaction."""
_WRITER_LOCK = 0x70757273
"""The advisory lock's key; any number that nobody else uses will do."""


def parse_url(text: str) -> URL:
    """The database's address with the driver we use. Raises SettingsError, without the password."""
    allowed = "use sqlite+aiosqlite:///path/to/file.db or postgresql+asyncpg://user@host/name"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsError(f"DATABASE_URL is not a database's address; {allowed}.") from None
    if "@" in (url.host or ""):
        raise SettingsError("DATABASE_URL has more than one @; write the one in the password as %40.")
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if url.drivername not in _DRIVERS.values():
        raise SettingsError(f"DATABASE_URL names the driver {url.drivername}; {allowed}.")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise SettingsError(f"DATABASE_URL names no file, so nothing would be kept; {allowed}.")
    return url


def label(url: URL) -> str:
    """What people call this database: its file, or its address without password and parameters."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(query={}).render_as_string(hide_password=True)


def sqlite_file(url: str) -> Path | None:
    """The file behind a database's address; None for a server's. Raises SettingsError."""
    parsed = parse_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def prepare_folder(url: URL) -> None:
    """Make the folder of a SQLite file. Raises Fatal where that is impossible."""
    if url.get_backend_name() != "sqlite":
        return
    folder = Path(str(url.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise Fatal(
            f"The folder {folder} cannot be created ({fault.strerror}); make its parent writable or set STATE_DIR."
        ) from fault


def writer_engine(url: URL) -> AsyncEngine:
    """One connection; every transaction on it holds the database's write lock from its first moment."""
    engine = _engine(url, 1)
    if url.get_backend_name() == "sqlite":
        _on_connect(engine, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
        _on_begin(engine, "BEGIN IMMEDIATE")
    else:
        _on_begin(engine, f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
    return engine


def reader_engine(url: URL) -> AsyncEngine:
    """A small pool; every transaction on it is read-only and sees one snapshot."""
    engine = _engine(url, READERS)
    if url.get_backend_name() == "sqlite":
        _on_connect(engine, "PRAGMA query_only=ON")
        _on_begin(engine, "BEGIN")
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _engine(url: URL, connections: int) -> AsyncEngine:
    sqlite = url.get_backend_name() == "sqlite"
    patience: dict[str, Any] = (
        {"timeout": _PATIENCE_SECONDS}
        if sqlite
        else {"server_settings": {"lock_timeout": str(_PATIENCE_SECONDS * 1000)}}
    )
    try:
        return create_async_engine(
            url,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=not sqlite,
            connect_args=patience,
        )
    except ModuleNotFoundError as missing:
        raise Fatal(
            f"The database driver {missing.name} is not installed; install Purser with its postgres extra."
        ) from missing


def _on_connect(engine: AsyncEngine, *pragmas: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # Python's driver opens transactions by itself, and late; we say BEGIN ourselves.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()


def _on_begin(engine: AsyncEngine, statement: str) -> None:
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

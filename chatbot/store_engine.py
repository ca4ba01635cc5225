"""The chat store's one connection, and its schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, insert, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chatbot.tables import SCHEMA, metadata, values
from trading.errors import Fatal, SettingsError

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
_PATIENCE_SECONDS = 10


def parse_url(text: str) -> URL:
    """The database's address with the driver we use. Raises SettingsError, without the password."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise SettingsError(
            "DATABASE_URL is not a database's address; use sqlite+aiosqlite:///path/to/file.db."
        ) from None
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def create_engine(url: URL) -> AsyncEngine:
    """An engine with one connection. On SQLite every transaction takes the write lock at once: none fails half-way."""
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)
    in_memory = url.database in (None, "", ":memory:")
    if not in_memory:
        _make_folder(Path(str(url.database)).parent)
    pool = {} if in_memory else {"pool_size": 1, "max_overflow": 0}
    engine = create_async_engine(url, connect_args={"timeout": _PATIENCE_SECONDS}, **pool)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def create_tables(connection: Connection) -> None:
    """Create what is missing. Raises Fatal when a newer program made the tables."""
    metadata.create_all(connection)
    stored = connection.execute(select(values.c.value).where(values.c.key == "schema")).scalar_one_or_none()
    if stored is None:
        connection.execute(insert(values).values(key="schema", value=str(SCHEMA)))
    elif int(stored) > SCHEMA:
        raise Fatal(
            "The chat's tables were written by a newer version of Purser; update the program, or point DATABASE_URL at "
            "another database."
        )


@contextmanager
def faults_are_fatal(database: str) -> Iterator[None]:
    """Raise `Fatal` for what the machine or the server did wrong."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except (DBAPIError, OSError) as fault:
        said = fault.orig if isinstance(fault, DBAPIError) else fault
        raise Fatal(
            f"The chat's database {database} cannot be used ({said}); check the disk and the file, then start again."
        ) from fault


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise Fatal(
            f"The folder {folder} cannot be created ({fault.strerror}); make its parent writable or set STATE_DIR."
        ) from fault


def _prepare(connection: Any, _record: object) -> None:
    # Python's driver opens transactions by itself, and late; we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")

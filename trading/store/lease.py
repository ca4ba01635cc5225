"""One program per database: a lease taken before the first look at it, gone with the process however that ends."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO, Any, Protocol

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from trading.errors import Fatal

_LEASE = 0x70757274
"""The advisory lock's key; the writers' turns have another one."""


class Lease(Protocol):
    """Held from `take` to `release` by one holder at a time."""

    async def take(self) -> None:
        """Raises Fatal at once when another program holds it."""
        ...

    def check(self) -> None:
        """Raises Fatal when it was lost meanwhile."""
        ...

    async def release(self) -> None: ...


def lease_on(url: URL, database: str) -> Lease:
    """The lease of the database at `url`, which people call `database`."""
    if url.get_backend_name() == "sqlite":
        return FileLease(Path(str(url.database)))
    return ServerLease(url, database)


class FileLease:
    """A lock on the file beside a SQLite database, whichever state directory it is opened from."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._file: IO[str] | None = None

    async def take(self) -> None:
        path = self._database.with_name(f"{self._database.name}.lock")
        try:
            self._file = path.open("a")
        except OSError as fault:
            raise Fatal(f"{path} cannot be used ({fault.strerror}); make its folder writable.") from fault
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            await self.release()
            raise Fatal(_taken(str(self._database))) from None

    def check(self) -> None:
        """The system keeps a file's lock for as long as the file is open."""

    async def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class ServerLease:
    """A session lock on a PostgreSQL server, held by a connection that does nothing else."""

    def __init__(self, url: URL, database: str) -> None:
        self._url = url
        self._database = database
        self._engine: AsyncEngine | None = None
        self._connection: AsyncConnection | None = None
        self._session: Any = None

    async def take(self) -> None:
        # The server must notice within minutes that our machine is gone, and never tire of a silent session.
        patience = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
        settings = {"server_settings": {**patience, "idle_session_timeout": "0"}}
        self._engine = create_async_engine(
            self._url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=settings
        )
        self._connection = await self._engine.connect()
        self._session = (await self._connection.get_raw_connection()).driver_connection
        taken = await self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LEASE})
        if not taken.scalar_one():
            await self.release()
            raise Fatal(_taken(self._database))

    def check(self) -> None:
        if self._session is None or self._session.is_closed():
            raise Fatal(f"The connection that holds {self._database} for this program is gone; start it again.")

    async def release(self) -> None:
        connection, engine = self._connection, self._engine
        self._connection = self._engine = self._session = None
        if connection is not None:
            await connection.close()
        if engine is not None:
            await engine.dispose()


def _taken(database: str) -> str:
    return f"Another Purser is using the database {database}; stop it first, or set another DATABASE_URL or STATE_DIR."

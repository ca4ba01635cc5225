"""A database opened for reading alone, beside whoever writes it: nothing is made, migrated or locked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from trading.errors import Fatal
from trading.store.migrations import HEAD
from trading.store.sql_engine import label, parse_url, reader_engine
from trading.store.sql_faults import faults_are_fatal
from trading.store.sql_queries import SqlQueries
from trading.store.sql_schema import current_revision


class ReadOnlyStore:
    """The reading half of a :class:`~trading.store.port.Store`."""

    def __init__(self, engine: AsyncEngine, database: str) -> None:
        self._engine = engine
        self._database = database

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlQueries]:
        """A consistent view; never blocks a writer."""
        with faults_are_fatal(self._database):
            async with self._engine.connect() as connection, connection.begin():
                yield SqlQueries(connection, self._database)


@asynccontextmanager
async def opened_for_reading(database_url: str) -> AsyncIterator[ReadOnlyStore]:
    """The database at `database_url`, closed afterwards.

    Raises Fatal for one that is not there, that cannot be read, or that this program's version does not speak.
    """
    url = parse_url(database_url)
    # SQLite would make an empty file of what is only asked for.
    if not await asyncio.to_thread(_exists, url):
        raise Fatal(f"There is no portfolio at {label(url)} yet; start one with: main.py demo, or main.py run.")
    engine = reader_engine(url)
    try:
        await _require_known_schema(engine, label(url))
        yield ReadOnlyStore(engine, label(url))
    finally:
        await engine.dispose()


async def _require_known_schema(engine: AsyncEngine, database: str) -> None:
    with faults_are_fatal(database):
        async with engine.connect() as connection:
            revision = await connection.run_sync(current_revision)
    if revision != HEAD:
        raise Fatal(
            f"The database {database} was written by another version of Purser; start the bot once with this version, "
            "which brings it up to date, or use the version that wrote it."
        )


def _exists(url: URL) -> bool:
    return url.get_backend_name() != "sqlite" or Path(str(url.database)).exists()

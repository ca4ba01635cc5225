"""The durable store: SQLite by default, PostgreSQL by its address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from trading.errors import Fatal
from trading.store.interruption import uninterrupted
from trading.store.lease import lease_on
from trading.store.signal import JournalSignal
from trading.store.sql_engine import READERS, label, parse_url, prepare_folder, reader_engine, writer_engine
from trading.store.sql_faults import DatabaseFault, faults_are_fatal
from trading.store.sql_queries import SqlQueries
from trading.store.sql_schema import check_integrity, migrate
from trading.store.sql_transaction import SqlTransaction


class SqlStore:
    """A :class:`~trading.store.port.Store` in a database at `url` (SQLAlchemy's form), held by one program at a time.

    An error inside a transaction's block must end the block: what follows it may fail too. After a fault of the disk
    or the server nothing more is written until the program starts again, so nothing more can be sent either.
    """

    def __init__(self, url: str) -> None:
        self._url = parse_url(url)
        self._database = label(self._url)
        self._writer: AsyncEngine | None = None
        self._readers: AsyncEngine | None = None
        self._writing = asyncio.Lock()
        self._reading = asyncio.Semaphore(READERS)
        self._signal = JournalSignal()
        self.commits = 0
        self._lease = lease_on(self._url, self._database)
        self._fault: Fatal | None = None
        self._broken = asyncio.Event()

    async def open(self) -> None:
        if self._writer is not None:
            return
        prepare_folder(self._url)
        try:
            with faults_are_fatal(self._database):
                await self._lease.take()
                self._writer, self._readers = writer_engine(self._url), reader_engine(self._url)
                await self._prepare(self._writer)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        async with self._writing:
            # The writer last: only it may tidy the log away, and only when nobody reads any more.
            engines, self._writer, self._readers = (self._readers, self._writer), None, None
            for engine in engines:
                if engine is not None:
                    await uninterrupted(engine.dispose())
            await uninterrupted(self._lease.release())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        async with self._writing:
            with self._faults_stop_writing():
                self._check()
                async with self._connection(self._writer) as connection:
                    transaction = SqlTransaction(connection, self._database)
                    yield transaction
                    await uninterrupted(self._commit(connection, transaction))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlQueries]:
        async with self._reading:
            with self._faults_stop_writing():
                async with self._connection(self._readers) as connection:
                    yield SqlQueries(connection, self._database)

    async def until_broken(self) -> None:
        """Wait for the first fault and raise it as Fatal: a program whose books cannot be kept must not go on."""
        await self._broken.wait()
        self._check()

    async def wait_for_events(self, after: int) -> None:
        await self._signal.wait(after)

    @contextmanager
    def _faults_stop_writing(self) -> Iterator[None]:
        try:
            yield
        except DatabaseFault as fault:
            self._fault = self._fault or fault
            self._broken.set()
            raise

    def _check(self) -> None:
        if self._fault is not None:
            raise Fatal(str(self._fault))
        if self._writer is not None:
            self._lease.check()

    async def _prepare(self, writer: AsyncEngine) -> None:
        async with writer.connect() as connection:
            async with connection.begin():
                await connection.run_sync(check_integrity, self._database)
                await connection.run_sync(migrate, self._database)
            async with connection.begin():
                self._signal.advance(await SqlQueries(connection, self._database).last_seq())

    @asynccontextmanager
    async def _connection(self, engine: AsyncEngine | None) -> AsyncIterator[AsyncConnection]:
        """A connection inside a transaction; whatever is not committed when the block ends is rolled back."""
        if engine is None:
            raise RuntimeError("the store is not open; await open() first")
        connection = engine.connect()
        try:
            with faults_are_fatal(self._database):
                await uninterrupted(_begin(connection))
            yield connection
        finally:
            with faults_are_fatal(self._database):
                await uninterrupted(_release(connection))

    async def _commit(self, connection: AsyncConnection, transaction: SqlTransaction) -> None:
        try:
            with faults_are_fatal(self._database):
                await connection.commit()
        finally:
            # A commit that failed may have come through all the same.
            self.commits += 1
        if transaction.appended is not None:
            self._signal.advance(transaction.appended)


async def _begin(connection: AsyncConnection) -> None:
    await connection.start()
    await connection.begin()


async def _release(connection: AsyncConnection) -> None:
    if connection.sync_connection is not None:
        await connection.close()

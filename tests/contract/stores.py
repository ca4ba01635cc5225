"""Every adapter of the store's port, fresh for each test."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from trading.store.memory import MemoryStore
from trading.store.port import Store
from trading.store.sql import SqlStore

ADAPTERS = ("memory", "sqlite", "postgresql")
POSTGRES_URL = "PURSER_TEST_POSTGRES_URL"
NO_POSTGRES = (
    f"PostgreSQL is not configured: apt-get install postgresql, start it, and set {POSTGRES_URL} "
    "(postgresql+asyncpg://user:password@127.0.0.1/postgres) to a role that may create databases"
)


@asynccontextmanager
async def opened(adapter: str, folder: Path) -> AsyncIterator[Store]:
    """An open, empty store of the kind `adapter`."""
    if adapter == "memory":
        async with _open(MemoryStore()) as store:
            yield store
    elif adapter == "sqlite":
        async with _open(SqlStore(f"sqlite+aiosqlite:///{folder / 'store.db'}")) as store:
            yield store
    else:
        async with postgres_database() as url, _open(SqlStore(url)) as store:
            yield store


@asynccontextmanager
async def _open(store: Store) -> AsyncIterator[Store]:
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def postgres_database() -> AsyncIterator[str]:
    """A database of its own, dropped afterwards."""
    server = os.environ.get(POSTGRES_URL)
    if not server:
        pytest.skip(NO_POSTGRES)
    asyncpg = pytest.importorskip("asyncpg", reason="asyncpg is not installed: pip install asyncpg")
    name = f"purser_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(server.replace("+asyncpg", ""))
    try:
        await admin.execute(f"CREATE DATABASE {name}")
        try:
            yield server.rpartition("/")[0] + f"/{name}"
        finally:
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()

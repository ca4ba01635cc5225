"""Stores and small worlds for the core's tests."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import SmallWorld, started
from trading.store.memory import MemoryStore
from trading.store.port import Store
from trading.store.sql import SqlStore


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an empty, migrated database is kept once somebody has needed one."""
    return tmp_path_factory.mktemp("template") / "store.db"


@pytest.fixture(params=("memory", "sqlite"))
async def any_store(request: pytest.FixtureRequest, tmp_path: Path, template: Path) -> AsyncIterator[Store]:
    """An open, empty store of each kind that needs no server."""
    store: Store = MemoryStore() if request.param == "memory" else await _copied(template, tmp_path / "store.db")
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def world() -> SmallWorld:
    """BTC at 100, ETH at 10, SOL at 1; 1000 USD; no spread, no slippage, a fee of 0.4 %."""
    return await started()


async def _copied(template: Path, path: Path) -> SqlStore:
    """A database like the template: to migrate is slow, to copy is not."""
    if not template.exists():  # noqa: ASYNC240
        first = SqlStore(f"sqlite+aiosqlite:///{template}")
        await first.open()
        await first.close()
    shutil.copy(template, path)
    return SqlStore(f"sqlite+aiosqlite:///{path}")

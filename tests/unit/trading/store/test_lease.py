"""A database is held by one program at a time, and given back however that ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.contract.stores import postgres_database
from trading.errors import Fatal
from trading.store.sql import SqlStore


@asynccontextmanager
async def address(adapter: str, folder: Path) -> AsyncIterator[str]:
    if adapter == "sqlite":
        yield f"sqlite:///{folder / 'purser.db'}"
    else:
        async with postgres_database() as url:
            yield url


@pytest.mark.parametrize("adapter", ["sqlite", "postgresql"])
async def test_a_second_program_is_refused_in_one_sentence_until_the_first_ends(adapter: str, tmp_path: Path) -> None:
    async with address(adapter, tmp_path) as url:
        first, second = SqlStore(url), SqlStore(url)
        await first.open()
        with pytest.raises(Fatal, match=r"Another Purser is using the database .*; stop it first") as refused:
            await second.open()
        assert "password" not in str(refused.value)
        await first.close()
        await second.open()
        with pytest.raises(Fatal):
            await first.open()
        await second.close()


async def test_the_database_is_the_same_whichever_way_it_is_reached(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    first, second = (SqlStore(f"sqlite:///{tmp_path / name / 'purser.db'}") for name in ("real", "link"))
    await first.open()
    with pytest.raises(Fatal, match="Another Purser"):
        await second.open()
    await first.close()


async def test_a_database_that_cannot_be_opened_is_not_held(tmp_path: Path) -> None:
    (tmp_path / "purser.db").write_bytes(b"this was a database once" * 400)
    for _ in range(2):
        with pytest.raises(Fatal, match="damaged"):
            await SqlStore(f"sqlite:///{tmp_path / 'purser.db'}").open()


async def test_a_server_that_ended_our_session_gets_nothing_more_from_us() -> None:
    """Our lease went with the session: another program may be writing by now."""
    async with postgres_database() as url:
        store, other = SqlStore(url), SqlStore(url)
        await store.open()
        async with store.transaction() as tx:
            await tx.put_meta("kept", "yes")
            await tx._connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
        with pytest.raises(Fatal, match="is gone; start it again"):
            for _ in range(50):  # the news travels by network
                async with store.transaction() as tx:
                    await tx.meta("kept")
        await other.open()
        await other.close()
        await store.close()

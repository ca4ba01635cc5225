"""Backups are whole, verified, few, and put back only where they are sound."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.trading.store.facts import START, posting
from trading.clock import SimulatedClock
from trading.domain.event import JobFailed
from trading.errors import Fatal
from trading.store.backup import KEPT, Backups, make_backup, verify
from trading.store.backup_files import folder_of, kept
from trading.store.restoration import put_back, restore
from trading.store.sql import SqlStore

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def store_at(database: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{database}")


async def remembering(database: Path, word: str) -> Path:
    """A database that knows `word` and a balanced ledger."""
    store = store_at(database)
    await store.open()
    async with store.transaction() as tx:
        await tx.put_meta("word", word)
        await tx.add_postings([posting("assets", "0.10"), posting("external", "-0.10")])
    await store.close()
    return database


async def word_of(database: Path) -> str | None:
    store = store_at(database)
    await store.open()
    async with store.reading() as read:
        word = await read.meta("word")
    await store.close()
    return word


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    return await remembering(tmp_path / "state" / "purser.db", "kept")


async def test_a_backup_of_a_database_in_use_has_what_was_committed_and_nothing_else(database: Path) -> None:
    store = store_at(database)
    await store.open()
    async with store.transaction() as tx:
        await tx.put_meta("word", "later")
    async with store.transaction() as tx:
        await tx.put_meta("word", "not yet")
        backup = await asyncio.to_thread(make_backup, database, START)
    await store.close()
    assert backup == folder_of(database) / "purser-20250301T120000Z.db"
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]
    verify(backup)
    assert await word_of(backup) == "later"


async def test_the_newest_seven_are_kept(database: Path) -> None:
    made = [make_backup(database, START + n * DAY) for n in range(KEPT + 3)]
    (folder_of(database) / "purser-notes.txt").write_text("mine")
    assert kept(database) == made[-KEPT:]
    assert (folder_of(database) / "purser-notes.txt").exists()


async def test_a_backup_that_does_not_add_up_is_none(database: Path) -> None:
    with closing(sqlite3.connect(database)) as raw:
        raw.execute("UPDATE postings SET amount = '0.11' WHERE account = 'assets'")
        raw.commit()
    with pytest.raises(Fatal, match=r"do not add up \(0\.01\)"):
        make_backup(database, START)
    assert kept(database) == []
    assert list(folder_of(database).iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"this was a database once" * 400], ids=["empty", "nonsense"])
async def test_only_a_database_of_ours_is_a_backup(tmp_path: Path, database: Path, content: bytes) -> None:
    (tmp_path / "other.db").write_bytes(content)
    with pytest.raises(Fatal, match=r"no sound backup"):
        restore(tmp_path / "other.db", database, START)
    with pytest.raises(Fatal, match=r"no sound backup"):
        verify(tmp_path / "missing.db")
    with pytest.raises(Fatal, match=r"There is no file .*missing.db; the backups lie in"):
        restore(tmp_path / "missing.db", database, START)
    assert await word_of(database) == "kept"


async def test_a_backup_with_a_damaged_page_is_not_put_back(database: Path) -> None:
    store = store_at(database)
    await store.open()
    async with store.transaction() as tx:
        for number in range(60):
            await tx.put_meta(f"{number}", "x" * 9_000)
    await store.close()
    backup = make_backup(database, START)
    content = bytearray(backup.read_bytes())
    third = len(content) // 4096 * 2 // 3 * 4096
    content[third : third + 4096] = b"\xff" * 4096
    backup.write_bytes(content)
    with pytest.raises(Fatal, match=r"another backup|no sound backup"):
        restore(backup, database, START)
    assert await word_of(database) == "kept"


async def test_what_is_replaced_is_kept_beside(database: Path) -> None:
    backup = make_backup(database, START)
    await remembering_only(database, "newer")
    replaced = restore(backup, database, START)
    assert replaced is not None
    assert replaced.parent == database.parent
    assert (await word_of(database), await word_of(replaced)) == ("kept", "newer")
    assert backup.exists()


async def test_the_log_of_the_replaced_file_is_not_played_into_the_new_one(database: Path) -> None:
    """A crash leaves a log beside the file; it belongs to the file it was written for."""
    backup = make_backup(database, START)
    with closing(sqlite3.connect(database)) as crashed:
        crashed.execute("PRAGMA wal_autocheckpoint=0")
        crashed.execute("UPDATE meta SET value = 'in the log'")
        crashed.commit()
        log = database.with_name(f"{database.name}-wal").read_bytes()
    database.with_name(f"{database.name}-wal").write_bytes(log)
    replaced = restore(backup, database, START)
    assert replaced is not None
    assert await word_of(database) == "kept"
    assert replaced.with_name(f"{replaced.name}-wal").read_bytes() == log


async def test_a_database_that_is_gone_is_put_back_too(database: Path) -> None:
    backup = make_backup(database, START)
    database.unlink()  # noqa: ASYNC240
    assert restore(backup, database, START) is None
    assert await word_of(database) == "kept"


async def test_putting_back_is_refused_while_a_program_uses_the_database(database: Path) -> None:
    backup, clock = make_backup(database, START), SimulatedClock(START + HOUR)
    running = store_at(database)
    await running.open()
    with pytest.raises(Fatal, match="Another Purser is using the database"):
        await put_back(backup, f"sqlite:///{database}", clock)
    await running.close()
    told = await put_back(backup, f"sqlite:///{database}", clock)
    assert "is the backup of 2025-03-01 12:00 UTC now" in told
    assert "purser.db.replaced-20250301T130000Z" in told


async def test_a_server_s_backups_are_the_server_s_job() -> None:
    with pytest.raises(Fatal, match="with the server's own tools"):
        await put_back(Path("any"), "postgresql://ana:secret@db/purser", SimulatedClock(START))


async def test_a_damaged_database_names_its_newest_backup_and_the_command(database: Path) -> None:
    make_backup(database, START)
    newest = make_backup(database, START + HOUR)
    database.write_bytes(b"this was a database once" * 400)  # noqa: ASYNC240
    with pytest.raises(Fatal) as refused:
        await store_at(database).open()
    assert f"put the newest backup in its place with: main.py restore {newest}." in str(refused.value)
    assert "\n" not in str(refused.value)


async def remembering_only(database: Path, word: str) -> None:
    store = store_at(database)
    await store.open()
    async with store.transaction() as tx:
        await tx.put_meta("word", word)
    await store.close()


class Told(Backups):
    """Says when an attempt is over: copying takes real time."""

    def __init__(self, database: Path, store: SqlStore, clock: SimulatedClock) -> None:
        super().__init__(database, store, clock, clock)
        self.store = store
        self._over = asyncio.Event()

    async def attempted(self) -> None:
        await asyncio.wait_for(self._over.wait(), 10)
        self._over.clear()
        await asyncio.sleep(0)

    async def _attempt(self) -> bool:
        try:
            return await super()._attempt()
        finally:
            self._over.set()


@asynccontextmanager
async def backing_up(database: Path, clock: SimulatedClock) -> AsyncIterator[Told]:
    store = store_at(database)
    await store.open()
    backups = Told(database, store, clock)
    service = asyncio.create_task(backups.run())
    try:
        yield backups
    finally:
        service.cancel()
        await asyncio.gather(service, return_exceptions=True)
        await store.close()


async def passing(clock: SimulatedClock, span: timedelta) -> None:
    for _ in range(int(span / timedelta(minutes=10))):
        clock.advance(600)
        for _ in range(3):
            await asyncio.sleep(0)


async def test_there_is_a_backup_at_the_start_and_every_day(database: Path) -> None:
    clock = SimulatedClock(START)
    async with backing_up(database, clock) as backups:
        await backups.attempted()
        assert len(kept(database)) == 1
        await passing(clock, DAY - HOUR)
        clock.jump(-DAY)
        await passing(clock, timedelta(minutes=50))
        assert len(kept(database)) == 1
        clock.jump(DAY)
        await passing(clock, timedelta(minutes=10))
        await backups.attempted()
        assert len(kept(database)) == 2


async def test_a_restart_within_the_hour_makes_none_and_pushes_none_out(database: Path) -> None:
    make_backup(database, START - HOUR / 2)
    clock = SimulatedClock(START)
    async with backing_up(database, clock) as backups:
        await passing(clock, 12 * HOUR)
        assert len(kept(database)) == 1
        await passing(clock, 12 * HOUR)
        await backups.attempted()
        assert len(kept(database)) == 2


async def test_a_backup_that_fails_is_told_tried_again_and_stops_nothing(database: Path) -> None:
    folder_of(database).write_text("a file is in the way")
    clock = SimulatedClock(START)
    async with backing_up(database, clock) as backups:
        await backups.attempted()
        async with backups.store.reading() as read:
            (entry,) = await read.events(0, 10)
        assert isinstance(entry.event, JobFailed)
        assert entry.event.job == "backup"
        assert "could not be backed up" in entry.event.reason
        async with backups.store.transaction() as tx:
            await tx.put_meta("word", "trading goes on")
        folder_of(database).unlink()
        await passing(clock, HOUR)
        await backups.attempted()
        assert len(kept(database)) == 1

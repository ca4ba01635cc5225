"""Verified copies of a SQLite database: made while it is in use, checked before they count, the newest seven kept.

A PostgreSQL server's backups are the server's job; there is nothing of this for it.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

import structlog

from trading.clock import Clock
from trading.domain.event import JobFailed
from trading.errors import Fatal
from trading.store.backup_files import folder_of, kept, name_of, taken_at
from trading.store.exact import exact_sum
from trading.store.port import Store

KEPT = 7
EVERY = timedelta(days=1)
RETRY = timedelta(hours=1)
RECENT = timedelta(hours=1)
"""A start this soon after the newest backup makes none, so that restarts do not push the older ones out."""

_LOOK_SECONDS = 600.0
"""A machine that slept is late by no more than this."""

log = structlog.get_logger(__name__)


class Backups:
    """Backs `database` up at the start and daily. A backup that fails is told in the journal; trading goes on."""

    def __init__(self, database: Path, store: Store, clock: Clock, people: Clock) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._people = people

    async def run(self) -> None:
        """Back up until cancelled. Raises Fatal only when not even the failure can be written down."""
        due = self._people.monotonic() + self._first_wait()
        while True:
            if self._people.monotonic() >= due:
                due = self._people.monotonic() + (EVERY if await self._attempt() else RETRY).total_seconds()
            await self._people.sleep(min(_LOOK_SECONDS, max(1.0, due - self._people.monotonic())))

    async def make(self) -> Path:
        """One verified backup, off the event loop; returns its file. Raises Fatal when there is none."""
        return await asyncio.to_thread(make_backup, self._database, self._people.now())

    def _first_wait(self) -> float:
        backups = kept(self._database)
        newest = taken_at(self._database, backups[-1]) if backups else None
        age = RECENT if newest is None else self._people.now() - newest
        return (EVERY - age).total_seconds() if timedelta(0) <= age < RECENT else 0.0

    async def _attempt(self) -> bool:
        try:
            made = await self.make()
        except Fatal as fault:
            log.error("the backup failed", why=str(fault))
            async with self._store.transaction() as tx:
                await tx.append(JobFailed(self._clock.now(), "backup", str(fault)))
            return False
        log.info("backed up", file=str(made))
        return True


def make_backup(database: Path, at: datetime) -> Path:
    """Copy `database` aside, verify the copy, move it to its name and drop the oldest. Raises Fatal; blocks."""
    folder = folder_of(database)
    final = folder / name_of(database, at)
    aside = final.with_name(f"{final.name}.new")
    with disk_faults(f"{database} could not be backed up to {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            copy_whole(database, aside)
            verify(aside)
            publish(aside, final)
        finally:
            aside.unlink(missing_ok=True)
        for old in [path for path in kept(database) if path != final][: -(KEPT - 1)]:
            old.unlink(missing_ok=True)
    return final


def verify(file: Path) -> None:
    """Raise Fatal unless `file` is a sound database of this program whose ledger conserves value."""
    with disk_faults(f"{file} is no sound backup"), closing(_reading(file)) as database:
        findings = [finding for (finding,) in database.execute("PRAGMA quick_check")]
        if findings != ["ok"]:
            raise Fatal(f"{file} is damaged ({findings[0]}); choose another backup.")
        database.execute("SELECT version_num FROM alembic_version").fetchone()
        for currency, amounts in database.execute(
            "SELECT currency, group_concat(amount, ' ') FROM postings GROUP BY 1"
        ):
            residual = exact_sum(map(Decimal, amounts.split()))
            if residual:
                raise Fatal(f"{file} has a ledger whose {currency} do not add up ({residual}); choose another backup.")


def copy_whole(source: Path, target: Path) -> None:
    """Copy the database `source` as it is committed now, whoever uses it."""
    target.unlink(missing_ok=True)
    with closing(_reading(source)) as old, closing(sqlite3.connect(target)) as new:
        # In one step: writers beside us go on, and what they write is not in it.
        old.backup(new, pages=-1)
        # A copy is one whole file, with no log beside it that could be left behind.
        new.execute("PRAGMA journal_mode=DELETE")


def _reading(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def publish(aside: Path, final: Path) -> None:
    """Give a file its name once its content is safely on the disk, and see that the name is too."""
    _sync(aside)
    aside.replace(final)
    _sync(final.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def disk_faults(what: str) -> Iterator[None]:
    """Raise Fatal for what the disk or SQLite did wrong; `what` begins the sentence."""
    try:
        yield
    except (sqlite3.Error, OSError, InvalidOperation) as fault:
        raise Fatal(f"{what} ({fault}); check the disk and the file.") from fault

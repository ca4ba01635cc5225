"""A disk that fails once, at the write it is told to: beneath SQLite's driver, where a real one fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

import pytest

from trading.store import sql_engine

WRITES = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE")


class Kind(Enum):
    """What the failing write leaves behind."""

    NOTHING = "nothing is written"
    EVERYTHING = "everything is written, and the answer is an error"


@dataclass(slots=True)
class Disk:
    """Fails at write number `fail_at`; 0 is never."""

    fail_at: int = 0
    kind: Kind = Kind.NOTHING
    writes: int = 0
    failed: bool = False

    def begin(self, fail_at: int, kind: Kind) -> None:
        """Count from here."""
        self.fail_at, self.kind, self.writes, self.failed = fail_at, kind, 0, False

    @contextmanager
    def write(self) -> Iterator[None]:
        self.writes += 1
        now = self.writes == self.fail_at
        if now and self.kind is Kind.NOTHING:
            self.fail()
        yield
        if now:
            self.fail()

    def fail(self) -> None:
        self.failed = True
        raise sqlite3.OperationalError("disk I/O error")


class _Cursor(sqlite3.Cursor):
    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        if not sql.startswith(WRITES):
            return super().execute(sql, *arguments)
        with _Connection.disk.write():
            return super().execute(sql, *arguments)

    def executemany(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        with _Connection.disk.write():
            return super().executemany(sql, *arguments)


class _Connection(sqlite3.Connection):
    disk: ClassVar[Disk]

    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        if not self.in_transaction or not self._writes():
            super().commit()
            return
        with self.disk.write():
            super().commit()

    def _writes(self) -> bool:
        return not sqlite3.Connection.cursor(self).execute("PRAGMA query_only").fetchone()[0]


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Beneath every SQLite store that is opened from now on."""
    _Connection.disk = Disk()
    original = sql_engine.create_async_engine

    def create(url: Any, *, connect_args: dict[str, Any], **others: Any) -> Any:
        return original(url, connect_args={**connect_args, "factory": _Connection}, **others)

    monkeypatch.setattr(sql_engine, "create_async_engine", create)
    return _Connection.disk

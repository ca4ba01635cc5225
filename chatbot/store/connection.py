"""The chat store's connection to SQLite: several statements in one transaction, and what its faults mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, TypeAlias

from trading.errors import Fatal, SettingsError

PATIENCE_SECONDS = 10.0
"""How long another writer of the same file is waited for."""

_OWN_FAULTS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, ValueError, OverflowError)
"""What is wrong with one statement or its values, and not with the file."""

Values: TypeAlias = tuple[str | int, ...]


class Keep(IntEnum):
    """What a statement's effect survives once its result is told."""

    NOTHING = 0
    """Nothing is written."""
    KILLED = 1
    """The end of the program, at any instant."""
    POWER_LOSS = 2
    """The end of the machine too: it is flushed to the disk."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with what stands for its question marks."""

    sql: str
    values: Values
    keep: Keep


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a statement, and how many it changed."""

    rows: Sequence[tuple[Any, ...]]
    changed: int


Outcome: TypeAlias = Result | Exception


def parse_url(url: str) -> Path | None:
    """The file of "sqlite:///path"; None for ":memory:". Raises SettingsError."""
    scheme, _, path = url.partition(":///")
    if scheme.split("+")[0] != "sqlite" or not path:
        raise SettingsError(
            "The chat keeps its memory in a SQLite file; give its address as sqlite:///path/to/file.db."
        )
    return None if path == ":memory:" else Path(path)


class Connection:
    """Belongs to the thread that opens it. A fault of the disk or of the file raises `Fatal`."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._flushes = True

    def open(self, prepare: Callable[[sqlite3.Connection], None]) -> None:
        """Connect, and let `prepare` make the tables in one transaction."""
        if self._path is not None:
            _make_folder(self._path.parent)
        with self._faults_are_fatal():
            # Python's own transactions begin late, and fail half-way; we say BEGIN ourselves.
            target = ":memory:" if self._path is None else str(self._path)
            self._connection = sqlite3.connect(target, timeout=PATIENCE_SECONDS, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("BEGIN IMMEDIATE")
            prepare(self._connection)
            self._connection.execute("COMMIT")

    def commit(self, statements: Sequence[Statement]) -> list[Outcome]:
        """The outcomes of `statements`, run in order and committed at once. Raises Fatal, and none of them is in."""
        keep = max(statement.keep for statement in statements)
        with self._faults_are_fatal():
            if keep is Keep.NOTHING:
                return [self._outcome(statement) for statement in statements]
            self._flush_at_commit(keep is Keep.POWER_LOSS)
            self._execute("BEGIN IMMEDIATE")
            outcomes = [self._outcome(statement) for statement in statements]
            self._execute("COMMIT")
            return outcomes

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _outcome(self, statement: Statement) -> Outcome:
        try:
            cursor = self._execute(statement.sql, statement.values)
            return Result(cursor.fetchall(), cursor.rowcount)
        except _OWN_FAULTS as error:
            return error

    def _flush_at_commit(self, wanted: bool) -> None:
        """In WAL mode a commit that is not flushed survives the program, and is flushed with the next that is."""
        if wanted is not self._flushes:
            self._execute(f"PRAGMA synchronous={'FULL' if wanted else 'NORMAL'}")
            self._flushes = wanted

    def _execute(self, sql: str, values: Values = ()) -> sqlite3.Cursor:
        assert self._connection is not None, "commit() comes after open()"
        return self._connection.execute(sql, values)

    @contextmanager
    def _faults_are_fatal(self) -> Iterator[None]:
        """Undo the transaction and raise `Fatal` for what the machine did wrong."""
        try:
            yield
        except (sqlite3.Error, OSError) as fault:
            self._roll_back()
            where = "in memory" if self._path is None else self._path
            raise Fatal(
                f"The chat's database {where} cannot be used ({fault}); check the disk and the file, then start again."
            ) from fault
        except Exception:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        # SQLite may have done so by itself.
        if self._connection is not None and self._connection.in_transaction:
            self._connection.rollback()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise Fatal(
            f"The folder {folder} cannot be created ({fault.strerror}); make its parent writable or set STATE_DIR."
        ) from fault

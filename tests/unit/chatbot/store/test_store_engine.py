"""The chat store's thread: what waits together is committed together, and what the disk refuses is tried again."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from chatbot.store.connection import Connection, Keep
from chatbot.store.engine import Engine
from trading.errors import Fatal

ADD = "INSERT INTO seen (name) VALUES (?)"
ALL = "SELECT name FROM seen ORDER BY position"


def prepare(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE seen (position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
    connection.execute("CREATE TABLE noted (name TEXT NOT NULL)")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


@pytest.fixture
async def engine(path: Path) -> AsyncIterator[Engine]:
    engine = Engine(path)
    await engine.open(prepare)
    yield engine
    await engine.close()


@contextmanager
def another_program(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements each commit held."""
    sizes: list[int] = []
    commit = Connection.commit

    def counted(self: Connection, statements: Any) -> Any:
        sizes.append(len(statements))
        return commit(self, statements)

    monkeypatch.setattr(Connection, "commit", counted)
    return sizes


async def names(engine: Engine) -> list[str]:
    return [name for (name,) in (await engine.run(ALL)).rows]


async def test_64_writes_at_once_share_their_commits(engine: Engine, path: Path, commits: list[int]) -> None:
    with another_program(path) as other:
        other.execute("BEGIN IMMEDIATE")
        writes = [asyncio.ensure_future(engine.run(ADD, (str(n),), Keep.POWER_LOSS)) for n in range(64)]
        await asyncio.sleep(0)
        other.execute("COMMIT")
        await asyncio.gather(*writes)
    assert sum(commits) == 64
    assert len(commits) <= 3
    assert await names(engine) == [str(n) for n in range(64)]


async def test_a_deferred_statement_costs_no_commit_of_its_own(engine: Engine, commits: list[int]) -> None:
    engine.defer(ADD, ("later",))
    await engine.run(ADD, ("now",), Keep.POWER_LOSS)
    assert commits == [2]
    assert await names(engine) == ["later", "now"]


async def test_a_deferred_statement_does_not_wait_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatbot.store.engine.SOON_SECONDS", 0.0)
    loop, committed, commit = asyncio.get_running_loop(), asyncio.Event(), Connection.commit

    def told(self: Connection, statements: Any) -> Any:
        outcomes = commit(self, statements)
        loop.call_soon_threadsafe(committed.set)
        return outcomes

    monkeypatch.setattr(Connection, "commit", told)
    engine = Engine(path)
    await engine.open(prepare)
    engine.defer(ADD, ("soon",))
    await asyncio.wait_for(committed.wait(), 10)
    with another_program(path) as other:
        assert other.execute(ALL).fetchall() == [("soon",)]
    await engine.close()


async def test_a_refused_value_fails_alone(engine: Engine) -> None:
    await engine.run(ADD, ("twice",), Keep.POWER_LOSS)
    told = await asyncio.gather(
        *(engine.run(ADD, (name,), Keep.POWER_LOSS) for name in ("before", "twice", "after", "\ud83d")),
        return_exceptions=True,
    )
    assert isinstance(told[1], sqlite3.IntegrityError)
    assert isinstance(told[3], UnicodeEncodeError)
    assert await names(engine) == ["twice", "before", "after"]


async def test_a_damaged_file_is_fatal_and_says_what_to_do(engine: Engine, path: Path) -> None:
    with another_program(path) as other:
        other.execute("DROP TABLE seen")
    with pytest.raises(Fatal, match="check the disk"):
        await engine.run(ADD, ("lost",), Keep.POWER_LOSS)


async def test_what_is_deferred_never_stands_in_the_way_and_is_tried_again(engine: Engine, path: Path) -> None:
    with another_program(path) as other, capture_logs() as logs:
        other.execute("ALTER TABLE noted RENAME TO away")
        for name in ("first", "second"):
            engine.defer("INSERT INTO noted VALUES (?)", (name,))
        await engine.run(ADD, ("done",), Keep.POWER_LOSS)
        assert await names(engine) == ["done"]
        assert "no such table" in logs[0]["why"]
        other.execute("ALTER TABLE away RENAME TO noted")
        await engine.run(ADD, ("next",), Keep.POWER_LOSS)
        assert other.execute("SELECT name FROM noted").fetchall() == [("first",), ("second",)]


async def test_a_failure_leaves_no_half_of_a_transaction(engine: Engine, path: Path) -> None:
    with another_program(path) as other:
        other.execute("DROP TABLE noted")
    broken = "INSERT INTO noted VALUES (?)"
    told = await asyncio.gather(
        *(engine.run(sql, ("x",), Keep.POWER_LOSS) for sql in (ADD, broken)), return_exceptions=True
    )
    assert isinstance(told[1], Fatal)
    # Whether both met in one transaction or not: what was told is what is there.
    assert await names(engine) == ([] if isinstance(told[0], Fatal) else ["x"])


async def test_what_must_survive_a_power_failure_is_flushed_and_a_question_is_not(
    engine: Engine,
) -> None:
    async def level() -> int:
        return int((await engine.run("PRAGMA synchronous")).rows[0][0])

    normal, full = 1, 2
    await engine.run(ADD, ("question",), Keep.KILLED)
    assert await level() == normal
    await engine.run(ADD, ("order",), Keep.POWER_LOSS)
    assert await level() == full


async def test_nothing_is_left_running_after_the_close(path: Path) -> None:
    engine = Engine(path)
    await engine.open(prepare)
    engine.defer(ADD, ("last",))
    await engine.close()
    for thread in threading.enumerate():
        if thread.name == "chat store":
            thread.join(10)
            assert not thread.is_alive()
    with another_program(path) as other:
        assert other.execute(ALL).fetchall() == [("last",)]

"""`main.py restore`: a damaged portfolio is put back from its newest backup, and not under a running bot."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from main import cli
from tests.world import START
from trading.instance import Instance
from trading.store.backup import make_backup
from trading.store.sql import SqlStore


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state directory with a database; the command line is pointed at it."""
    state = tmp_path / "state"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATE_DIR", str(state))
    monkeypatch.setenv("MODE", "paper")
    asyncio.run(_remember(state, "kept"))
    return state


def test_a_damaged_database_is_put_back_with_the_command_it_names(state: Path) -> None:
    backup = make_backup(state / "purser.db", START)
    (state / "purser.db").write_bytes(b"this was a database once" * 400)
    done = CliRunner().invoke(cli, ["restore", str(backup)])
    assert done.exit_code == 0, done.output
    assert "is the backup of 2025-03-03 12:00 UTC now" in done.output
    assert asyncio.run(_remembered(state)) == "kept"
    assert [path.read_bytes()[:4] for path in state.glob("purser.db.replaced-*Z")] == [b"this"]


def test_it_is_refused_while_the_bot_runs(state: Path) -> None:
    backup = make_backup(state / "purser.db", START)
    with Instance(state):
        done = CliRunner().invoke(cli, ["restore", str(backup)])
    assert done.exit_code == 1
    assert "Another Purser is running" in done.output


def test_a_file_that_is_no_backup_changes_nothing(state: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    done = CliRunner().invoke(cli, ["restore", str(tmp_path / "notes.txt")])
    assert done.exit_code == 1
    assert "no sound backup" in done.output
    assert asyncio.run(_remembered(state)) == "kept"


async def _remember(state: Path, word: str) -> None:
    store = SqlStore(f"sqlite:///{state / 'purser.db'}")
    await store.open()
    async with store.transaction() as tx:
        await tx.put_meta("word", word)
    await store.close()


async def _remembered(state: Path) -> str | None:
    store = SqlStore(f"sqlite:///{state / 'purser.db'}")
    await store.open()
    async with store.reading() as read:
        word = await read.meta("word")
    await store.close()
    return word

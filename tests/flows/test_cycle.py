"""`main.py cycle`: a decision's record, made again, and under other guards, from the state directory alone."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from main import cli
from tests.unit.trading.research.deciding import Told, decided
from trading.domain.plan import Cycle
from trading.instance import Instance
from trading.settings import CoreSettings, keep_settings
from trading.store.sql import SqlStore


@pytest.fixture(scope="module")
def made() -> Cycle:
    """Three buys by a model."""
    return asyncio.run(decided(Told()))


@pytest.fixture
def decision(made: Cycle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cycle:
    """A portfolio with one decision; the command line is pointed at it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    keep_settings(_settings(tmp_path))
    asyncio.run(_written(tmp_path, made))
    return made


def cycle_command(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["cycle", *arguments])


def test_without_an_id_the_newest_are_listed_and_with_one_the_record_is_shown(decision: Cycle) -> None:
    assert decision.id[:8] in cycle_command().output
    shown = cycle_command(decision.id)
    assert shown.exit_code == 0
    assert f"Decision {decision.id} · PAPER" in shown.output and decision.snapshot_hash in shown.output


def test_it_is_read_while_a_bot_runs_on_the_same_folder(decision: Cycle, tmp_path: Path) -> None:
    async def beside_a_writer() -> Result:
        store = SqlStore(_settings(tmp_path).store_url)
        await store.open()
        async with store.transaction() as tx:
            await tx.put_meta("somebody", "writes")
            shown = await asyncio.to_thread(cycle_command, decision.id)
        await store.close()
        return shown

    with Instance(tmp_path / "state"):
        assert decision.snapshot_hash in asyncio.run(beside_a_writer()).output


def test_the_parts_are_printed_on_their_own(decision: Cycle) -> None:
    assert cycle_command(decision.id, "--snapshot").output.strip() == decision.snapshot
    assert f"Snapshot: {decision.snapshot_hash}" in cycle_command(decision.id, "--prompt").output
    assert decision.raw[0] in cycle_command(decision.id, "--raw").output
    assert json.loads(cycle_command(decision.id, "--json").output)["cycle"]["id"] == decision.id


def test_made_again_it_says_same_and_ends_well(decision: Cycle) -> None:
    done = cycle_command(decision.id, "--replay")
    assert (done.exit_code, "same: 3 orders" in done.output) == (0, True)


def test_a_record_that_does_not_hold_ends_with_an_exit_code(decision: Cycle, tmp_path: Path) -> None:
    asyncio.run(_written(tmp_path, replace(decision, id="b" * 32)))
    other = cycle_command("bbbb", "--replay")
    assert other.exit_code == 1 and "belongs to another decision" in other.output
    asyncio.run(_rewritten(tmp_path, replace(decision, intents=decision.intents[1:])))
    done = cycle_command(decision.id, "--replay")
    assert done.exit_code == 1 and "different in 1 place" in done.output


def test_other_guards_are_shown_beside_those_that_were_in_force(decision: Cycle) -> None:
    done = cycle_command(decision.id, "--with", "max_weight=0.06", "--with", "max_orders=1")
    assert done.exit_code == 0 and "3 orders → 1 order" in done.output
    refused = cycle_command(decision.id, "--with", "weight=0.06")
    assert refused.exit_code == 1 and "write one of max_weight=0.2" in refused.output


def test_no_such_decision_is_one_sentence(decision: Cycle) -> None:
    done = cycle_command("dddd")
    assert done.exit_code == 1
    assert done.output.strip() == "No decision begins with dddd; the newest ones: main.py cycle"


def _settings(folder: Path) -> CoreSettings:
    return CoreSettings(state_dir=folder / "state")


async def _written(folder: Path, cycle: Cycle) -> None:
    store = SqlStore(_settings(folder).store_url)
    await store.open()
    async with store.transaction() as tx:
        await tx.add_cycle(cycle)
    await store.close()


async def _rewritten(folder: Path, cycle: Cycle) -> None:
    store = SqlStore(_settings(folder).store_url)
    await store.open()
    async with store.transaction() as tx:
        await tx.update_cycle(cycle)
    await store.close()

"""Promise 26: of many programs that start at once on the same portfolio, one runs and the others say so and end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.stores import postgres_database
from tests.proof import Proof
from trading.store.sql import SqlStore

RACES = 100

# One process forks the racers of each round: they have nothing to import, so they arrive together. Every racer holds
# what it got until all have tried, then goes without saying goodbye, as a killed program does.
RACE = """
import asyncio, gc, json, os, sys
from pathlib import Path
from trading.errors import Fatal

kind, where, rounds, racers = sys.argv[1], sys.argv[2:-2], int(sys.argv[-2]), int(sys.argv[-1])
if kind == "directory":
    from trading.instance import Instance
else:
    from trading.store.sql import SqlStore


gc.freeze()
gc.disable()


def enter(place):
    if kind == "directory":
        with Instance(Path(place)):
            settle(b"w")
    else:
        asyncio.run(hold(place))


async def hold(url):
    store = SqlStore(url)
    await store.open()
    settle(b"w")


def settle(said):
    os.write(answers[1], said)
    os.read(finish[0], 1)
    os._exit(0)


for _ in range(rounds):
    begin, answers, finish = os.pipe(), os.pipe(), os.pipe()
    children = []
    for number in range(racers):
        child = os.fork()
        if not child:
            os.read(begin[0], 1)
            try:
                enter(where[number % len(where)])
            except Fatal as refused:
                settle(b"r" if "Another Purser" in str(refused) and "\\n" not in str(refused) else b"?")
            except BaseException:
                settle(b"!")
        children.append(child)
    os.write(begin[1], b"." * racers)
    said = b""
    while len(said) < racers:
        said += os.read(answers[0], racers)
    os.write(finish[1], b"." * racers)
    for child in children:
        os.waitpid(child, 0)
    for end in (*begin, *answers, *finish):
        os.close(end)
    print(json.dumps(said.decode()), flush=True)
"""


def races(kind: str, where: list[str], rounds: int, racers: int) -> list[str]:
    """What the racers of each round said: w for won, r for refused in one sentence."""
    run = subprocess.run(
        [sys.executable, "-c", RACE, kind, *where, str(rounds), str(racers)],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def without_one_winner(rounds: list[str]) -> list[str]:
    return [said for said in rounds if sorted(said) != ["r"] * (len(said) - 1) + ["w"]]


def test_one_of_three_programs_gets_the_state_directory(tmp_path: Path, proof: Proof, scale: int) -> None:
    rounds = races("directory", [str(tmp_path)], RACES * scale, 3)
    assert without_one_winner(rounds) == []
    proof(26, cases=len(rounds))


async def test_one_of_two_programs_gets_the_database_though_their_directories_differ(
    tmp_path: Path, proof: Proof, scale: int
) -> None:
    url = await _migrated(f"sqlite:///{tmp_path / 'shared' / 'purser.db'}")
    (tmp_path / "second").symlink_to(tmp_path / "shared")
    other = url.replace("shared", "second")
    rounds = races("database", [url, other], RACES * scale, 2)
    assert without_one_winner(rounds) == []
    proof(26, cases=len(rounds))


@pytest.mark.soak
async def test_one_of_three_programs_gets_the_database_on_a_server(proof: Proof) -> None:
    async with postgres_database() as address:
        url = await _migrated(address)
        rounds = races("database", [url], RACES, 3)
    assert without_one_winner(rounds) == []
    proof(26, cases=len(rounds))


async def _migrated(url: str) -> str:
    store = SqlStore(url)
    await store.open()
    await store.close()
    return url

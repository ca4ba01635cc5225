"""Promises 1 and 2: killed at any instant, no order is sent twice and none is forgotten.

Each run is a seed's faults, lags and habits of the venue. It is lived through once unharmed, and once more for every
boundary that it crossed, killed there; a quarter of the later lives are killed too. Afterwards venue and books agree.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.faults.lab.campaign import Campaign, campaign, kept_seeds, nothing_else
from tests.faults.lab.exits import exit_violations
from tests.faults.lab.quiet import quiet_log
from tests.faults.lab.scenarios import CRASHES
from tests.proof import Proof

SEEDS = 200
LONG = 100_000


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with quiet_log():
        yield


def judged(runs: Campaign, proof: Proof) -> None:
    assert not runs.failures, "\n".join(runs.failures[:20])
    proof(1, cases=runs.cases)
    proof(2, cases=runs.cases)


@pytest.mark.parametrize("number", range(len(CRASHES)), ids=list(CRASHES))
async def test_killed_at_every_boundary(number: int, proof: Proof) -> None:
    runs, scenario = await campaign(), list(CRASHES)[number]
    for seed in range(number, SEEDS, len(CRASHES)):
        await runs.every_boundary(seed, scenario)
    judged(runs, proof)


@pytest.mark.parametrize(("seed", "boundary", "scenario"), list(kept_seeds()))
async def test_what_once_failed_does_not_fail_again(seed: int, boundary: int, scenario: str) -> None:
    runs = await campaign(exit_violations if scenario == "path" else nothing_else)
    await runs.go(seed, boundary, scenario)
    assert not runs.failures, "\n".join(runs.failures)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(len(CRASHES)), ids=list(CRASHES))
async def test_killed_somewhere_a_hundred_thousand_times(number: int, proof: Proof) -> None:
    runs, scenario = await campaign(), list(CRASHES)[number]
    seeds = random.Random(number)
    for _ in range(LONG // len(CRASHES)):
        await runs.some_boundary(seeds.getrandbits(40), scenario)
    judged(runs, proof)

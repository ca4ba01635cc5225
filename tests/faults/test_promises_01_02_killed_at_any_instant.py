"""Promises 1 and 2: killed at any instant, no order is sent twice and none is forgotten.

Each run is a seed's faults, lags and habits of the venue. It is lived through once unharmed, and once more for every
boundary that it crossed, killed there; a quarter of the later lives are killed too. Afterwards venue and books agree.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.faults.lab.campaign import Campaign, campaign, kept_seeds
from tests.faults.lab.exits import judge_of
from tests.faults.lab.quiet import quiet_log
from tests.faults.lab.scenarios import CRASHES
from tests.proof import Proof

SEEDS = {
    "rebalance": 22,
    "approval": 40,
    "stop": 35,
    "target": 30,
    "close": 22,
    "stop-in-rebalance": 15,
    "twice": 36,
}
"""200 in all; the scenarios with the most boundaries have the fewest."""
LONG = 100_000


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with quiet_log():
        yield


def judged(runs: Campaign, proof: Proof) -> None:
    assert not runs.failures, "\n".join(runs.failures[:20])
    proof(1, cases=runs.cases)
    proof(2, cases=runs.cases)


@pytest.mark.parametrize("scenario", CRASHES)
async def test_killed_at_every_boundary(scenario: str, proof: Proof) -> None:
    runs = await campaign()
    for seed in range(SEEDS[scenario]):
        await runs.every_boundary(seed, scenario)
    judged(runs, proof)


@pytest.mark.parametrize(("seed", "boundary", "scenario"), list(kept_seeds()))
async def test_what_once_failed_does_not_fail_again(seed: int, boundary: int, scenario: str) -> None:
    runs = await campaign(judge_of(scenario))
    await runs.go(seed, boundary, scenario)
    assert not runs.failures, "\n".join(runs.failures)


@pytest.mark.soak
@pytest.mark.parametrize("scenario", CRASHES)
async def test_killed_somewhere_a_hundred_thousand_times(scenario: str, proof: Proof) -> None:
    runs, seeds = await campaign(), random.Random(scenario)
    for _ in range(LONG // len(CRASHES)):
        await runs.some_boundary(seeds.getrandbits(40), scenario)
    judged(runs, proof)

"""Promise 9: a stop or a target fires once and sells exactly what is held, or a person is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.lab.campaign import Campaign, campaign
from tests.faults.lab.exits import STOP, TARGET, exit_violations
from tests.faults.lab.quiet import quiet_log
from tests.proof import Proof

PATHS = 600
DIPS = 24
"""Each is killed at every boundary."""
LONG = 10_000


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with quiet_log():
        yield


async def wandering(seeds: range) -> Campaign:
    runs, crossed = await campaign(exit_violations), 0
    for seed in seeds:
        outcome = await runs.go(seed, seed % 60 if seed % 3 else 0, "path")
        low, high = outcome.exchange.extremes["BTC/USD"]
        crossed += low <= STOP or high >= TARGET
    assert not runs.failures, "\n".join(runs.failures[:20])
    assert len(seeds) / 4 < crossed < len(seeds), "paths that cross a level and paths that do not are both needed"
    return runs


async def test_an_exit_fires_once_or_a_person_is_told(proof: Proof) -> None:
    proof(9, cases=(await wandering(range(PATHS))).cases)


async def test_an_exit_that_has_fired_is_seen_through_though_the_price_comes_back(proof: Proof) -> None:
    runs = await campaign(exit_violations)
    for seed in range(DIPS):
        await runs.every_boundary(seed, "dip")
    assert not runs.failures, "\n".join(runs.failures[:20])
    proof(9, cases=runs.cases)


@pytest.mark.soak
async def test_an_exit_fires_once_or_a_person_is_told_on_ten_thousand_paths(proof: Proof) -> None:
    proof(9, cases=(await wandering(range(PATHS, PATHS + LONG))).cases)

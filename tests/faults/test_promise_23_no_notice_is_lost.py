"""Promise 23: killed between any two calls, the follower tells every notice, and says so where it may be a repeat."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from tests.faults.notices.death import Fate
from tests.faults.notices.trial import Trial
from tests.proof import Proof

PARTS = 4
SCHEDULES = 75
"""Crash schedules a part."""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Log entries are kept in memory; printing tracebacks takes seconds."""
    with capture_logs():
        yield


@pytest.mark.parametrize("part", range(PARTS))
async def test_no_crash_loses_a_notice_or_doubles_it_unsaid(part: int, proof: Proof, scale: int) -> None:
    deaths, broken = 0, []
    for seed in range(part, SCHEDULES * PARTS * scale, PARTS):
        trial = Trial(seed, Fate(seed, odds=0.05, most=6))
        await trial.run()
        deaths += trial.fate.deaths
        broken += [f"seed {seed}: {violation}" for violation in trial.violations()]
    assert broken == []
    assert deaths > SCHEDULES * scale
    proof(23, cases=SCHEDULES * scale, violations=len(broken))


async def test_every_boundary_of_one_life_is_survived(proof: Proof) -> None:
    whole = Trial(7, Fate(7), odds=0.0)
    await whole.run()
    assert whole.violations() == []
    for boundary in range(1, whole.fate.crossed + 1):
        trial = Trial(7, Fate(7, at=boundary), odds=0.0)
        await trial.run()
        assert trial.fate.deaths == 1
        assert trial.violations() == [], f"killed at boundary {boundary}"
    proof(23, cases=whole.fate.crossed)

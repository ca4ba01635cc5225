"""Whatever is wished for, in whatever market: what reaches the venue is legal, and what is not sent is told."""

from __future__ import annotations

import pytest

from tests.faults.sizes.trial import Trial
from tests.proof import Proof

CASES = 5_000
CASES_PER_MARKET = 50


async def test_what_reaches_the_venue_is_legal_and_what_is_not_sent_is_told(proof: Proof, scale: int) -> None:
    cases = min(CASES * scale, 100_000)
    violations: list[str] = []
    sent = refused = told = 0
    for seed in range(cases // CASES_PER_MARKET):
        trial = Trial(seed)
        await trial.run(CASES_PER_MARKET)
        violations += [f"seed {seed}: {words}" for words in trial.violations]
        sent, refused, told = sent + trial.sent, refused + trial.refused, told + trial.told
    assert not violations, "\n".join(violations[:20])
    # Trials in which nothing is sent, refused or left over would prove nothing.
    assert sent > cases // 4
    assert refused > cases // 20
    assert told > cases // 20
    proof(14, cases=cases, violations=len(violations))


@pytest.mark.parametrize("seed", [455])
async def test_what_once_was_not_legal_is_so_no_more(seed: int) -> None:
    trial = Trial(seed)
    await trial.run(CASES_PER_MARKET)
    assert not trial.violations

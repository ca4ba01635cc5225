"""Promise 4: nothing is sent again before the venue has proved that it is not there, however late it shows things.

Every order meets a fault more often than not, and questions lag by 0 to 120 s; half of the programs are killed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.faults.lab.exchange import Habits
from tests.faults.lab.quiet import quiet_log
from tests.faults.lab.trial import STORM, run, seedbed
from tests.faults.lab.venue import LONGEST_LAG
from tests.faults.lab.weather import Weather
from tests.proof import Proof

SEEDS = 500
LONG = 10_000
SCENARIOS = ("stop", "target", "stop-in-rebalance", "twice", "close")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with quiet_log():
        yield


async def lagging(seeds: range, proof: Proof) -> None:
    bed, failures, again = await seedbed(), [], 0
    weather = Weather(0.7, 0.1, 0.3, bed.now + STORM)
    for seed in seeds:
        chance = random.Random(seed)
        habits = Habits(chance.uniform(0, LONGEST_LAG), in_parts=0.2, cut_short=0.2, slow=0.2)
        boundary = chance.choice((0, chance.randint(1, 45)))
        scenario = SCENARIOS[seed % len(SCENARIOS)]
        outcome = await run(bed, seed, boundary, scenario, weather, habits)
        again += len(outcome.tables.orders) > len({order.intent.id for order in outcome.tables.orders.values()})
        if outcome.violations:
            failures.append(f"seed {seed}, boundary {boundary}, {scenario}: {'; '.join(outcome.violations)}")
    assert not failures, "\n".join(failures[:20])
    assert again > len(seeds) / 10, "hardly anything was sent again, so little was proved"
    proof(4, cases=len(seeds))


async def test_what_the_venue_shows_late_is_not_sent_again(proof: Proof) -> None:
    await lagging(range(SEEDS), proof)


@pytest.mark.soak
async def test_what_the_venue_shows_late_is_not_sent_again_in_ten_thousand_runs(proof: Proof) -> None:
    await lagging(range(SEEDS, SEEDS + LONG), proof)

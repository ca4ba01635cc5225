"""Many runs: what they broke, as lines that repeat them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.lab.trial import Outcome, Seedbed, run, seedbed

SEEDS = Path(__file__).with_name("seeds.txt")
Judge = Callable[[Outcome], Iterable[str]]
"""Finds what the usual audit does not look for."""


def nothing_else(outcome: Outcome) -> Iterable[str]:
    """The usual audit is enough."""
    return ()


@dataclass(slots=True)
class Campaign:
    """Counts cases and keeps the lines of those that broke something; `judge` may find more than the usual audit."""

    bed: Seedbed
    judge: Judge = nothing_else
    cases: int = 0
    failures: list[str] = field(default_factory=list)

    async def go(self, seed: int, boundary: int, scenario: str) -> Outcome:
        """One run."""
        outcome = await run(self.bed, seed, boundary, scenario)
        self.cases += 1
        found = [*outcome.violations, *self.judge(outcome)]
        if found:
            again = f"python -m tests.faults.lab --seed {seed} --boundary {boundary} --scenario {scenario}"
            self.failures.append(f"{again}  # {'; '.join(found)}")
        return outcome

    async def every_boundary(self, seed: int, scenario: str) -> None:
        """Live through `scenario` unharmed, then once more for each boundary crossed, killed there.

        Boundaries between which nothing happened are one instant, and one run.
        """
        whole = await self.go(seed, 0, scenario)
        for boundary in whole.instants:
            await self.go(seed, boundary, scenario)

    async def some_boundary(self, seed: int, scenario: str, most: int = 45) -> None:
        """Killed at one boundary that the seed chooses, or not at all."""
        await self.go(seed, random.Random(seed).randint(0, most), scenario)


async def campaign(judge: Judge = nothing_else) -> Campaign:
    """A campaign from a fresh seedbed."""
    return Campaign(await seedbed(), judge)


def kept_seeds() -> Iterator[tuple[int, int, str]]:
    """Past failures: seed, boundary and scenario a line; `#` begins a remark."""
    for line in SEEDS.read_text().splitlines():
        fields = line.partition("#")[0].split()
        if fields:
            seed, boundary, scenario = fields
            yield int(seed), int(boundary), scenario

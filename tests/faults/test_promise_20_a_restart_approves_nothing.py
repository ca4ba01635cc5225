"""Promise 20: killed at any step of an approval, a restart keeps the card or expires it, and never approves it.

Each seed is a few presses of three people: orders left out, first and second consents, moved prices, rejections. It is
lived through once unharmed, and once more for every boundary of store and venue that it crossed, killed there.
"""

from __future__ import annotations

from tests.faults.killed_approvals import Run, bed
from tests.proof import Proof

SEEDS = 20
"""200 and more in long runs."""


async def test_killed_at_every_step_of_an_approval(proof: Proof, scale: int) -> None:
    ground, cases, approved, broken = await bed(), 0, 0, list[str]()
    for seed in range(SEEDS * scale):
        whole = Run(ground, seed, 0)
        broken += [f"seed {seed}, unharmed: {what}" for what in await whole.violations()]
        approved += whole.approved
        for boundary in range(1, len(whole.crossed) + 1):
            run = Run(ground, seed, boundary)
            broken += [f"seed {seed}, killed at {boundary}: {what}" for what in await run.violations()]
            cases += 1
    assert broken == [], "\n".join(broken[:10])
    assert approved > SEEDS * scale / 4
    proof(20, cases=cases)

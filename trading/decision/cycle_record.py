"""How a cycle is kept: with its thesis, in the transaction that decides its batch, and told to the journal or not."""

from __future__ import annotations

from dataclasses import replace

from trading.clock import Clock
from trading.decision.predictions import foretold
from trading.domain.event import CycleDecided, CycleProgress
from trading.domain.plan import Cycle, CycleOutcome, Thesis
from trading.store.port import Claim, Transaction


async def keep(tx: Transaction, cycle: Cycle) -> None:
    """Write `cycle` with the thesis and the predictions of its plan, traded or held."""
    await tx.add_cycle(cycle)
    if cycle.plan and cycle.plan.thesis:
        await tx.add_thesis(Thesis(cycle.at, cycle.decided_by, cycle.plan.thesis, cycle.id))
    await foretold(tx, cycle)


class Quiet:
    """Writes a cycle into the transaction that decides its batch."""

    def __init__(self, cycle: Cycle) -> None:
        self.cycle = cycle

    async def write(self, tx: Transaction, outcome: CycleOutcome, detail: str) -> None:
        self.cycle = replace(self.cycle, outcome=outcome, reason=detail or self.cycle.reason)
        await keep(tx, self.cycle)


class Announced(Quiet):
    """Also takes the turn and tells the journal; `sending` is what is told where orders go out at once."""

    def __init__(self, clock: Clock, cycle: Cycle, claim: Claim, sending: str) -> None:
        super().__init__(cycle)
        self._clock = clock
        self._claim = claim
        self._sending = sending

    async def write(self, tx: Transaction, outcome: CycleOutcome, detail: str) -> None:
        await self._claim(tx)
        await super().write(tx, outcome, detail)
        await tx.append(CycleDecided(self._clock.now(), self.cycle.id))
        # A card, or a refusal, says it all itself.
        if outcome is CycleOutcome.TRADED and self._sending:
            await tx.append(CycleProgress(self._clock.now(), self.cycle.id, "order", self._sending))

"""Safe mode: after three failures in a row a model is not asked any more until a person says so."""

from __future__ import annotations

import json
from collections.abc import Sequence

from trading.clock import Clock
from trading.domain.event import SafeModeEntered, SafeModeLeft
from trading.store.port import Store

MOST_FAILURES = 3
WHY_HELD = "held because safe mode is on after three failures in a row; /resume ends it"


class SafeMode:
    """Counts the failures of one decider, called `decider`. What it knows is kept over restarts."""

    def __init__(self, store: Store, clock: Clock, decider: str) -> None:
        self._store = store
        self._clock = clock
        self.decider = decider
        self._failures = 0
        self._on = False

    @property
    def on(self) -> bool:
        return self._on

    async def load(self) -> None:
        """Take up the state of the last run."""
        async with self._store.reading() as read:
            kept = json.loads(await read.meta(self._meta) or "{}")
        self._failures, self._on = kept.get("failures", 0), kept.get("on", False)

    def alerts(self) -> Sequence[str]:
        """One sentence while it is on."""
        if not self._on:
            return ()
        return (f"Safe mode: {self.decider} failed three times in a row and is not asked. /resume ends it.",)

    async def failed(self, reason: str) -> None:
        """Count a rebalance that `reason` (a sentence) left undecided; the third in a row switches safe mode on."""
        failures = self._failures + 1
        on = failures >= MOST_FAILURES
        told = SafeModeEntered(self._clock.now(), self.decider, failures, reason) if on and not self._on else None
        await self._keep(failures, on, told)

    async def worked(self) -> None:
        """A rebalance was decided: the count begins anew."""
        if self._failures and not self._on:
            await self._keep(0, on=False, told=None)

    async def end(self, by: str) -> bool:
        """Switch it off, because `by` says so. False where it was not on."""
        if not self._on:
            return False
        await self._keep(0, on=False, told=SafeModeLeft(self._clock.now(), self.decider, by))
        return True

    async def _keep(self, failures: int, on: bool, told: SafeModeEntered | SafeModeLeft | None) -> None:
        async with self._store.transaction() as tx:
            await tx.put_meta(self._meta, json.dumps({"failures": failures, "on": on}))
            if told is not None:
                await tx.append(told)
        self._failures, self._on = failures, on

    @property
    def _meta(self) -> str:
        return f"model_safe_mode:{self.decider}"

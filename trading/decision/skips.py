"""A rebalance that is left out, once, because a person asked for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from trading.clock import Clock
from trading.domain.event import RunSkipped, SettingChanged
from trading.slots import Slot
from trading.store.port import Store, Transaction

_META = "skip_rebalance"
JOB = "rebalance"


@dataclass(frozen=True, slots=True)
class Skip:
    """The run that is due at `due` (and any before it) is left out; `by` asked for it."""

    due: datetime
    by: str


class Skips:
    """Whether the next rebalance is left out. It names an instant: a run that was missed altogether uses it up too."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._skip: Skip | None = None

    @property
    def asked(self) -> Skip | None:
        """What was asked for and is still ahead."""
        skip = self._skip
        return skip if skip is not None and skip.due > self._clock.now() else None

    def covers(self, due: datetime) -> bool:
        """Whether the run that is due at `due` is left out."""
        return self._skip is not None and due <= self._skip.due

    def told(self) -> Sequence[str]:
        """For a status: that the next rebalance is left out, in a sentence."""
        return ("The next rebalance is left out: /schedule",) if self.asked else ()

    async def load(self) -> None:
        """Take up what was asked for in the last run."""
        async with self._store.reading() as read:
            kept = json.loads(await read.meta(_META) or "{}")
        self._skip = Skip(datetime.fromisoformat(kept["due"]), kept["by"]) if kept else None

    async def ask(self, due: datetime, by: str) -> bool:
        """Leave out the run that is due at `due`; True unless it was so before."""
        if self._skip is not None and self._skip.due == due:
            return False
        await self._change(Skip(due, by), "runs", "left out once", by)
        return True

    async def withdraw(self, by: str) -> bool:
        """Run it after all; True where one was to be left out."""
        if self.asked is None:
            return False
        await self._change(None, "left out once", "runs", by)
        return True

    async def move(self, tx: Transaction, due: datetime) -> None:
        """The next run is due at another instant, `due`, from now on: the wish goes with it, inside `tx`."""
        asked = self.asked
        if asked is not None:
            self._skip = Skip(due, asked.by)
            await tx.put_meta(_META, _kept(self._skip))

    async def use(self, slot: Slot) -> None:
        """Take `slot` as left out: it is kept and told, and no restart runs it."""
        by = "" if self._skip is None else self._skip.by
        async with self._store.transaction() as tx:
            await slot.claim(tx)
            await tx.put_meta(_META, _kept(None))
            await tx.append(RunSkipped(self._clock.now(), slot.job, slot.due, by))
        self._skip = None

    async def _change(self, skip: Skip | None, old: str, new: str, by: str) -> None:
        async with self._store.transaction() as tx:
            await tx.put_meta(_META, _kept(skip))
            await tx.append(SettingChanged(self._clock.now(), "Next rebalance", old, new, by))
        self._skip = skip


def _kept(skip: Skip | None) -> str:
    return "{}" if skip is None else json.dumps({"due": skip.due.isoformat(), "by": skip.by})

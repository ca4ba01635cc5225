"""A daily job's turns: one per local day, claimed in the store together with what came of it.

Woken twice, a job runs once; killed in the middle, it runs again. The zone of the local day may change while the
program runs: a date keeps its one run, and two runs in different zones are at least half a day apart.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from trading.errors import ConcurrentUpdate
from trading.store.port import Queries, Store, Transaction

APART = timedelta(hours=12)
"""How far apart a job's runs on both sides of a change of zone are at least: never three within 24 hours."""

_MOMENT = timedelta(microseconds=1)

CurrentZone = Callable[[], ZoneInfo]
"""The zone in force now."""


class Daily(Protocol):
    """Once per local day of `zone`."""

    @property
    def zone(self) -> ZoneInfo: ...

    def on_or_after(self, instant: datetime) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Slot:
    """A daily job's turn on one local day, in the zone of that name."""

    job: str
    day: str
    due: datetime
    zone: str = ""

    async def claim(self, tx: Transaction) -> None:
        """Take the turn inside the transaction that keeps what came of it: both are kept, or neither.

        Raises ConcurrentUpdate when it was taken before.
        """
        if not await tx.claim_slot(self.job, self.day, self.due):
            raise ConcurrentUpdate(f"{self.job} has run already for {self.day}")
        await tx.put_meta(_last_run_key(self.job), json.dumps([self.due.isoformat(), self.zone]))

    async def is_open(self, read: Queries) -> bool:
        """Whether nobody has run on this day, nor so lately in another zone that this would be too soon."""
        if await read.slot_taken(self.job, self.day):
            return False
        kept = await read.meta(_last_run_key(self.job))
        if kept is None:
            return True
        due, zone = json.loads(kept)
        return bool(zone == self.zone or abs(self.due - datetime.fromisoformat(due)) >= APART)


def once_per_day(
    name: str, store: Store, zone: ZoneInfo | CurrentZone, run: Callable[[Slot], Awaitable[None]]
) -> Callable[[datetime], Awaitable[None]]:
    """`run` once per local day. It claims its slot with its result: cut short before that, it runs again."""
    one_at_a_time, current = asyncio.Lock(), current_zone(zone)

    async def guarded(due: datetime) -> None:
        slot = slot_of(name, due, current())
        async with one_at_a_time:
            async with store.reading() as read:
                may_run = await slot.is_open(read)
            if may_run:
                await run(slot)

    return guarded


def slot_of(job: str, due: datetime, zone: ZoneInfo) -> Slot:
    """The slot of `job` on the local day of `due`."""
    return Slot(job, due.astimezone(zone).date().isoformat(), due, zone.key)


async def next_open(job: str, trigger: Daily, after: datetime, read: Queries) -> datetime:
    """When a daily job really runs next after `after`: days that had their run are passed over."""
    while True:
        due = trigger.on_or_after(after + _MOMENT)
        if await slot_of(job, due, trigger.zone).is_open(read):
            return due
        after = due


def _last_run_key(job: str) -> str:
    return f"last_run:{job}"


def current_zone(zone: ZoneInfo | CurrentZone) -> CurrentZone:
    """`zone` as one that may change, or that never does."""
    return (lambda: zone) if isinstance(zone, ZoneInfo) else zone

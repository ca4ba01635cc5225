"""When each daily job really runs next, kept in memory so that a status need not ask the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from trading.clock import Clock
from trading.schedule import DailyAt
from trading.slots import next_open
from trading.store.port import Queries, Store

_MOMENT = timedelta(microseconds=1)


class Upcoming:
    """The next run of each job of `triggers`. Where a change of zone leaves a day out, that is known too."""

    def __init__(self, store: Store, triggers: Mapping[str, DailyAt], clock: Clock) -> None:
        self._store = store
        self._triggers = triggers
        self._clock = clock
        self._not_before: dict[str, datetime] = {}

    def has(self, job: str) -> bool:
        """Whether `job` runs at all."""
        return job in self._triggers

    def next(self, job: str) -> datetime:
        """The first instant after now at which `job` runs."""
        due = self._triggers[job].on_or_after(self._clock.now() + _MOMENT)
        return max(due, self._not_before.get(job, due))

    async def look(self) -> None:
        """Read which days have had their run: at the start, and when the zone has changed."""
        async with self._store.reading() as read:
            await self.look_in(read)

    async def look_in(self, read: Queries) -> None:
        """The same inside a transaction that changes the zone."""
        now = self._clock.now()
        for job, trigger in self._triggers.items():
            self._not_before[job] = await next_open(job, trigger, now, read)

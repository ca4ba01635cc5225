"""Which jobs run when. The same triggers wake the system clock's scheduler and walk the simulated clock.

A daily job runs once per local day (`trading/slots.py`). The zone of that day may change while the program runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from trading.clock import Clock
from trading.slots import CurrentZone, current_zone

CATCH_UP = timedelta(hours=2)
"""A daily job that was missed by no more than this still runs when the program comes up."""

WEEKLY_CATCH_UP = timedelta(days=1)
"""The same for a weekly job: the next turn is far away."""

LOOK_SECONDS = 30.0
"""How long after a machine has slept its jobs may still be asleep."""

_MOMENT = timedelta(microseconds=1)


class DailyAt(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no types
    """Once per local day at a local time; where the clock change skips that time, right after the gap."""

    patience = CATCH_UP
    """How late it still runs."""

    def __init__(self, at: time, zone: ZoneInfo | CurrentZone) -> None:
        self._at = at
        self._current = current_zone(zone)

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days count now."""
        return self._current()

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first instant after `previous_fire_time`, or at or after `now` when there is none."""
        if previous_fire_time is None:
            return self.on_or_after(now)
        return self.on_or_after(max(now, previous_fire_time + _MOMENT))

    def on_or_after(self, instant: datetime) -> datetime:
        """The first instant of this trigger that is not before `instant`, in UTC."""
        zone = self.zone
        day = instant.astimezone(zone).date() - timedelta(days=1)
        while True:
            # fold=0: of two equal local times the first; a skipped one moves forward by the gap.
            due = datetime.combine(day, self._at, zone).astimezone(UTC)
            if due.astimezone(zone).date() != day:
                # The gap reaches into the next day: then before it, so that each day keeps its own instant.
                due = datetime.combine(day, self._at.replace(fold=1), zone).astimezone(UTC)
            if due >= instant and self.falls_on(day):
                return due
            day += timedelta(days=1)

    def falls_on(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return True


class WeeklyAt(DailyAt):
    """Once per local week, on one weekday (0 is Monday) at a local time."""

    patience = WEEKLY_CATCH_UP

    def __init__(self, weekday: int, at: time, zone: ZoneInfo | CurrentZone) -> None:
        super().__init__(at, zone)
        self._weekday = weekday

    def falls_on(self, day: date) -> bool:
        return day.weekday() == self._weekday


@dataclass(frozen=True, slots=True)
class Job:
    """Something to run whenever `trigger` fires; `run` gets the instant it was due."""

    name: str
    trigger: BaseTrigger
    run: Callable[[datetime], Awaitable[None]]


def hourly() -> BaseTrigger:
    """On every full UTC hour, so that 00:00 UTC, the daily close, is one of them."""
    trigger: BaseTrigger = CronTrigger(minute=0, timezone=UTC)
    return trigger


class Walk:
    """The jobs along a simulated clock: what is due next, and what is due by now."""

    def __init__(self, jobs: Sequence[Job], start: datetime) -> None:
        self._jobs = jobs
        self._reached = start
        self._due = [_next(job, None, start) for job in jobs]
        self._zones = [_zone_of(job) for job in jobs]

    async def run_due(self, now: datetime) -> None:
        """Run every job that is due at `now`, in time order, then in the order they were given."""
        self._follow_zones()
        self._reached = now
        while self._due and min(self._due) <= now:
            index = min(range(len(self._jobs)), key=lambda i: (self._due[i], i))
            job, due = self._jobs[index], self._due[index]
            self._due[index] = _next(job, due, due + _MOMENT)
            await job.run(due)

    def _follow_zones(self) -> None:
        """Jobs whose local day has moved are due at another instant, counted from where the clock was last."""
        for index, job in enumerate(self._jobs):
            zone = _zone_of(job)
            if zone is not self._zones[index]:
                self._zones[index] = zone
                self._due[index] = _next(job, None, self._reached + _MOMENT)


def _zone_of(job: Job) -> ZoneInfo | None:
    return job.trigger.zone if isinstance(job.trigger, DailyAt) else None


def _next(job: Job, previous: datetime | None, now: datetime) -> datetime:
    due: datetime = job.trigger.get_next_fire_time(previous, now)
    return due.astimezone(UTC)


class LiveSchedule:
    """The jobs on the system clock: each wakes when it is due, and looks often enough to notice a clock that jumped."""

    def __init__(self, jobs: Sequence[Job], clock: Clock, failed: Callable[[str, Exception], Awaitable[None]]) -> None:
        self._jobs = jobs
        self._clock = clock
        self._failed = failed

    async def run(self) -> None:
        """Run what is due until cancelled; a job's own fault goes to `failed`, and the others go on."""
        async with asyncio.TaskGroup() as group:
            for job in self._jobs:
                group.create_task(self._follow(job), name=job.name)

    async def _follow(self, job: Job) -> None:
        looked = self._clock.now()
        while True:
            now = self._clock.now()
            # Where the clock was set back, what lies ahead again comes again; a day's slot is still taken only once.
            looked = min(looked, now)
            due = _next(job, None, looked + _MOMENT)
            if due <= now:
                looked = now
                await self._wake(job, now)
            else:
                # Timers stand still while the machine sleeps: a look now and then finds out what time it is.
                await self._clock.sleep(min((due - now).total_seconds(), LOOK_SECONDS))

    async def _wake(self, job: Job, now: datetime) -> None:
        try:
            # A wake may come hours late, on a machine that slept: a day's job still belongs to the day it was due.
            daily = isinstance(job.trigger, DailyAt)
            await (catch_up([job], now, now - job.trigger.patience) if daily else job.run(now))
        except Exception as error:
            await self._failed(job.name, error)


async def catch_up(jobs: Sequence[Job], now: datetime, first_start: datetime) -> None:
    """Run daily jobs whose instant passed within the catch-up window; the slots keep them from running twice."""
    for job in jobs:
        if isinstance(job.trigger, DailyAt):
            earliest = now - job.trigger.patience
            missed = job.trigger.on_or_after(earliest)
            if max(first_start, earliest) <= missed <= now:
                await job.run(missed)

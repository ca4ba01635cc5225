"""Drives the core on the system clock: polling and streaming prices, and the schedule."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from trading.core import Core
from trading.domain.event import JobFailed
from trading.errors import PurserError
from trading.market.feed import FeedHealth, PollingFeed, StreamingFeed
from trading.market.per_symbol import PerSymbol
from trading.schedule import LiveSchedule, catch_up

STREAM_RETRY = timedelta(seconds=5)

log = structlog.get_logger(__name__)


class LiveRun:
    """Prices as they come, jobs as they are due."""

    def __init__(self, core: Core, interval: timedelta) -> None:
        self._core = core
        self._interval = interval

    async def run(self) -> None:
        """Run until cancelled. A fault in the feed or the store ends it; a failed job is logged and told."""
        core, clock = self._core, self._core.adapters.clock
        schedule = LiveSchedule(core.jobs(), clock, self._job_failed)
        started = core.curve.inception or clock.now()
        async with asyncio.TaskGroup() as group:
            group.create_task(schedule.run())
            for feed in self._feeds(PerSymbol(core.on_quote, group)):
                group.create_task(feed.run())
            group.create_task(self._catch_up(started))

    def _feeds(self, quotes: PerSymbol) -> tuple[PollingFeed, StreamingFeed]:
        core, adapters = self._core, self._core.adapters
        health = FeedHealth(adapters.store, core.quotes, core.watched, core.rules.limits.max_price_age, adapters.clock)
        return (
            PollingFeed(adapters.market, core.quotes, core.watched, quotes.put, health, self._interval, adapters.clock),
            StreamingFeed(adapters.market, core.quotes, core.watched, quotes.put, STREAM_RETRY, adapters.clock),
        )

    async def _catch_up(self, started: datetime) -> None:
        """What was missed while we were down. A fault in it must not take the prices, and so the stops, with it."""
        core = self._core
        try:
            await catch_up(core.jobs(), core.adapters.clock.now(), started)
            await core.settle_outcomes()
            # Sums over the whole past are kept once they are made: now, while nobody waits for them.
            await core.desk.performance()
        except Exception as error:
            await self._job_failed("catch up", error)

    async def _job_failed(self, name: str, error: Exception) -> None:
        log.error("a scheduled job failed", job=name, error=str(error), exc_info=error)
        adapters = self._core.adapters
        async with adapters.store.transaction() as tx:
            # Chats and books get our own sentences; what a library says may hold an address with its password.
            why = str(error) if isinstance(error, PurserError) else ""
            await tx.append(JobFailed(adapters.clock.now(), name, why or type(error).__name__))

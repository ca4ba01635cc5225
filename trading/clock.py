"""The one place where the wall clock is read.

Everything else asks a :class:`Clock`, so that live, demo and replay differ only in the
clock they are given.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import sys
import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Time as the core sees it."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds on a scale that never jumps, and goes on while the machine sleeps; only differences count."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed on this clock."""
        ...


async def first_of(*waits: Awaitable[object]) -> None:
    """Return once one of `waits` has ended, and cancel the others. Raises what the one that ended raised."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    for task in ended:
        task.result()


# Linux stops its usual monotonic clock while the machine sleeps: a price would wake up as fresh as it fell asleep.
_CLOCKS = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC"}
_STEADY: int | None = getattr(time, _CLOCKS.get(sys.platform, ""), None)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() if _STEADY is None else time.clock_gettime(_STEADY)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class SimulatedClock:
    """A clock that moves only when it is told to; sleepers wake when it passes their instant."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware instant; pass one with tzinfo=UTC")
        self._now = start.astimezone(UTC)
        self._origin = self._now
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._origin).total_seconds()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake = asyncio.get_running_loop().create_future()
        until = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (until, next(self._order), wake))
        await wake

    def advance_to(self, instant: datetime) -> None:
        """Move forward to `instant` (an earlier one is ignored) and wake whoever slept until then."""
        if instant > self._now:
            self._now = instant
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, wake = heapq.heappop(self._sleepers)
            if not wake.done():
                wake.set_result(None)

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`."""
        self.advance_to(self._now + timedelta(seconds=seconds))

    def jump(self, by: timedelta) -> None:
        """Set the wall clock forward or back, as a wrong time server does: no time passes, and sleepers sleep on."""
        self._now += by
        self._origin += by
        # All by the same amount, so their order, and with it the heap, stays as it is.
        self._sleepers = [(until + by, number, wake) for until, number, wake in self._sleepers]

"""Time that passes as soon as everybody waits for it."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from trading.clock import SimulatedClock


class VirtualTime(SimulatedClock):
    """A simulated clock that can tell when the next sleeper wakes."""

    async def sleep(self, seconds: float) -> None:
        # Instants have microseconds, differences of floats less: a sleep must not end before its time.
        await super().sleep(max(seconds, 2e-6) if seconds > 0 else seconds)

    def next_wake(self) -> datetime | None:
        """When the next sleeper that is still there wakes."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    async def pass_until(self, done: Callable[[], bool], longest: timedelta) -> None:
        """Let time pass, sleeper by sleeper, until `done` (asked whenever everybody waits) or `longest` is over."""
        end = self.now() + longest
        while True:
            await everybody_waits()
            if done():
                return
            due = self.next_wake()
            if due is None or due > end:
                self.advance_to(end)
                await everybody_waits()
                return
            self.advance_to(due)


async def everybody_waits() -> None:
    """Return once no task can go on without time passing."""
    loop: Any = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(0)
        if not loop._ready:
            return

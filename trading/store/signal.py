"""Tells waiters that the journal grew, after the commit and without polling."""

from __future__ import annotations

import asyncio


class JournalSignal:
    """The newest committed seq, and a way to wait for a newer one. Sees the commits of its own process."""

    __slots__ = ("_waiters", "last_seq")

    def __init__(self) -> None:
        self.last_seq = 0
        self._waiters: set[asyncio.Future[None]] = set()

    def advance(self, seq: int) -> None:
        """The journal is committed up to `seq`; wake whoever waits."""
        self.last_seq = seq
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def wait(self, after: int) -> None:
        """Return once an entry with seq > `after` is committed."""
        while self.last_seq <= after:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.add(waiter)
            try:
                await waiter
            finally:
                self._waiters.discard(waiter)

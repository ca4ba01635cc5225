"""Crash points: numbered boundaries around the store's transactions and the venue's calls, where a life can end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType

from trading.store.port import Queries, Store, Transaction

AFTER_COMMIT = "after commit"


class Crash(BaseException):
    """The program is gone at this boundary."""


class Boundaries:
    """Counts boundaries and ends the life at the `last` one; 0 lets it live. `passed` names them in turn.

    `stamp` tells one state of the world from another: boundaries between which nothing happened are one instant, and
    `instants` has the number of the first boundary of each.
    """

    def __init__(self, last: int = 0, stamp: Callable[[], object] | None = None) -> None:
        self._last = last
        self._stamp = stamp or (lambda: len(self.passed))
        self._commits = 0
        self._newest: object = None
        self.passed: list[str] = []
        self.instants: list[int] = []
        self.dead = asyncio.Event()

    def cross(self, name: str) -> None:
        """Raises Crash if the life ends here, or has ended."""
        if self.dead.is_set():
            raise Crash(name)
        self.passed.append(name)
        self._note(name)
        if len(self.passed) == self._last:
            self.dead.set()
            raise Crash(name)

    def _note(self, name: str) -> None:
        self._commits += name == AFTER_COMMIT
        state = (self._commits, self._stamp())
        if state != self._newest:
            self._newest = state
            self.instants.append(len(self.passed))


class CrashingStore:
    """A `Store` over the durable one whose transactions are boundaries: before begin, before commit, after commit."""

    def __init__(self, durable: Store, boundaries: Boundaries) -> None:
        self._durable = durable
        self._boundaries = boundaries

    @property
    def commits(self) -> int:
        return self._durable.commits

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        return _Block(self._durable.transaction(), self._boundaries)

    def reading(self) -> AbstractAsyncContextManager[Queries]:
        return self._durable.reading()

    async def wait_for_events(self, after: int) -> None:
        await self._durable.wait_for_events(after)

    async def until_broken(self) -> None:
        await self._durable.until_broken()


class _Block:
    def __init__(self, block: AbstractAsyncContextManager[Transaction], boundaries: Boundaries) -> None:
        self._block = block
        self._boundaries = boundaries

    async def __aenter__(self) -> Transaction:
        self._boundaries.cross("before begin")
        return await self._block.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if kind is None:
            try:
                self._boundaries.cross("before commit")
            except Crash as crash:
                await self._block.__aexit__(Crash, crash, crash.__traceback__)
                raise
        kept = await self._block.__aexit__(kind, error, trace)
        if kind is None:
            self._boundaries.cross(AFTER_COMMIT)
        return kept

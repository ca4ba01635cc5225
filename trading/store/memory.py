"""The store that forgets: the replay's, and the tests'. Same rules as the durable one, at the speed of dicts."""

from __future__ import annotations

import asyncio

from trading.store.memory_queries import MemoryQueries
from trading.store.memory_tables import MemoryState, Readers
from trading.store.memory_transaction import MemoryTransaction
from trading.store.signal import JournalSignal


class MemoryStore:
    """A :class:`~trading.store.port.Store` in this process's memory.

    A write while a reader's block is open copies the tables once; keep readers' blocks short where speed matters.
    """

    def __init__(self) -> None:
        self._state = MemoryState()
        self._writing = asyncio.Lock()
        self._signal = JournalSignal()

    @property
    def commits(self) -> int:
        return self._state.commits

    async def open(self) -> None:
        """Nothing to create."""

    async def close(self) -> None:
        """Nothing to release; the facts stay until the object goes."""

    def transaction(self) -> _TransactionBlock:
        return _TransactionBlock(self._state, self._writing, self._signal)

    def reading(self) -> _ReadingBlock:
        return _ReadingBlock(self._state)

    async def wait_for_events(self, after: int) -> None:
        await self._signal.wait(after)

    async def until_broken(self) -> None:
        """Memory does not break."""
        await asyncio.Event().wait()


# Written by hand: a replay opens ten thousand blocks a second, and contextlib's generators would show.
class _TransactionBlock:
    __slots__ = ("_signal", "_state", "_writing")

    def __init__(self, state: MemoryState, writing: asyncio.Lock, signal: JournalSignal) -> None:
        self._state = state
        self._writing = writing
        self._signal = signal

    async def __aenter__(self) -> MemoryTransaction:
        await self._writing.acquire()
        return MemoryTransaction(self._state)

    async def __aexit__(self, error: type[BaseException] | None, _value: object, _traceback: object) -> None:
        state, signal = self._state, self._signal
        if error is None:
            state.changes = []
            state.commits += 1
            if (seq := len(state.tables.journal)) > signal.last_seq:
                signal.advance(seq)
        else:
            state.roll_back()
        self._writing.release()


class _ReadingBlock:
    __slots__ = ("_readers", "_state")

    def __init__(self, state: MemoryState) -> None:
        self._state = state
        self._readers: Readers | None = None

    async def __aenter__(self) -> MemoryQueries:
        state = self._state
        if state.changes:
            return MemoryQueries(state.committed())
        self._readers = state.readers
        self._readers.count += 1
        return MemoryQueries(state.tables)

    async def __aexit__(self, _error: type[BaseException] | None, _value: object, _traceback: object) -> None:
        if self._readers is not None:
            self._readers.count -= 1

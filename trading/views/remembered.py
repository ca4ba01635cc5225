"""What was read from the store, kept until anything is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from trading.store.port import Queries, Store

T = TypeVar("T")


class Remembered(Generic[T]):
    """The result of `read`, never older than the newest commit.

    The count of commits is taken before the read: a commit in between makes the next caller read again.
    """

    def __init__(self, store: Store, read: Callable[[Queries], Awaitable[T]]) -> None:
        self._store = store
        self._read = read
        self._found: tuple[int, T] | None = None

    async def get(self) -> T:
        commits = self._store.commits
        if self._found is None or self._found[0] != commits:
            async with self._store.reading() as queries:
                self._found = commits, await self._read(queries)
        return self._found[1]

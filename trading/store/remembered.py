"""What was read from the store, kept until anything is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from trading.store.port import Queries, Store

T = TypeVar("T")
Key = TypeVar("Key", bound=Hashable)

MOST_KEPT = 32
"""Answers to different questions that are kept at a time."""


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


class RememberedEach(Generic[Key, T]):
    """What `find` found for each key, never older than the newest commit; the newest few keys only."""

    def __init__(self, store: Store, find: Callable[[Key], Awaitable[T]]) -> None:
        self._store = store
        self._find = find
        self._commits = -1
        self._found: dict[Key, T] = {}

    async def get(self, key: Key) -> T:
        commits = self._store.commits
        if commits != self._commits or len(self._found) >= MOST_KEPT:
            self._commits, self._found = commits, {}
        kept = self._found
        if key not in kept:
            # What was committed meanwhile has put another book in its place: this answer belongs to the old one.
            kept[key] = await self._find(key)
        return kept[key]

"""Every store counts its commits, so that what was read can be kept until there is a newer one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.stores import ADAPTERS, opened
from tests.unit.trading.store.facts import START
from trading.domain.event import BatchCompleted
from trading.store.port import Queries, Store
from trading.store.remembered import Remembered, RememberedEach


@pytest.fixture(params=ADAPTERS)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(str(request.param), tmp_path) as store:
        yield store


class Reads:
    """The newest seq, and how often it was read."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, read: Queries) -> int:
        self.count += 1
        return await read.last_seq()


async def write(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.append(BatchCompleted(START, "batch"))


async def test_every_commit_counts_and_a_rollback_does_not(store: Store) -> None:
    before = store.commits
    await write(store)
    assert store.commits == before + 1
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as tx:
            await tx.append(BatchCompleted(START, "batch"))
            raise ZeroDivisionError
    assert store.commits == before + 1


async def test_a_commit_is_counted_when_whoever_made_it_is_cancelled(store: Store) -> None:
    for steps in range(20):
        remembered = Remembered(store, Reads())
        await remembered.get()
        writing = asyncio.ensure_future(write(store))
        for _ in range(steps):
            await asyncio.sleep(0)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        async with store.reading() as read:
            assert await remembered.get() == await read.last_seq()


async def test_what_was_read_is_kept_until_something_is_written(store: Store) -> None:
    reads = Reads()
    remembered = Remembered(store, reads)
    assert [await remembered.get() for _ in range(3)] == [0, 0, 0]
    await write(store)
    assert [await remembered.get() for _ in range(3)] == [1, 1, 1]
    assert reads.count == 2


async def test_what_is_written_during_the_read_is_read_by_the_next(store: Store) -> None:
    class Interrupted(Reads):
        async def __call__(self, read: Queries) -> int:
            found = await super().__call__(read)
            if self.count == 1:
                await write(store)
            return found

    remembered = Remembered(store, Interrupted())
    assert [await remembered.get(), await remembered.get()] == [0, 1]


async def test_what_is_being_written_is_not_seen_yet(store: Store) -> None:
    remembered = Remembered(store, Reads())
    async with store.transaction() as tx:
        await tx.append(BatchCompleted(START, "batch"))
        assert await remembered.get() == 0
    assert await remembered.get() == 1


async def test_each_question_is_asked_once_until_something_is_written(store: Store) -> None:
    asked: list[str] = []

    async def find(key: str) -> int:
        asked.append(key)
        async with store.reading() as read:
            return await read.last_seq()

    remembered = RememberedEach(store, find)
    seq = [await remembered.get(key) for key in ("a", "b", "a", "b")]
    assert asked == ["a", "b"] and len(set(seq)) == 1
    await write(store)
    assert await remembered.get("a") == seq[0] + 1
    assert asked == ["a", "b", "a"]


async def test_an_answer_that_a_commit_overtook_is_not_kept_for_the_new_books(store: Store) -> None:
    reading, written = asyncio.Event(), asyncio.Event()

    async def find(key: str) -> int:
        async with store.reading() as read:
            seq = await read.last_seq()
        if key == "slow":
            reading.set()
            await written.wait()
        return seq

    remembered = RememberedEach(store, find)
    slow = asyncio.ensure_future(remembered.get("slow"))
    await reading.wait()
    await write(store)
    newest = await remembered.get("quick")
    written.set()
    assert await slow == newest - 1
    assert await remembered.get("slow") == newest

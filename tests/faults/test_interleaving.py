"""Promise 28: transactions do not interleave, whoever is cancelled when, and whoever reads meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.contract.stores import opened
from tests.proof import Proof
from tests.unit.trading.store.facts import START
from trading.domain.event import BatchCompleted
from trading.store.port import Queries, Store

CANCELLATIONS = 2_000
"""On every change; PURSER_SOAK=5 makes it ten thousand."""

READERS, AT_ONCE = 20, 8


async def write(store: Store, name: str) -> None:
    """Four facts in one transaction, with a read in the middle on which the last two depend."""
    async with store.transaction() as tx:
        await tx.put_meta("left", name)
        count = int(await tx.meta("count") or 0)
        await tx.put_meta("count", str(count + 1))
        await tx.put_meta("right", name)
        await tx.append(BatchCompleted(START, name))


async def is_whole(read: Queries) -> bool:
    """Whether both ends are of one transaction, and every counted one has its entry in the journal."""
    left, right = await read.meta("left"), await read.meta("right")
    count, journal = int(await read.meta("count") or 0), await read.last_seq()
    return left == right and count == journal


async def is_torn(store: Store) -> bool:
    async with store.reading() as read:
        return not await is_whole(read)


async def cancelled_after(turns: int, work: Coroutine[Any, Any, None]) -> bool:
    """Cancel `work` after so many turns of the loop; whether it was still at it then. Its faults are raised."""
    task = asyncio.ensure_future(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    caught = not task.done()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return caught
    return False


@pytest.mark.parametrize(("adapter", "share"), [("sqlite", 1), ("postgresql", 10)])
async def test_a_cancelled_writer_leaves_all_of_its_transaction_or_nothing(
    adapter: str, share: int, tmp_path: Path, proof: Proof, scale: int
) -> None:
    """In every round eight writers are cut off; twenty readers look on at once in every eighth, two in the others."""
    rng, cancelled, rounds, torn = random.Random(28), 0, 0, 0
    async with opened(adapter, tmp_path) as store:
        while cancelled < CANCELLATIONS * scale // share:
            names = [f"{rounds}.{number}" for number in range(AT_ONCE)]
            writers = asyncio.gather(*(cancelled_after(_turns(rng), write(store, name)) for name in names))
            readers = asyncio.gather(*(is_torn(store) for _ in range(2 if rounds % 8 else READERS)))
            cancelled += sum(await writers)
            torn += sum(await readers)
            await _told(store)
            rounds += 1
        await write(store, "last")
        async with store.reading() as read:
            assert await is_whole(read)
            entries = await read.events(0, rounds * AT_ONCE + 1)
    names = [entry.event.batch_id for entry in entries if isinstance(entry.event, BatchCompleted)]
    assert len(set(names)) == len(names), "a transaction was kept twice"
    assert 1 < len(names) < rounds * AT_ONCE, "every writer got through, or none: nothing was tried"
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    proof(28, cases=cancelled, violations=torn)


async def _told(store: Store) -> None:
    """Whoever waits for the journal hears of what was committed, though its writer was cut off in the commit."""
    async with store.reading() as read:
        newest = await read.last_seq()
    async with asyncio.timeout(5):
        await store.wait_for_events(newest - 1)


def _turns(rng: random.Random) -> int:
    """Mostly early, some when the transaction is almost through: its turns go with the machine's speed."""
    return int(rng.choice((rng.uniform(0, 12), rng.uniform(0, 400))))

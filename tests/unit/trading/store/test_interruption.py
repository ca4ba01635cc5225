"""Work that a cancellation must not cut in half."""

from __future__ import annotations

import asyncio

import pytest

from trading.store.interruption import uninterrupted


async def test_the_result_comes_back() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await uninterrupted(work()) == 7


async def test_a_cancelled_caller_is_told_only_after_the_work_is_done() -> None:
    going_on, finished = asyncio.Event(), False

    async def work() -> None:
        nonlocal finished
        await going_on.wait()
        finished = True

    caller = asyncio.ensure_future(uninterrupted(work()))
    for _ in range(3):
        await asyncio.sleep(0)
        caller.cancel()
    await asyncio.sleep(0)
    assert not caller.done()
    going_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert finished


async def test_a_failure_is_not_lost_behind_a_cancellation() -> None:
    going_on = asyncio.Event()

    async def work() -> None:
        await going_on.wait()
        raise OSError("disk")

    caller = asyncio.ensure_future(uninterrupted(work()))
    await asyncio.sleep(0)
    caller.cancel()
    going_on.set()
    with pytest.raises(OSError, match="disk"):
        await caller

"""One holder at a time, the most urgent next, equals in the order they came."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.exchange.priority_gate import PriorityGate


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@given(st.lists(st.integers(0, 2), max_size=12))
def test_waiters_go_by_rank_and_then_by_arrival(ranks: list[int]) -> None:
    async def run() -> list[tuple[int, int]]:
        gate, went = PriorityGate(), []
        busy = asyncio.Event()

        async def wait(rank: int, number: int) -> None:
            async with gate.turn(rank):
                went.append((rank, number))

        async def hold() -> None:
            async with gate.turn(0):
                await busy.wait()

        tasks = [asyncio.create_task(hold())]
        await settle()
        for number, rank in enumerate(ranks):
            tasks.append(asyncio.create_task(wait(rank, number)))
            await settle()
        busy.set()
        await asyncio.gather(*tasks)
        return went

    assert asyncio.run(run()) == sorted((rank, number) for number, rank in enumerate(ranks))


async def test_only_one_holds_it() -> None:
    gate, inside, most = PriorityGate(), 0, 0

    async def work() -> None:
        nonlocal inside, most
        async with gate.turn(1):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work() for _ in range(20)))
    assert most == 1


@pytest.mark.parametrize("settled_first", [True, False])
async def test_a_cancelled_waiter_does_not_keep_the_gate(settled_first: bool) -> None:
    gate, release = PriorityGate(), asyncio.Event()
    went: list[str] = []

    async def hold() -> None:
        async with gate.turn(0):
            await release.wait()

    async def wait(name: str) -> None:
        async with gate.turn(1):
            went.append(name)

    holder = asyncio.create_task(hold())
    await settle()
    cancelled, other = asyncio.create_task(wait("cancelled")), asyncio.create_task(wait("other"))
    await settle()
    if settled_first:
        cancelled.cancel()
        await settle()
        release.set()
    else:
        # Cancelled in the very moment in which the gate was handed to it.
        release.set()
        await asyncio.sleep(0)
        cancelled.cancel()
    await asyncio.gather(holder, cancelled, other, return_exceptions=True)
    assert "other" in went
    async with asyncio.timeout(1), gate.turn(0):
        pass


async def test_an_error_inside_hands_the_gate_on() -> None:
    gate = PriorityGate()
    with pytest.raises(RuntimeError):
        async with gate.turn(0):
            raise RuntimeError
    async with asyncio.timeout(1), gate.turn(0):
        pass

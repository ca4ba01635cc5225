"""Ids in worlds of candles: the same run has the same ones, and no two runs of a portfolio share any."""

from __future__ import annotations

from trading.store.memory import MemoryStore
from trading.worlds.ids import ids_of_next_run


async def drawn(store: MemoryStore, count: int = 50) -> list[str]:
    new_id = await ids_of_next_run(store)
    return [new_id() for _ in range(count)]


async def test_a_new_portfolio_names_everything_as_the_last_one_did() -> None:
    assert await drawn(MemoryStore()) == await drawn(MemoryStore())


async def test_a_portfolio_that_is_opened_again_names_nothing_as_before() -> None:
    store = MemoryStore()
    first, second, third = await drawn(store), await drawn(store), await drawn(store)
    assert len({*first, *second, *third}) == 150


async def test_ids_look_like_all_others() -> None:
    assert all(len(name) == 32 and set(name) <= set("0123456789abcdef") for name in await drawn(MemoryStore()))

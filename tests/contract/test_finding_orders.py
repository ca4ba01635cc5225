"""Orders and fills are found by the beginning of their ids, in every store alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.stores import ADAPTERS, opened
from tests.unit.trading.store.facts import batch, fill, order
from trading.store.port import Store

NAMES = ("abcd-1", "ABCD-2", "ab_d-3", "ab%d-4", "zzzz-5")


@pytest.fixture(params=ADAPTERS)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(str(request.param), tmp_path) as store:
        async with store.transaction() as tx:
            await tx.add_batch(batch())
            for number, name in enumerate(NAMES):
                placed = order(name, venue_order_id=f"OV{number}-{name}")
                await tx.add_orders([placed])
                await tx.add_fill(fill(f"{name}-1", name))
        yield store


async def found(store: Store, prefix: str, limit: int = 20) -> list[str]:
    async with store.reading() as read:
        return [order.client_order_id for order in await read.orders_named(prefix, limit)]


async def test_by_our_id_whatever_its_case(store: Store) -> None:
    assert await found(store, "abcd") == ["abcd-1", "ABCD-2"]
    assert await found(store, "ABCD-1") == ["abcd-1"]


async def test_by_the_exchanges_id(store: Store) -> None:
    assert await found(store, "ov4") == ["zzzz-5"]


@pytest.mark.parametrize(
    ("prefix", "names"), [("ab_", ["ab_d-3"]), ("ab%", ["ab%d-4"]), ("%", []), ("'", []), ("\\", [])]
)
async def test_no_letter_of_a_prefix_stands_for_others(store: Store, prefix: str, names: list[str]) -> None:
    assert await found(store, prefix) == names
    async with store.reading() as read:
        assert [each.client_order_id for each in await read.fills_named(prefix, 20)] == names


async def test_the_limit_keeps_the_newest(store: Store) -> None:
    assert await found(store, "ab", limit=2) == ["ab_d-3", "ab%d-4"]
    async with store.reading() as read:
        assert [order.client_order_id for order in await read.newest_orders(2)] == ["ab%d-4", "zzzz-5"]
        assert len(await read.newest_orders(20)) == len(NAMES)


async def test_fills_by_their_trade_id(store: Store) -> None:
    async with store.reading() as read:
        assert [each.trade_id for each in await read.fills_named("ABCD", 20)] == ["abcd-1-1", "ABCD-2-1"]

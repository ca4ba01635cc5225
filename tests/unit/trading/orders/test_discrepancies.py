"""What waits for a person: opened once, kept, closed once, and what it stops meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.world import START, SmallWorld, started
from trading.clock import SimulatedClock
from trading.domain.discrepancy import DiscrepancyKind, Resolution
from trading.domain.event import DiscrepancyClosed, DiscrepancyFound, Event
from trading.domain.order import OrderIntent, Side
from trading.domain.risk import RefusalCode
from trading.orders.discrepancies import Discrepancies
from trading.store.port import Store

BALANCE, ORDER = DiscrepancyKind.BALANCE, DiscrepancyKind.ORDER


@pytest.fixture
async def known(any_store: Store) -> AsyncIterator[Discrepancies]:
    yield fresh(any_store)


def fresh(store: Store, start: int = 1) -> Discrepancies:
    ids = iter(range(start, start + 1000))
    return Discrepancies(store, SimulatedClock(START), lambda: f"{next(ids):04}")


async def told(store: Store, *kinds: type[Event]) -> list[Event]:
    async with store.reading() as read:
        return [entry.event for entry in await read.events(0, 10_000) if isinstance(entry.event, kinds)]


async def close(known: Discrepancies, store: Store, id_: str, resolution: Resolution = Resolution.ADOPT) -> None:
    found = known.get(id_)
    assert found is not None
    async with store.transaction() as tx:
        await known.close(tx, found, resolution, "@ana", "web")


async def test_it_is_told_once_and_its_figures_are_kept_up_to_date(any_store: Store, known: Discrepancies) -> None:
    first = await known.found(BALANCE, "BTC", "1 BTC more")
    again = await known.found(BALANCE, "BTC", "2 BTC more")
    assert (again.id, again.found_at, again.detail) == (first.id, first.found_at, "2 BTC more")
    assert known.open() == (again,)
    assert len(await told(any_store, DiscrepancyFound)) == 1


async def test_it_outlives_the_program(any_store: Store, known: Discrepancies) -> None:
    found = await known.found(ORDER, "BTC/USD", "unclear", "order-1")
    again = fresh(any_store)
    await again.load()
    assert again.open() == (found,)


async def test_a_closed_one_still_answers_an_old_button_and_is_closed_only_once(
    any_store: Store, known: Discrepancies
) -> None:
    found = await known.found(BALANCE, "BTC", "1 BTC more")
    await close(known, any_store, found.id)
    await close(known, any_store, found.id, Resolution.IGNORE)
    kept = known.get(found.id)
    assert kept is not None
    assert (kept.resolution, kept.resolved_by, kept.resolved_on) == (Resolution.ADOPT, "@ana", "web")
    assert (known.open(), len(await told(any_store, DiscrepancyClosed))) == ((), 1)


async def test_the_same_subject_may_differ_again_later(any_store: Store, known: Discrepancies) -> None:
    first = await known.found(BALANCE, "BTC", "1 BTC more")
    await close(known, any_store, first.id)
    second = await known.found(BALANCE, "BTC", "1 BTC more")
    assert second.id != first.id
    assert len(await told(any_store, DiscrepancyFound)) == 2


async def test_only_the_last_closed_ones_are_kept_and_every_open_one(any_store: Store, known: Discrepancies) -> None:
    waits = await known.found(BALANCE, "USD", "1 USD less")
    for number in range(60):
        found = await known.found(ORDER, "BTC/USD", "unclear", f"order-{number}")
        await close(known, any_store, found.id)
    assert known.open() == (waits,)
    closed = [id_ for id_ in range(2, 62) if known.get(f"{id_:04}") is not None]
    assert closed == list(range(12, 62))


class TestStops:
    @pytest.fixture
    async def world(self) -> SmallWorld:
        return await started()

    async def refusals(self, world: SmallWorld, known: Discrepancies) -> list[RefusalCode | None]:
        """Of an entry, a sale and a protective exit in BTC, and an entry in ETH."""
        intents: list[OrderIntent] = [
            world.intent(Side.BUY, "1"),
            world.intent(Side.SELL, "1"),
            world.intent(Side.SELL, "1", protective=True),
            world.intent(Side.BUY, "1", "ETH/USD"),
        ]
        answers = [known.refusal(intent) for intent in intents]
        return [answer.code if answer else None for answer in answers]

    async def test_nothing_while_nothing_is_open(self, world: SmallWorld, known: Discrepancies) -> None:
        assert await self.refusals(world, known) == [None] * 4

    async def test_a_wrong_balance_stops_every_entry_and_no_exit(self, world: SmallWorld, known: Discrepancies) -> None:
        await known.found(BALANCE, "SOL", "1 SOL more")
        assert await self.refusals(world, known) == [RefusalCode.DRIFT, None, None, RefusalCode.DRIFT]
        assert known.alerts() == ["Entries are paused: 1 SOL more"]

    async def test_an_unclear_order_freezes_its_pair_alone(self, world: SmallWorld, known: Discrepancies) -> None:
        await known.found(ORDER, "BTC/USD", "unclear", "order-1")
        frozen = RefusalCode.PAIR_FROZEN
        assert await self.refusals(world, known) == [frozen, frozen, None, None]
        assert known.alerts() == ["BTC/USD is frozen: unclear"]

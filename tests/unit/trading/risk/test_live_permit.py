"""LIVE's third act: one phrase, for one key at one exchange, kept with the books."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.unit.trading.orders.exchange_account import live_world
from tests.world import START, SmallWorld, started
from trading.clock import SimulatedClock
from trading.domain.event import LiveConfirmed, LiveUnconfirmed
from trading.domain.order import Side
from trading.domain.risk import RefusalCode, Refused
from trading.risk.live_permit import META, PHRASE, LivePermit, fingerprint
from trading.store.port import Store


def permit(store: Store, exchange: str = "Kraken", key: str = "key") -> LivePermit:
    return LivePermit(store, exchange, key, SimulatedClock(START))


async def is_taken_up(store: Store, exchange: str = "Kraken", key: str = "key") -> bool:
    """Whether a program that starts now with this key would send orders."""
    started = permit(store, exchange, key)
    await started.load()
    return started.confirmed


async def events(store: Store) -> list[object]:
    async with store.reading() as read:
        return [entry.event for entry in await read.events(0, 100)]


@pytest.mark.parametrize("typed", [PHRASE, PHRASE.lower(), f"  {PHRASE.title()}  ", PHRASE.replace(" ", "\t\n ")])
async def test_the_phrase_counts_however_it_is_written(any_store: Store, typed: str) -> None:
    mine = permit(any_store)
    assert await mine.confirm(typed, "@ana", "web") is None
    assert mine.confirmed
    assert await events(any_store) == [LiveConfirmed(START, "@ana", "web")]


@pytest.mark.parametrize("typed", ["", "yes", "TRADE REAL", "TRADE REAL MONEY NOW", "TRADEREALMONEY"])
async def test_anything_else_changes_nothing_and_says_what_to_type(any_store: Store, typed: str) -> None:
    mine = permit(any_store)
    refused = await mine.confirm(typed, "@ana", "web")
    assert refused is not None
    assert (refused.code, PHRASE in refused.detail) == (RefusalCode.LIVE_NOT_CONFIRMED, True)
    assert (mine.confirmed, await events(any_store)) == (False, [])


async def test_it_outlives_the_program(any_store: Store) -> None:
    await permit(any_store).confirm(PHRASE, "@ana", "web")
    assert await is_taken_up(any_store)


@pytest.mark.parametrize(("exchange", "key"), [("Kraken", "another"), ("Binance", "key"), ("Krake", "n:key")])
async def test_another_key_or_exchange_has_to_be_confirmed_anew(any_store: Store, exchange: str, key: str) -> None:
    await permit(any_store).confirm(PHRASE, "@ana", "web")
    assert not await is_taken_up(any_store, exchange, key)


async def test_the_old_key_is_not_remembered_once_another_was_confirmed(any_store: Store) -> None:
    await permit(any_store).confirm(PHRASE, "@ana", "web")
    await permit(any_store, key="another").confirm(PHRASE, "@ana", "web")
    assert await is_taken_up(any_store, key="another")
    assert not await is_taken_up(any_store)


async def test_typed_twice_it_is_one_confirmation_and_the_first_one(any_store: Store) -> None:
    mine = permit(any_store)
    await asyncio.gather(mine.confirm(PHRASE, "@ana", "web"), mine.confirm(PHRASE, "@bob", "telegram"))
    assert await mine.confirm(PHRASE, "@eve", "discord") is None
    assert await events(any_store) == [LiveConfirmed(START, "@ana", "web")]
    assert mine.confirmation is not None
    assert mine.confirmation.by == "@ana"


async def test_it_is_asked_for_until_it_is_given(any_store: Store) -> None:
    mine = permit(any_store)
    await mine.ask()
    assert await events(any_store) == [LiveUnconfirmed(START, PHRASE, "Kraken")]
    await mine.confirm(PHRASE, "@ana", "web")
    await mine.ask()
    assert len(await events(any_store)) == 2
    assert mine.alerts() == ()


async def test_the_key_itself_is_nowhere_in_the_store(any_store: Store) -> None:
    mine = permit(any_store, key="my-secret-key")
    await mine.confirm(PHRASE, "@ana", "web")
    async with any_store.reading() as read:
        kept = await read.meta(META)
    assert kept is not None
    assert "my-secret-key" not in kept
    assert fingerprint("Kraken", "my-secret-key") in kept


@pytest.mark.parametrize("kind", ["entry", "exit", "protective"])
async def test_no_order_of_any_kind_goes_before_it(world: SmallWorld, kind: str) -> None:
    mine = permit(world.store)
    intents: dict[str, Callable[[], object]] = {
        "entry": lambda: world.intent(Side.BUY, "1"),
        "exit": lambda: world.intent(Side.SELL, "1"),
        "protective": lambda: world.intent(Side.SELL, "1", protective=True),
    }
    intent = intents[kind]()
    refused = mine.refusal(intent)  # type: ignore[arg-type]
    assert refused is not None
    assert refused.code is RefusalCode.LIVE_NOT_CONFIRMED
    await mine.confirm(PHRASE, "@ana", "web")
    assert mine.refusal(intent) is None  # type: ignore[arg-type]


async def test_the_review_asks_it_before_anything_is_committed() -> None:
    live = await live_world(confirmed=False)
    refused = await live.world.submit(live.world.intent(Side.BUY, "1"))
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.LIVE_NOT_CONFIRMED
    assert live.world.venue.placed == []
    async with live.world.store.reading() as read:
        assert not await read.open_orders()


async def test_paper_knows_nothing_of_it() -> None:
    world = await started()
    assert await world.desk.live() is None
    answer = await world.desk.confirm_live(PHRASE, "@ana", "web")
    assert isinstance(answer, Refused)

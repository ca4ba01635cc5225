"""Watched prices: told once, at the first fresh price that meets them, whatever happens to the program meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import SmallWorld, started
from trading.contract.controls import AlertView, Condition
from trading.decision.alerts import MOST
from trading.domain.event import AlertFired
from trading.domain.risk import RefusalCode, Refused
from trading.errors import Fatal
from trading.store.memory_transaction import MemoryTransaction
from trading.store.port import Store

BTC = "BTC/USD"


def above(price: str, **more: bool) -> Condition:
    return Condition(True, D(price), **more)


def below(price: str) -> Condition:
    return Condition(False, D(price))


async def watch(world: SmallWorld, condition: Condition, symbol: str = BTC) -> AlertView:
    outcome = await world.desk.controls.add_alert(symbol, condition, "@ana")
    assert isinstance(outcome, AlertView), outcome
    return outcome


async def refused(world: SmallWorld, condition: Condition) -> RefusalCode:
    outcome = await world.desk.controls.add_alert(BTC, condition, "@ana")
    assert isinstance(outcome, Refused), outcome
    return outcome.code


async def told(world: SmallWorld) -> list[D]:
    return [event.price for event in await world.events(AlertFired)]


@pytest.fixture
async def world() -> SmallWorld:
    """BTC at 100."""
    return await started()


async def test_it_is_told_once_and_forgotten(any_store: Store) -> None:
    world = await started(any_store)
    alert = await watch(world, above("110"))
    for price in (105, "109.99", 110, 120, 90, 130):
        await world.tick(BTC, price)
    assert await world.events(AlertFired) == [AlertFired(world.clock.now(), BTC, "above 110", D(110), "@ana", alert.id)]
    assert list(world.desk.controls.alerts()) == []
    again = await world.restarted()
    await again.core.start()
    await again.tick(BTC, 200)
    assert await told(again) == [D(110)]


async def test_it_is_still_watched_after_a_restart(any_store: Store) -> None:
    world = await started(any_store)
    await watch(world, below("90"))
    again = await world.restarted()
    await again.core.start()
    assert [alert.words for alert in again.desk.controls.alerts()] == ["below 90"]
    await again.tick(BTC, 89)
    assert await told(again) == [D(89)]


@pytest.mark.parametrize(
    ("condition", "level", "words"),
    [
        (Condition(True, D("0.1"), move=True), "110.00", "above 110 (+10 % from 100)"),
        (Condition(False, D("-0.05"), move=True), "95.00", "below 95 (−5 % from 100)"),
        (Condition(None, D(70)), "70.00", "below 70"),
        (Condition(None, D(130)), "130.00", "above 130"),
    ],
)
async def test_moves_are_from_the_price_of_now_and_a_bare_price_from_either_side(
    world: SmallWorld, condition: Condition, level: str, words: str
) -> None:
    alert = await watch(world, condition)
    assert (alert.level, alert.words, alert.rises) == (D(level), words, D(level) > 100)


@pytest.mark.parametrize("condition", [above("100"), above("99"), below("100"), below("101")])
async def test_what_holds_already_is_refused(world: SmallWorld, condition: Condition) -> None:
    assert await refused(world, condition) is RefusalCode.WRONG_SIDE


async def test_what_can_never_be_is_refused(world: SmallWorld) -> None:
    assert await refused(world, Condition(False, D("-1"), move=True)) is RefusalCode.INVALID_AMOUNT
    assert await refused(world, below("0")) is RefusalCode.INVALID_AMOUNT
    assert await refused(world, below("NaN")) is RefusalCode.INVALID_AMOUNT


async def test_the_same_is_watched_once_and_no_more_than_fifty_are(world: SmallWorld) -> None:
    await watch(world, above("110"))
    assert await refused(world, above("110.00")) is RefusalCode.NOTHING_TO_DO
    for number in range(MOST - 1):
        await watch(world, above(str(200 + number)))
    assert await refused(world, above("900")) is RefusalCode.NOTHING_TO_DO
    assert len(world.desk.controls.alerts()) == MOST


async def test_a_stale_price_meets_nothing_and_nothing_is_set_on_one(world: SmallWorld) -> None:
    await watch(world, above("110"))
    quote = world.tell(BTC, 120)
    world.clock.advance(121)
    await world.core.on_quote(BTC, quote)
    assert await told(world) == [] and await refused(world, above("130")) is RefusalCode.STALE_PRICE
    await world.tick(BTC, 120)
    assert await told(world) == [D(120)]


async def test_without_a_price_nothing_is_set(world: SmallWorld) -> None:
    outcome = await world.desk.controls.add_alert("XMR/USD", above("110"), "@ana")
    assert isinstance(outcome, Refused) and outcome.code is RefusalCode.NO_PRICE


async def test_one_that_repeats_is_told_anew_after_the_price_has_gone_back(world: SmallWorld) -> None:
    await watch(world, above("110", repeats=True))
    for price in (110, 111, "109.80", 112, "109.45", 113, 114):
        await world.tick(BTC, price)
    assert await told(world) == [D(110), D(113)]
    assert len(world.desk.controls.alerts()) == 1


async def test_a_removed_one_is_watched_no_longer(any_store: Store) -> None:
    world = await started(any_store)
    alert = await watch(world, above("110"))
    removed = await world.desk.controls.remove_alert(alert.id, "@ana")
    assert isinstance(removed, AlertView) and removed.id == alert.id
    await world.tick(BTC, 120)
    assert await told(world) == [] and list((await world.restarted()).desk.controls.alerts()) == []
    again = await world.desk.controls.remove_alert(alert.id, "@ana")
    assert isinstance(again, Refused) and again.code is RefusalCode.NOTHING_TO_DO


@pytest.mark.parametrize("wanted", ["", "zzzz"])
async def test_removing_names_one_or_nothing_is_removed(world: SmallWorld, wanted: str) -> None:
    await watch(world, above("110"))
    assert isinstance(await world.desk.controls.remove_alert(wanted, "@ana"), Refused)
    assert len(world.desk.controls.alerts()) == 1


async def test_two_coins_that_move_at_once_are_both_told_and_both_forgotten(any_store: Store) -> None:
    world = await started(any_store)
    await watch(world, above("110"))
    await watch(world, above("11"), "ETH/USD")
    await watch(world, above("500"))
    await asyncio.gather(world.tick(BTC, 120), world.tick("ETH/USD", 12))
    assert sorted(event.symbol for event in await world.events(AlertFired)) == [BTC, "ETH/USD"]
    kept = (await world.restarted()).core
    await kept.open()
    assert [alert.level for alert in kept.desk.controls.alerts()] == [D("500.00")]


async def test_what_could_not_be_told_is_still_watched(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    await watch(world, above("110"))

    async def full(*_: object) -> int:
        raise Fatal("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(MemoryTransaction, "append", full)
        with pytest.raises(Fatal):
            await world.tick(BTC, 120)
    assert len(world.desk.controls.alerts()) == 1
    await world.tick(BTC, 121)
    assert await told(world) == [D(121)] and list(world.desk.controls.alerts()) == []


@given(
    st.lists(st.integers(50, 150), min_size=1, max_size=25),
    st.sampled_from([above("120"), below("80"), above("101"), below("99")]),
    st.lists(st.booleans(), min_size=25, max_size=25),
)
async def test_on_any_path_it_is_told_exactly_once_at_the_first_fresh_price_that_meets_it(
    path: Sequence[int], condition: Condition, fresh: Sequence[bool]
) -> None:
    world = await started()
    await watch(world, condition)
    expected: list[D] = []
    for price, is_fresh in zip(path, fresh, strict=False):
        world.clock.advance(300)
        quote = world.tell(BTC, price)
        if not is_fresh:
            world.clock.advance(121)
        await world.core.on_quote(BTC, quote)
        met = price >= condition.value if condition.rises else price <= condition.value
        if met and is_fresh and not expected:
            expected.append(D(price))
    assert await told(world) == expected
    assert len(world.desk.controls.alerts()) == 1 - len(expected)

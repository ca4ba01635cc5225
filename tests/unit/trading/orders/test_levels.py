"""Stops and targets set by hand: on the right side of the price, on a tick, kept until a person changes them."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import SmallWorld, rules, started
from trading.contract.controls import Level, LevelKind, LevelUnit, LevelView
from trading.domain.event import ProtectionChanged
from trading.domain.portfolio import Protection
from trading.domain.risk import RefusalCode, Refused, TradingState
from trading.errors import Fatal
from trading.orders.protections import ExitRules
from trading.store.memory_transaction import MemoryTransaction
from trading.store.port import Store

BTC = "BTC/USD"
BOTH = rules(exits=ExitRules(D("0.02"), D("0.03")))
OFF, DEFAULT = Level(LevelUnit.OFF), Level(LevelUnit.DEFAULT)


def at(price: str | D) -> Level:
    return Level(LevelUnit.PRICE, D(price))


async def holding(store: Store | None = None, price: str = "100", quantity: str = "2") -> SmallWorld:
    """One position, bought at 100, the price now `price`."""
    world = await started(store, BOTH)
    await world.buy(quantity)
    world.tell(BTC, price)
    return world


async def set_to(world: SmallWorld, kind: LevelKind, level: Level) -> LevelView:
    outcome = await world.desk.controls.set_level(kind, BTC, level, "@ana")
    assert isinstance(outcome, LevelView), outcome
    return outcome


async def refused(world: SmallWorld, kind: LevelKind, level: Level) -> RefusalCode:
    outcome = await world.desk.controls.set_level(kind, BTC, level, "@ana")
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def levels(world: SmallWorld) -> tuple[D | None, D | None]:
    return world.core.monitor.levels(BTC)


async def test_a_stop_at_a_price_is_kept_told_and_there_after_a_restart(any_store: Store) -> None:
    world = await holding(any_store)
    view = await set_to(world, "stop", at("95.5"))
    assert (view.old, view.new, view.by_hand) == (D("98.00"), D("95.50"), True)
    assert await world.events(ProtectionChanged) == [
        ProtectionChanged(world.clock.now(), BTC, "stop", D("98.00"), D("95.50"), "@ana")
    ]
    again = await world.restarted()
    assert levels(again) == (D("95.50"), D("103.00"))
    now = again.desk.controls.level("stop", BTC)
    assert isinstance(now, LevelView) and now.by_hand


@pytest.mark.parametrize(
    ("kind", "level", "price", "expected"),
    [
        ("stop", Level(LevelUnit.DISTANCE, D("0.05")), "100", "95.00"),
        ("stop", Level(LevelUnit.MOVE, D("-0.05")), "100", "95.00"),
        ("stop", Level(LevelUnit.MOVE, D("0.05")), "120", "105.00"),
        ("target", Level(LevelUnit.DISTANCE, D("0.1")), "100", "110.00"),
        ("target", Level(LevelUnit.MOVE, D("0.1")), "100", "110.00"),
        ("target", Level(LevelUnit.MOVE, D("-0.05")), "90", "95.00"),
        ("stop", at("95.123"), "100", "95.12"),
    ],
)
async def test_percentages_are_from_the_entry_and_levels_lie_on_ticks(
    kind: LevelKind, level: Level, price: str, expected: str
) -> None:
    world = await holding(price=price)
    assert (await set_to(world, kind, level)).new == D(expected)


async def test_the_result_is_what_firing_brings_fees_in() -> None:
    world = await holding()
    view = await set_to(world, "stop", at("90"))
    # 2 bought at 100 with 0.4 % fees, sold at 90 with 0.4 %.
    assert view.result == D(2) * D(90) * D("0.996") - D(2) * D(100) * D("1.004")
    await world.tick(BTC, 90)
    assert world.cash - D(1000) == view.result


@pytest.mark.parametrize(
    ("kind", "price"), [("stop", "100"), ("stop", "100.01"), ("stop", "150"), ("target", "100"), ("target", "99.99")]
)
async def test_a_level_that_would_sell_at_once_is_refused_and_names_the_way(kind: LevelKind, price: str) -> None:
    world = await holding()
    outcome = await world.desk.controls.set_level(kind, BTC, at(price), "@ana")
    assert isinstance(outcome, Refused) and outcome.code is RefusalCode.WRONG_SIDE
    assert "/close BTC" in outcome.detail and levels(world) == (D("98.00"), D("103.00"))


async def test_the_usual_level_is_refused_too_where_the_price_has_passed_it() -> None:
    world = await holding()
    await set_to(world, "stop", at("90"))
    world.tell(BTC, 95)
    assert await refused(world, "stop", DEFAULT) is RefusalCode.WRONG_SIDE


@pytest.mark.parametrize(
    ("price", "hint"), [("5", " For a percentage write 5%."), ("0.01", " For a percentage write 0.01%."), ("1001", "")]
)
async def test_a_bare_number_far_from_the_price_is_taken_for_a_slip(price: str, hint: str) -> None:
    world = await holding()
    kind: LevelKind = "target" if D(price) > 100 else "stop"
    outcome = await world.desk.controls.set_level(kind, BTC, at(price), "@ana")
    assert isinstance(outcome, Refused) and outcome.code is RefusalCode.INVALID_AMOUNT
    assert outcome.detail == f"{D(price):,f} is far from the price of 100.{hint}"


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity"])
async def test_what_is_no_price_is_refused(value: str) -> None:
    assert await refused(await holding(), "stop", at(value)) is RefusalCode.INVALID_AMOUNT


async def test_nothing_is_protected_that_is_not_held() -> None:
    world = await started(told=BOTH)
    assert await refused(world, "stop", at("90")) is RefusalCode.NOTHING_TO_SELL
    shown = world.desk.controls.level("stop", BTC)
    assert isinstance(shown, Refused) and shown.code is RefusalCode.NOTHING_TO_SELL


async def test_a_stale_price_is_nothing_to_hold_a_level_against() -> None:
    world = await holding()
    world.clock.advance(121)
    assert await refused(world, "stop", at("90")) is RefusalCode.STALE_PRICE
    assert (await set_to(world, "stop", OFF)).new is None


async def test_the_monitor_acts_on_it_at_the_next_price() -> None:
    world = await holding()
    await set_to(world, "stop", at("90"))
    await world.tick(BTC, 95)
    assert world.held() == 2
    await world.tick(BTC, 90)
    assert world.held() == 0 and world.core.protections.get(BTC) is None


async def test_it_can_be_set_while_trading_is_halted() -> None:
    world = await holding()
    await world.core.switch.change(TradingState.HALTED, "halted by @ana", "@ana")
    assert (await set_to(world, "stop", at("99"))).new == D("99.00")
    await world.tick(BTC, 99)
    assert world.held() == 0


async def test_off_is_off_until_it_is_set_again() -> None:
    world = await holding()
    await set_to(world, "stop", OFF)
    await world.tick(BTC, 50)
    assert world.held() == 2
    world.tell(BTC, 100)
    await set_to(world, "stop", DEFAULT)
    assert levels(world) == (D("98.00"), D("103.00"))


async def test_a_level_set_by_hand_stays_while_the_position_shrinks_or_grows(any_store: Store) -> None:
    world = await holding(any_store)
    await set_to(world, "stop", at("90"))
    await world.sell("1")
    assert levels(world) == (D("90.00"), D("103.00"))
    world.tell(BTC, 110)
    await world.buy("1")
    # The stop stays, the target moves with the new entry of 105.
    assert levels(world) == (D("90.00"), D("108.15"))
    assert (await world.events(ProtectionChanged))[1:] == [
        ProtectionChanged(world.clock.now(), BTC, "stop", D("90.00"), D("90.00"), "")
    ]
    assert levels(await world.restarted()) == (D("90.00"), D("108.15"))


async def test_off_by_hand_stays_off_when_the_position_grows() -> None:
    world = await holding()
    await set_to(world, "target", OFF)
    await world.buy("1")
    assert levels(world) == (D("98.00"), None)


async def test_a_new_position_has_the_usual_levels_again(any_store: Store) -> None:
    world = await holding(any_store)
    await set_to(world, "stop", at("90"))
    await world.sell("2")
    world.clock.advance(60)
    world.tell(BTC, 100)
    await world.buy("1")
    world.tell(BTC, 100)
    await world.buy("1")
    assert levels(world) == (D("98.00"), D("103.00"))
    again = await world.restarted()
    now = again.desk.controls.level("stop", BTC)
    assert isinstance(now, LevelView) and not now.by_hand


async def test_default_makes_it_follow_the_entry_again() -> None:
    world = await holding()
    await set_to(world, "stop", at("90"))
    await set_to(world, "stop", DEFAULT)
    world.tell(BTC, 110)
    await world.buy("2")
    assert levels(world)[0] == D("102.90")


async def test_setting_the_same_level_again_tells_nobody() -> None:
    world = await holding()
    await set_to(world, "stop", at("90"))
    await set_to(world, "stop", at("90"))
    assert len(await world.events(ProtectionChanged)) == 1


async def test_a_level_that_is_not_kept_is_not_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await holding()
    before = world.core.protections.get(BTC)

    async def full(*_: object) -> int:
        raise Fatal("The disk is full.")

    monkeypatch.setattr(MemoryTransaction, "append", full)
    with pytest.raises(Fatal):
        await world.desk.controls.set_level("stop", BTC, at("90"), "@ana")
    assert world.core.protections.get(BTC) == before
    now = world.desk.controls.level("stop", BTC)
    assert isinstance(now, LevelView) and not now.by_hand


@given(
    st.sampled_from(["stop", "target"]),
    st.decimals("10.5", "990", places=2),
    st.decimals("20", "400", places=2),
)
async def test_no_accepted_level_would_fire_at_the_price_it_was_set_at(kind: LevelKind, level: D, price: D) -> None:
    world = await holding(price=str(price), quantity="1")
    outcome = await world.desk.controls.set_level(kind, BTC, at(level), "@ana")
    protection = world.core.protections.get(BTC)
    assert isinstance(protection, Protection)
    right = level < price if kind == "stop" else level > price
    if isinstance(outcome, LevelView):
        assert right and getattr(protection, kind) == level
        if kind == "stop" and protection.target is not None and price >= protection.target:
            return
        other = protection.stop if kind == "target" else None
        if other is None or price > other:
            await world.tick(BTC, price)
            assert world.held() == 1
    else:
        assert not right or not price / 10 < level < price * 10
        assert protection == Protection(BTC, D("98.00"), D("103.00"), D(100))

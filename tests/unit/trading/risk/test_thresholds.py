"""The approval threshold at run time: what the settings say until an owner says otherwise, and never off."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest

from tests.world import SmallWorld, limits, rules, started
from trading.contract.controls import ThresholdView
from trading.domain.event import SettingChanged
from trading.domain.order import Side
from trading.domain.risk import RefusalCode, Refused
from trading.orders.intake import Placed, Waiting
from trading.store.port import Store

ASKS = rules(limits=limits(approval_threshold=D(100)))


async def change(world: SmallWorld, amount: str | None) -> ThresholdView:
    outcome = await world.desk.controls.set_threshold(None if amount is None else D(amount), "@ana")
    assert isinstance(outcome, ThresholdView), outcome
    return outcome


async def asks_about(world: SmallWorld, quantity: str) -> bool:
    outcome = await world.submit(world.intent(Side.BUY, quantity))
    assert isinstance(outcome, Placed | Waiting), outcome
    return isinstance(outcome, Waiting)


@pytest.mark.parametrize(("fixed", "before", "after"), [(None, D(400), D(80)), (D(300), D(300), D(300))])
async def test_the_sum_of_a_day_is_shown_as_it_holds(fixed: D | None, before: D, after: D) -> None:
    world = await started(None, rules(limits=limits(approval_threshold=D(100), approval_daily_sum=fixed)))
    assert world.desk.controls.threshold().daily_sum == before
    view = await change(world, "20")
    assert (view.daily_sum, view.daily_sum_fixed) == (after, fixed is not None)


async def test_orders_are_held_against_the_one_in_force(any_store: Store) -> None:
    world = await started(any_store, ASKS)
    assert await asks_about(world, "1.01") and not await asks_about(world, "0.99")
    view = await change(world, "200")
    assert (view.old, view.now, view.configured, view.by) == (D(100), D(200), D(100), "@ana")
    assert not await asks_about(world, "1.01") and await asks_about(world, "2.01")
    again = await world.restarted()
    await again.core.start()
    assert await asks_about(again, "2.01") and not await asks_about(again, "1.01")


async def test_a_change_is_told_with_old_and_new() -> None:
    world = await started(told=ASKS)
    await change(world, "1500")
    await change(world, "1500")
    assert await world.events(SettingChanged) == [
        SettingChanged(world.clock.now(), "Approval threshold", "100.00", "1,500.00", "@ana")
    ]


@pytest.mark.parametrize("back", [None, "100"])
async def test_back_to_the_settings(any_store: Store, back: str | None) -> None:
    world = await started(any_store, ASKS)
    await change(world, "200")
    view = await change(world, back)
    assert (view.now, view.by) == (D(100), "")
    again = await world.restarted()
    await again.core.start()
    assert again.desk.controls.threshold().now == D(100)


async def test_zero_asks_about_every_order() -> None:
    world = await started(told=ASKS)
    await change(world, "0")
    assert await asks_about(world, "0.05")


@pytest.mark.parametrize("amount", ["-1", "1e15", "NaN"])
async def test_what_is_no_threshold_is_refused(amount: str) -> None:
    world = await started(told=ASKS)
    outcome = await world.desk.controls.set_threshold(D(amount), "@ana")
    assert isinstance(outcome, Refused) and outcome.code is RefusalCode.INVALID_AMOUNT
    assert world.desk.controls.threshold().now == D(100)


async def test_where_nothing_asks_it_cannot_be_set() -> None:
    world = await started()
    outcome = await world.desk.controls.set_threshold(D(10), "@ana")
    assert isinstance(outcome, Refused) and outcome.code is RefusalCode.NOTHING_TO_DO
    assert world.desk.controls.threshold().now is None


async def test_a_setting_that_was_changed_since_is_the_newer_word(any_store: Store) -> None:
    world = await started(any_store, ASKS)
    await change(world, "200")
    again = await world.restarted(limits=replace(ASKS.limits, approval_threshold=D(50)))
    await again.core.start()
    assert again.desk.controls.threshold().now == D(50)


async def test_stops_never_wait_however_low_it_is() -> None:
    world = await started(told=ASKS)
    await world.buy("0.9")
    await change(world, "0")
    assert isinstance(await world.submit(world.intent(Side.SELL, "0.9", protective=True)), Placed)

"""Panic: halted at once, nothing of ours open, and one press away from cash."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from tests.world import SmallWorld, rules, started
from trading.contract import ApprovalView, Decided
from trading.domain.event import StateChanged
from trading.domain.order import OrderType, Side
from trading.domain.risk import RefusalCode, Refused, TradingState
from trading.orders.protections import ExitRules
from trading.store.port import Store


async def holding(store: Store | None = None) -> SmallWorld:
    world = await started(store, rules(exits=ExitRules(D("0.02"), None)))
    await world.buy("1")
    await world.buy("10", "ETH/USD")
    return world


async def test_it_halts_cancels_and_touches_no_position(any_store: Store) -> None:
    world = await holding(any_store)
    await world.submit(world.intent(Side.BUY, "1", type=OrderType.LIMIT, limit_price=D(90)))
    view = await world.desk.controls.panic("@ana")
    assert (view.state.old, view.state.new) == (TradingState.ACTIVE, TradingState.HALTED)
    assert [found.outcome.value for found in view.cancelled] == ["canceled"]
    assert (world.held(), world.held("ETH/USD")) == (1, 10)
    assert [event.reason for event in await world.events(StateChanged)] == ["panic by @ana"]
    assert (await world.restarted()).core.protections.get("BTC/USD") is not None


async def test_a_second_panic_is_as_good_as_the_first() -> None:
    world = await holding()
    await world.desk.controls.panic("@ana")
    view = await world.desk.controls.panic("@bob")
    assert view.state.old is TradingState.HALTED and view.cancelled == ()
    assert len(await world.events(StateChanged)) == 1


async def test_flattening_goes_through_while_halted_once_a_person_presses(any_store: Store) -> None:
    world = await holding(any_store)
    await world.desk.controls.panic("@ana")
    card = await world.desk.preview_flatten("@ana")
    assert isinstance(card, ApprovalView) and world.held() == 1
    done = await world.desk.approve(card.approval.id, "@ana", "telegram")
    assert isinstance(done, Decided)
    assert (world.held(), world.held("ETH/USD")) == (0, 0)
    assert world.core.switch.state is TradingState.HALTED


@pytest.mark.parametrize("what", ["buy", "sell", "close"])
async def test_nothing_else_goes_through_while_halted(what: str) -> None:
    world = await holding()
    await world.desk.controls.panic("@ana")
    if what == "close":
        outcome = await world.desk.preview_close("btc", "@ana")
    else:
        outcome = await world.submit(world.intent(Side(what), "0.5"))  # type: ignore[assignment]
    assert isinstance(outcome, Refused) and outcome.code is RefusalCode.HALTED


async def test_stops_work_as_ever_while_halted() -> None:
    world = await holding()
    await world.desk.controls.panic("@ana")
    await world.tick("BTC/USD", 97)
    assert (world.held(), world.held("ETH/USD")) == (0, 10)

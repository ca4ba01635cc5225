"""The kill switch: what people switch stays switched, over restarts and against the machinery."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from tests.world import START
from trading.clock import SimulatedClock
from trading.domain.event import StateChanged
from trading.domain.risk import TradingState
from trading.risk.switch import Switch
from trading.store.memory import MemoryStore
from trading.store.port import Store

ACTIVE, REDUCING, HALTED = TradingState.ACTIVE, TradingState.REDUCING, TradingState.HALTED
MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


async def told(store: Store) -> list[StateChanged]:
    async with store.reading() as read:
        return [e.event for e in await read.events(0, 100) if isinstance(e.event, StateChanged)]


def a_switch(store: Store | None = None) -> Switch:
    return Switch(store or MemoryStore(), SimulatedClock(START))


async def test_it_begins_active_with_nothing_to_say() -> None:
    switch = a_switch()
    await switch.load()
    assert (switch.state, switch.reason) == (ACTIVE, "")


@pytest.mark.parametrize("state", [REDUCING, HALTED])
async def test_a_state_and_its_reason_outlive_a_restart(any_store: Store, state: TradingState) -> None:
    assert await a_switch(any_store).change(state, "stopped by @ana", "@ana") is ACTIVE
    again = a_switch(any_store)
    await again.load()
    assert (again.state, again.reason) == (state, "stopped by @ana")
    assert await told(any_store) == [StateChanged(START, ACTIVE, state, "stopped by @ana", "@ana")]


async def test_switching_to_the_same_state_tells_nothing(any_store: Store) -> None:
    switch = a_switch(any_store)
    await switch.change(HALTED, "first", "@ana")
    assert await switch.change(HALTED, "second", "@bob") is HALTED
    assert switch.reason == "first"
    assert len(await told(any_store)) == 1


async def test_a_pause_never_loosens_a_halt(any_store: Store) -> None:
    switch = a_switch(any_store)
    await switch.change(HALTED, "panic by @ana", "@ana")
    assert await switch.pause("paused by @bob", "@bob") is HALTED
    assert (switch.state, switch.reason) == (HALTED, "panic by @ana") and len(await told(any_store)) == 1


async def test_the_daily_loss_stops_entries_once_a_day() -> None:
    switch = a_switch()
    assert await switch.daily_loss(MONDAY, "down 6%")
    assert (switch.state, switch.reason) == (REDUCING, "down 6%")
    assert not await switch.daily_loss(MONDAY, "down 7%")
    assert switch.reason == "down 6%"


async def test_who_resumes_that_day_is_not_overruled(any_store: Store) -> None:
    switch = a_switch(any_store)
    await switch.daily_loss(MONDAY, "down 6%")
    await switch.change(ACTIVE, "resumed by @ana", "@ana")
    assert not await switch.daily_loss(MONDAY, "down 8%")
    again = a_switch(any_store)
    await again.load()
    assert not await again.daily_loss(MONDAY, "down 9%")
    assert again.state is ACTIVE
    assert await again.daily_loss(TUESDAY, "down 6%")


async def test_a_daily_loss_is_lifted_on_the_next_day_and_not_before(any_store: Store) -> None:
    await a_switch(any_store).daily_loss(MONDAY, "down 6%")
    switch = a_switch(any_store)
    await switch.load()
    await switch.new_day(MONDAY)
    assert switch.state is REDUCING
    await switch.new_day(TUESDAY)
    assert switch.state is ACTIVE
    assert [event.new for event in await told(any_store)] == [REDUCING, ACTIVE]


@pytest.mark.parametrize("state", [REDUCING, HALTED])
async def test_what_a_person_switched_is_never_lifted_by_a_new_day(state: TradingState) -> None:
    switch = a_switch()
    await switch.change(state, "stopped by @ana", "@ana")
    await switch.new_day(TUESDAY)
    assert switch.state is state


async def test_a_halt_after_a_daily_loss_outlives_the_day() -> None:
    switch = a_switch()
    await switch.daily_loss(MONDAY, "down 6%")
    await switch.change(HALTED, "halted by @ana", "@ana")
    await switch.new_day(TUESDAY)
    assert switch.state is HALTED


async def test_a_pause_after_a_daily_loss_outlives_the_day() -> None:
    """Who pauses on purpose means it, even where the daily loss had already stopped entries."""
    switch = a_switch()
    await switch.daily_loss(MONDAY, "down 6%")
    assert await switch.change(REDUCING, "paused by @ana", "@ana") is REDUCING
    await switch.new_day(TUESDAY)
    assert (switch.state, switch.reason) == (REDUCING, "paused by @ana")


@pytest.mark.parametrize("state", [REDUCING, HALTED])
async def test_a_daily_loss_changes_nothing_where_entries_are_stopped_already(state: TradingState) -> None:
    switch = a_switch()
    await switch.change(state, "stopped by @ana", "@ana")
    assert not await switch.daily_loss(MONDAY, "down 6%")
    assert switch.reason == "stopped by @ana"


async def test_a_daily_loss_at_the_moment_of_a_halt_does_not_weaken_it(any_store: Store) -> None:
    switch = a_switch(any_store)
    await asyncio.gather(switch.change(HALTED, "halted by @ana", "@ana"), switch.daily_loss(MONDAY, "down 6%"))
    assert switch.state is HALTED
    again = a_switch(any_store)
    await again.load()
    assert again.state is HALTED


async def test_a_new_day_at_the_moment_of_a_halt_does_not_lift_it(any_store: Store) -> None:
    switch = a_switch(any_store)
    await switch.daily_loss(MONDAY, "down 6%")
    await asyncio.gather(switch.change(HALTED, "halted by @ana", "@ana"), switch.new_day(TUESDAY))
    assert switch.state is HALTED

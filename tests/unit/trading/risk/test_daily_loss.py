"""The daily loss limit in a running core: fires once, is told, is lifted on the next local day."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from tests.world import SmallWorld, rules, started
from trading.clock import SimulatedClock
from trading.domain.event import StateChanged
from trading.domain.order import Side
from trading.domain.risk import RefusalCode, Refused, TradingState

MORNING = datetime(2025, 3, 3, 7, tzinfo=UTC)
"""Midnight in Denver."""


async def invested(limit: str | None = "0.05") -> SmallWorld:
    """1000 at local midnight, half of it in BTC at 100 since."""
    told = rules(daily_loss=None if limit is None else Decimal(limit))
    world = await started(told=told, clock=SimulatedClock(MORNING))
    world.clock.advance(60)
    world.tell("BTC/USD", 100)
    await world.buy("5")
    return world


async def test_a_loss_beyond_the_limit_stops_entries_and_says_so() -> None:
    world = await invested()
    await world.tick("BTC/USD", "89")
    assert world.core.switch.state is TradingState.REDUCING
    (event,) = await world.events(StateChanged)
    assert event.by == "daily loss limit"
    assert event.reason == "down 5.7% today, more than the daily limit of 5.0%"
    refused = await world.submit(world.intent(Side.BUY, "1"))
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.REDUCING
    await world.sell("5")
    assert world.held() == 0


async def test_a_loss_within_the_limit_does_nothing() -> None:
    world = await invested()
    await world.tick("BTC/USD", "90.41")
    assert world.core.switch.state is TradingState.ACTIVE


async def test_it_fires_once_however_far_prices_fall() -> None:
    world = await invested()
    for price in ("89", "80", "95", "50"):
        await world.tick("BTC/USD", price)
    assert len(await world.events(StateChanged)) == 1


async def test_it_is_lifted_at_local_midnight_and_measured_from_there() -> None:
    world = await invested()
    await world.tick("BTC/USD", "89")
    world.clock.advance_to(MORNING.replace(hour=23))
    await world.tick("BTC/USD", "89")
    assert world.core.switch.state is TradingState.REDUCING
    world.clock.advance_to(MORNING.replace(day=4))
    await world.core.curve.sample()
    await world.tick("BTC/USD", "88")
    assert world.core.switch.state is TradingState.ACTIVE
    await world.tick("BTC/USD", "75")
    assert world.core.switch.state is TradingState.REDUCING


async def test_after_resume_it_does_not_fire_again_that_day() -> None:
    world = await invested()
    await world.tick("BTC/USD", "89")
    await world.desk.resume("@ana")
    await world.tick("BTC/USD", "80")
    assert world.core.switch.state is TradingState.ACTIVE
    again = await world.restarted()
    await again.core.start()
    await again.tick("BTC/USD", "70")
    assert again.core.switch.state is TradingState.ACTIVE


async def test_on_the_first_day_it_is_measured_from_the_start() -> None:
    world = await started(told=rules(daily_loss=Decimal("0.05")))
    world.clock.advance(60)
    await world.buy("5")
    await world.tick("BTC/USD", "80")
    assert world.core.switch.state is TradingState.REDUCING


async def test_it_can_be_turned_off() -> None:
    world = await invested(limit=None)
    await world.tick("BTC/USD", "10")
    assert world.core.switch.state is TradingState.ACTIVE


async def test_without_a_price_nothing_is_concluded() -> None:
    world = await invested()
    again = await world.restarted()
    again.core.quotes._known.clear()
    await again.core.loss_limit.check(again.clock.now())
    assert again.core.switch.state is TradingState.ACTIVE

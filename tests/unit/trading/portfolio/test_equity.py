"""The equity curve: one point per instant, flows beside it, the same after a restart."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.world import START, SmallWorld, started
from trading.domain.money import Money
from trading.domain.portfolio import CashFlow
from trading.store.port import Store


async def test_the_first_point_is_the_starting_cash(world: SmallWorld) -> None:
    (first,) = world.core.curve.points
    assert (first.at, first.equity, first.cash, first.flows, first.exposure) == (START, 1000, 1000, 1000, 0)
    assert first.benchmarks == {"BTC": Decimal(100), "ETH": Decimal(10)}
    assert world.core.curve.inception == START


async def test_a_point_has_equity_at_the_middle_price_and_the_invested_share(world: SmallWorld) -> None:
    await world.buy("5")
    world.clock.advance(3600)
    world.tell("BTC/USD", 120)
    point = await world.core.curve.sample()
    assert point is not None
    assert point.equity == Decimal(1000) - 500 - 2 + 600
    assert point.exposure == Decimal(600) / point.equity
    assert point.benchmarks["BTC"] == 120


async def test_a_second_point_at_the_same_instant_replaces_the_first(any_store: Store) -> None:
    world = await started(any_store)
    await world.buy("5")
    await world.core.curve.sample()
    assert [point.equity for point in world.core.curve.points] == [Decimal(998)]
    again = await world.restarted()
    await again.core.curve.load()
    assert [point.equity for point in again.core.curve.points] == [Decimal(998)]


async def test_replacing_a_point_does_not_lose_the_money_that_came_in_with_it(world: SmallWorld) -> None:
    await world.core.curve.sample()
    assert [point.flows for point in world.core.curve.points] == [1000]


async def test_money_from_outside_is_told_once_with_the_next_point(world: SmallWorld) -> None:
    world.core.account.book.apply_flow(CashFlow("more", Money(Decimal(50), "USD"), START, "paid in"))
    world.core.curve.note_flow(Decimal(50))
    for _ in range(2):
        world.clock.advance(3600)
        await world.core.curve.sample()
    assert [point.flows for point in world.core.curve.points] == [1000, 50, 0]


async def test_a_held_symbol_without_a_price_gives_no_point(world: SmallWorld) -> None:
    await world.buy("5")
    blind = await world.restarted()
    blind.market.outage = "cut"
    blind.clock.advance(60)
    assert blind.core.curve.now() is None
    assert await blind.core.curve.sample() is None


async def test_at_finds_the_last_point_at_or_before_an_instant(world: SmallWorld) -> None:
    world.clock.advance(3600)
    await world.core.curve.sample()
    curve, hour = world.core.curve, timedelta(hours=1)
    assert curve.at(START - hour) is None
    assert [
        point.at for point in (curve.at(START), curve.at(START + hour / 2), curve.at(START + 9 * hour)) if point
    ] == [
        START,
        START,
        START + hour,
    ]


async def test_up_to_now_ends_with_a_point_of_now_that_is_not_kept(world: SmallWorld) -> None:
    assert len(world.core.curve.up_to(world.clock.now())) == 1
    world.clock.advance(60)
    assert [point.at for point in world.core.curve.up_to(world.clock.now())] == [START, START + timedelta(minutes=1)]
    assert len(world.core.curve.points) == 1


async def test_a_window_that_ended_a_moment_ago_still_holds_the_point_of_now() -> None:
    world = await started()
    await world.buy("1")
    asked = world.clock.now()
    world.clock.advance(2)
    world.tell("BTC/USD", 110)
    last = world.core.curve.up_to(asked)[-1]
    assert (last.at, last.equity) == (asked, world.core.account.equity())

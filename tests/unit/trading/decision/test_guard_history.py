"""What the guards know of the past: read from fills, orders and the equity curve, up to one instant and no later."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

from tests.world import START, ZONE, FixedPlanner, SmallWorld, limits, rules, started
from trading.decision.guard_history import MEMORY, guard_history
from trading.risk.guards import GuardHistory
from trading.store.port import Store

HOUR = timedelta(hours=1)


async def history(world: SmallWorld) -> GuardHistory:
    now = world.clock.now()
    async with world.store.reading() as read:
        return await guard_history(read, world.core.account, now, ZONE, world.core.curve.up_to(now))


async def sums(world: SmallWorld) -> tuple[D, int]:
    """What today's rebalances traded, and in how many orders."""
    known = await history(world)
    return known.turnover, known.orders


async def rebalance(world: SmallWorld, **weights: str) -> None:
    planner = world.planner
    assert isinstance(planner, FixedPlanner)
    planner.wants(**weights)
    for symbol in ("BTC/USD", "ETH/USD", "SOL/USD"):
        world.tell(symbol, world.core.quotes.latest(symbol).last)  # type: ignore[union-attr]
    await world.core.rebalance.run("schedule")


async def test_a_new_portfolio_has_no_past(world: SmallWorld) -> None:
    assert await history(world) == GuardHistory(drawdown=None)


async def test_the_newest_buy_and_the_newest_whole_exit_count(any_store: Store) -> None:
    world = await started(any_store)
    await world.buy("2")
    world.clock.advance(3600)
    world.tell("BTC/USD", 100)
    await world.buy("1")
    assert (await history(world)).bought == {"BTC/USD": START + HOUR}
    await world.sell("2")
    assert (await history(world)).sold == {}, "a part was sold"
    world.clock.advance(3600)
    world.tell("BTC/USD", 100)
    await world.sell("1")
    assert (await history(world)).sold == {"BTC/USD": START + 2 * HOUR}
    world.clock.advance(3600)
    world.tell("BTC/USD", 100)
    await world.buy("1")
    known = await history(world)
    assert (known.bought, known.sold) == ({"BTC/USD": START + 3 * HOUR}, {"BTC/USD": START + 2 * HOUR})


async def test_an_exit_that_leaves_dust_is_an_exit(world: SmallWorld) -> None:
    await world.buy("2")
    await world.sell("1.999")
    assert set((await history(world)).sold) == {"BTC/USD"}


async def test_what_is_older_than_the_longest_pause_is_forgotten(world: SmallWorld) -> None:
    await world.buy("2")
    world.clock.advance(MEMORY.total_seconds())
    assert set((await history(world)).bought) == {"BTC/USD"}
    world.clock.advance(1)
    assert (await history(world)).bought == {}


async def test_only_what_rebalances_traded_since_local_midnight_counts(any_store: Store) -> None:
    world = await started(any_store)
    await world.buy("1")
    assert await sums(world) == (D(0), 0)
    await rebalance(world, BTC="0.3", ETH="0.1")
    known = await history(world)
    assert known.orders == 2
    assert D(299) < known.turnover < D(301)
    # It is five in the morning in Denver: eighteen hours later it is still the same day, nineteen later the next.
    world.clock.advance(18 * 3600)
    assert (await history(world)).orders == 2
    world.clock.advance(3600)
    assert await sums(world) == (D(0), 0)


async def test_what_waits_for_a_press_counts_until_it_is_decided() -> None:
    world = await started(told=rules(limits=limits(approval_threshold=D(1))))
    await rebalance(world, BTC="0.3", ETH="0.1")
    turnover, orders = await sums(world)
    assert orders == 2 and not world.venue.placed
    assert D(395) < turnover < D(405)
    (card,) = await world.desk.pending()
    await world.core.approvals.reject(card.approval.id, "@ana", "web")
    assert await sums(world) == (D(0), 0)


async def test_the_drawdown_is_that_of_the_curve(world: SmallWorld) -> None:
    await world.core.curve.sample()
    await world.buy("5")
    world.clock.advance(3600)
    await world.tick("BTC/USD", 60)
    drawdown = (await history(world)).drawdown
    assert drawdown is not None
    assert D("-0.21") < drawdown < D("-0.2")

"""Reviews of closed trades: planned beside realised, once each, whatever happens to the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.world import FEE, START, FixedPlanner, HandMade, Row, SmallWorld, columns_of, flat, rules, started
from trading.domain.market import Candle
from trading.domain.order import Side, Source
from trading.domain.outcome import TradeReview
from trading.domain.plan import TargetPlan
from trading.errors import Retryable
from trading.orders.protections import ExitRules
from trading.store.memory import MemoryStore
from trading.store.port import Store

EXITS = rules(exits=ExitRules(Decimal("0.02"), Decimal("0.03")))


async def reviews(world: SmallWorld) -> Sequence[TradeReview]:
    async with world.store.reading() as read:
        return await read.reviews()


async def a_trade(store: Store, planner: FixedPlanner | None = None) -> SmallWorld:
    """BTC bought at 100, half sold at 110 after an hour, the rest at 104 after three."""
    world = await started(store, EXITS, planner=planner)
    await world.buy("2")
    world.clock.advance(3600)
    world.tell("BTC/USD", 110)
    await world.sell("1")
    world.clock.advance(7200)
    world.tell("BTC/USD", 104)
    await world.sell("1")
    world.clock.advance(3600)
    return world


async def test_a_review_tells_what_was_planned_and_what_came_of_it(any_store: Store) -> None:
    world = await a_trade(any_store)
    await world.core.reviews.catch_up()
    (review,) = await reviews(world)
    assert (review.symbol, review.quantity, review.entry_price, review.exit_price) == ("BTC/USD", 2, 100, 107)
    assert (review.planned_stop, review.planned_target) == (98, 103)
    assert (review.opened_at, review.closed_at) == (START, START + timedelta(hours=3))
    assert review.fees == FEE * (200 + 110 + 104)
    assert review.realized == 14 - review.fees
    assert review.realized == world.core.account.book.realized_of()["BTC/USD"]
    assert (review.best, review.worst) == (Decimal("0.1"), 0)
    assert (review.source, review.reason, review.regime, review.cycle_id) == ("strategy", "a test", "", "")
    assert review.slippage is None


async def test_an_open_position_has_no_review() -> None:
    world = await started()
    await world.buy("2")
    await world.sell("1")
    await world.core.reviews.catch_up()
    assert not await reviews(world)


async def test_a_rebalance_that_opened_it_lends_its_reason_and_regime(any_store: Store) -> None:
    planner = FixedPlanner()
    world = await started(any_store, EXITS, planner=planner)
    planner.wants(BTC="0.5")
    assert isinstance(planner.outcome, TargetPlan)
    planner.outcome = replace(planner.outcome, regime="trending")
    bought = await world.core.rebalance.run("a test")
    planner.wants()
    await world.core.rebalance.run("a test")
    world.clock.advance(3600)
    await world.core.reviews.catch_up()
    (review,) = await reviews(world)
    assert (review.source, review.regime, review.cycle_id) == ("rebalance", "trending", bought.id)
    assert "BTC looks good" in review.reason
    assert review.slippage == 0, "both orders were decided at a quote that is kept"


async def test_a_stop_that_ended_it_is_its_source(any_store: Store) -> None:
    world = await started(any_store, EXITS)
    await world.buy("2")
    world.clock.advance(60)
    await world.tick("BTC/USD", 97)
    world.clock.advance(7200)
    await world.core.reviews.catch_up()
    (review,) = await reviews(world)
    assert (review.source, review.exit_price, review.planned_stop) == ("stop", 97, 98)
    assert review.worst == Decimal("-0.03")


async def test_what_the_owner_bought_by_hand_had_no_planned_exits() -> None:
    world = await started(None, EXITS)
    await world.submit(world.intent(Side.BUY, "1", source=Source.EXTERNAL))
    await world.sell("1")
    world.clock.advance(3600)
    await world.core.reviews.catch_up()
    (review,) = await reviews(world)
    assert (review.planned_stop, review.planned_target) == (None, None)


async def test_a_restart_neither_doubles_nor_forgets(any_store: Store) -> None:
    world = await a_trade(any_store)
    await world.core.reviews.catch_up()
    world.tell("BTC/USD", 104)
    await world.buy("1")
    again = await world.restarted()
    await again.core.start()
    await again.core.reviews.catch_up()
    assert len(await reviews(again)) == 1
    await again.sell("1")
    third = await again.restarted()
    await third.core.start()
    third.clock.advance(3600)
    await third.core.reviews.catch_up()
    await third.core.reviews.catch_up()
    assert [review.quantity for review in await reviews(third)] == [2, 1]


async def test_a_look_that_is_cut_short_is_made_up_for(any_store: Store) -> None:
    world = await a_trade(any_store)
    write, world.store.transaction = world.store.transaction, _broken  # type: ignore[method-assign]
    with pytest.raises(Retryable):
        await world.core.reviews.catch_up()
    world.store.transaction = write  # type: ignore[method-assign]
    await world.core.reviews.catch_up()
    assert len(await reviews(world)) == 1


def _broken() -> None:
    raise Retryable("the disk is away")


async def test_long_histories_are_read_in_pages(any_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trading.decision.reviews.PAGE", 2)
    world = await a_trade(any_store)
    world.tell("ETH/USD", 10)
    await world.buy("1", "ETH/USD")
    await world.sell("1", "ETH/USD")
    world.clock.advance(3600)
    await world.core.reviews.catch_up()
    assert [review.symbol for review in await reviews(world)] == ["BTC/USD", "ETH/USD"]


def path(*rows: Row) -> HandMade:
    """Hours of BTC before START, then these."""
    before = flat(100, 24 * 70)
    start = START - timedelta(hours=len(before))
    return HandMade({"BTC/USD": columns_of(start, "1h", [*before, *rows])}, "1h")


async def test_excursions_are_the_extremes_while_it_was_held() -> None:
    hours = path((100, 130, 100, 101), (101, 108, 97, 102), (102, 150, 60, 102), (102, 102, 102, 102))
    world = await started(None, rules(["BTC/USD"]), history=hours)
    world.clock.advance(1800)
    world.tell("BTC/USD", 100)
    await world.buy("1")
    world.clock.advance(1800 + 3600 + 1800)
    world.tell("BTC/USD", 102)
    await world.sell("1")
    world.clock.advance(5400)
    await world.core.reviews.catch_up()
    (review,) = await reviews(world)
    assert (review.best, review.worst) == (Decimal("0.08"), Decimal("-0.03")), "neither before nor after it was held"


async def test_without_candles_a_review_waits_and_then_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await a_trade(MemoryStore())

    async def cut(symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
        raise Retryable("cut off")

    monkeypatch.setattr(world.market, "candles", cut)
    await world.core.reviews.catch_up()
    assert not await reviews(world)
    world.clock.advance(2 * 86_400)
    await world.core.reviews.catch_up()
    (review,) = await reviews(world)
    assert (review.best, review.worst) == (None, None)


async def test_what_dust_is_left_of_is_reviewed_once_its_order_is_done(any_store: Store) -> None:
    world = await started(any_store)
    await world.buy("2.0004")
    await world.sell("2")
    world.clock.advance(3600)
    await world.core.reviews.catch_up()
    (review,) = await reviews(world)
    world.tell("BTC/USD", 100)
    await world.buy("1")
    await world.sell("1.0004")
    world.clock.advance(3600)
    await world.core.reviews.catch_up()
    assert [each.id == review.id for each in await reviews(world)] == [True, False]

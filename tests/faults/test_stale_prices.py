"""Promise 10: a price older than the limit never trades, entry or exit, at whatever the wall clock says."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.proof import Proof
from tests.world import START, SmallWorld, limits, rules, started
from trading.domain.market import Quote
from trading.domain.order import OrderIntent, Side
from trading.domain.risk import Approved, RefusalCode, Refused
from trading.risk.review import Review

LIMIT = timedelta(seconds=120)
OLDEST = 3_600
JUMPS = (timedelta(0), timedelta(days=1), timedelta(days=-1))


@pytest.mark.parametrize("ours", [False, True], ids=["venue time", "our time"])
@pytest.mark.parametrize("jump", JUMPS, ids=["a steady clock", "a day forward", "a day back"])
async def test_every_age_up_to_an_hour_is_refused_exactly_above_the_limit(
    jump: timedelta, ours: bool, proof: Proof
) -> None:
    """The clock jumps before each price comes and back after it has been judged."""
    world, review = await _holding()
    orders = [world.intent(Side.BUY, "1"), world.intent(Side.SELL, "1", protective=True)]
    cases, violations = 0, list[tuple[int, bool]]()
    for half_second in range(2 * OLDEST + 1):
        age = half_second / 2
        world.clock.advance(1)
        world.clock.jump(jump)
        _tell(world, ours)
        world.clock.advance(age)
        for intent in orders:
            cases += 1
            if not _as_promised(review, intent, timedelta(seconds=age)):
                violations.append((half_second, intent.protective))
        world.clock.jump(-jump)
    assert violations == []
    proof(10, cases)


@pytest.mark.parametrize("jump", JUMPS[1:], ids=["a day forward", "a day back"])
async def test_an_old_price_stays_old_through_a_jump(jump: timedelta, proof: Proof) -> None:
    world, review = await _holding()
    orders = [world.intent(Side.BUY, "1"), world.intent(Side.SELL, "1", protective=True)]
    cases, traded = 0, list[int]()
    for age in range(121, OLDEST, 7):
        _tell(world, ours=False)
        world.clock.advance(age)
        world.clock.jump(jump)
        for intent in orders:
            cases += 1
            if not _is_refused_as_stale(review, intent):
                traded.append(age)
        world.clock.jump(-jump)
    assert traded == []
    proof(10, cases)


async def _holding() -> tuple[SmallWorld, Review]:
    """A world that holds some BTC, and what reviews its orders."""
    world = await started(told=rules(limits=limits(max_price_age=LIMIT)))
    await world.buy("2")
    return world, world.core.intake._review


def _tell(world: SmallWorld, ours: bool) -> None:
    """A price of this moment, dated by the venue, whose clock is right, or by our wall clock."""
    now = world.clock.now() if ours else START + timedelta(seconds=world.clock.monotonic())
    price = Decimal(100)
    assert world.core.quotes.put("BTC/USD", Quote(price, price, price, now, ours=ours))


def _as_promised(review: Review, intent: OrderIntent, age: timedelta) -> bool:
    if age > LIMIT:
        return _is_refused_as_stale(review, intent)
    return isinstance(review.judge([intent]), Approved)


def _is_refused_as_stale(review: Review, intent: OrderIntent) -> bool:
    verdict = review.judge([intent])
    return isinstance(verdict, Refused) and verdict.code is RefusalCode.STALE_PRICE

"""The review judges a batch whole, in the order in which it will run."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.world import SmallWorld, instrument, limits, rules, started
from trading.domain.order import Order, OrderStatus, Side
from trading.domain.risk import Approved, NeedsApproval, RefusalCode, Refused
from trading.risk.review import Review


def review_of(world: SmallWorld, **changed: Any) -> Review:
    return Review(limits(**changed), world.core.quotes, world.core.account, world.core.switch, world.core.adapters.fees)


async def test_a_batch_within_every_limit_is_approved(world: SmallWorld) -> None:
    assert review_of(world).judge([world.intent(Side.BUY, "1")]) == Approved()


async def test_buys_share_the_cash(world: SmallWorld) -> None:
    six = world.intent(Side.BUY, "6")
    refused = review_of(world).judge([six, six])
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.NOT_ENOUGH_CASH
    assert "397.60 USD is free" in refused.detail


async def test_sales_share_the_holding(world: SmallWorld) -> None:
    await world.buy("1")
    most = world.intent(Side.SELL, "0.6")
    refused = review_of(world).judge([most, most])
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.EXCEEDS_POSITION


async def test_proceeds_of_earlier_sales_pay_for_later_buys_less_what_they_cost(world: SmallWorld) -> None:
    await world.buy("9.9")
    sale = world.intent(Side.SELL, "9.9")
    assert review_of(world).refusal([sale, world.intent(Side.BUY, "98", "ETH/USD")]) is None
    refused = review_of(world).refusal([sale, world.intent(Side.BUY, "99.5", "ETH/USD")])
    assert refused is not None
    assert refused.code is RefusalCode.NOT_ENOUGH_CASH


@pytest.mark.parametrize(
    ("threshold", "asks"), [("100", False), ("99.99", True), ("0", True), ("1000", False), (None, False)]
)
async def test_only_above_the_threshold_a_person_is_asked(world: SmallWorld, threshold: str | None, asks: bool) -> None:
    review = review_of(world, approval_threshold=None if threshold is None else Decimal(threshold))
    verdict = review.judge([world.intent(Side.BUY, "1")])
    assert isinstance(verdict, NeedsApproval) is asks
    if isinstance(verdict, NeedsApproval):
        assert (verdict.notional, verdict.threshold) == (Decimal(100), Decimal(threshold or 0))


async def test_small_orders_that_are_large_together_ask_a_person(world: SmallWorld) -> None:
    review = review_of(world, approval_threshold=Decimal(50))
    small = [world.intent(Side.BUY, "0.3"), world.intent(Side.BUY, "3", "ETH/USD")]
    assert review.judge(small[:1]) == review.judge(small[1:]) == Approved()
    assert review.judge(small) == NeedsApproval(Decimal(60), Decimal(50))


async def test_sales_count_for_the_threshold_like_buys(world: SmallWorld) -> None:
    await world.buy("1")
    review = review_of(world, approval_threshold=Decimal(99))
    assert isinstance(review.judge([world.intent(Side.SELL, "1")]), NeedsApproval)


async def test_protective_exits_never_wait(world: SmallWorld) -> None:
    await world.buy("1")
    review = review_of(world, approval_threshold=Decimal(0))
    exit_ = world.intent(Side.SELL, "1", protective=True)
    assert review.judge([exit_]) == Approved()
    assert isinstance(review.judge([exit_, world.intent(Side.BUY, "1", "ETH/USD")]), NeedsApproval)


async def test_a_refusal_comes_before_the_question() -> None:
    world = await started(told=rules(limits=limits(approval_threshold=Decimal(0))))
    assert isinstance(await world.submit(world.intent(Side.BUY, "100")), Refused)


async def test_buys_are_judged_at_the_ask_and_sales_at_the_bid() -> None:
    world = await started(spread=Decimal("0.02"))
    review = review_of(world)
    assert review.notional([world.intent(Side.BUY, "1")]) == Decimal(101)
    assert review.notional([world.intent(Side.SELL, "1")]) == Decimal(99)


async def test_what_orders_on_their_way_have_reserved_is_not_free(world: SmallWorld) -> None:
    now = world.clock.now()
    order = Order("o", world.intent(Side.BUY, "9"), OrderStatus.SUBMITTED, now, now)
    world.core.account.reserve(order, Decimal("903.6"))
    refused = review_of(world).refusal([world.intent(Side.BUY, "1")])
    assert refused is not None
    assert refused.code is RefusalCode.NOT_ENOUGH_CASH
    world.core.account.release(order)
    assert review_of(world).refusal([world.intent(Side.BUY, "1")]) is None


async def test_a_symbol_without_a_price_is_refused(world: SmallWorld) -> None:
    nowhere = world.intent(Side.BUY, "1", instrument=instrument("DOGE/USD"))
    refused = review_of(world).refusal([nowhere])
    assert refused is not None
    assert refused.code is RefusalCode.NO_PRICE

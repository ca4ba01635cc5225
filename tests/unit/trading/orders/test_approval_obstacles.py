"""What stands in the way of a press for a moment leaves the card waiting; what does not ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.trading.orders.cards import TOLD, code, refusal, statuses, stored, with_plan
from tests.world import SmallWorld
from trading.contract import Decided
from trading.domain.event import BatchRefused
from trading.domain.order import OrderIntent, OrderStatus
from trading.domain.risk import Approval, ApprovalStatus, RefusalCode, Refused, TradingState
from trading.orders.approval_rules import PASSING, SWITCHED
from trading.risk.review import Review


async def obstructed(found: RefusalCode) -> tuple[SmallWorld, Approval, list[Refused]]:
    """A card, and a reason against all orders that a test may take away."""
    world, card = await with_plan(rules=TOLD)
    reasons = [Refused(found, "Something is in the way.")]

    def look(intent: OrderIntent) -> Refused | None:
        return next(iter(reasons), None)

    review: Review = world.core.approvals._review  # the obstacles a world has are fixed when it is assembled
    object.__setattr__(review, "obstacles", (*review.obstacles, look))
    return world, card, reasons


@pytest.mark.parametrize("found", sorted(PASSING | SWITCHED))
async def test_a_short_obstacle_keeps_the_card_and_the_next_press_counts(found: RefusalCode) -> None:
    world, card, reasons = await obstructed(found)
    refused = refusal(await world.desk.approve(card.id, "@ana", "web"))
    assert refused.code is found
    assert "The card stays: press again" in refused.detail
    assert (await stored(world, card)).status is ApprovalStatus.PENDING
    assert await world.events(BatchRefused) == []
    reasons.clear()
    assert isinstance(await world.desk.approve(card.id, "@ana", "web"), Decided)
    assert len(world.venue.placed) == 2


@pytest.mark.parametrize("found", sorted(set(RefusalCode) - PASSING - SWITCHED))
async def test_every_other_reason_ends_the_card(found: RefusalCode) -> None:
    world, card, _ = await obstructed(found)
    assert code(await world.desk.approve(card.id, "@ana", "web")) is found
    assert (await stored(world, card)).status is ApprovalStatus.REJECTED
    assert await statuses(world, card) == [OrderStatus.CANCELED] * 2


async def test_an_obstacle_does_not_prolong_the_card() -> None:
    world, card, reasons = await obstructed(RefusalCode.VENUE_MODE)
    world.people.advance_to(card.expires_at - timedelta(milliseconds=1))
    await world.desk.approve(card.id, "@ana", "web")
    world.people.advance_to(card.expires_at)
    reasons.clear()
    assert code(await world.desk.approve(card.id, "@ana", "web")) is RefusalCode.EXPIRED


async def test_whoever_comes_second_hears_who_was_first_and_not_that_an_order_is_in_flight() -> None:
    world, card, reasons = await obstructed(RefusalCode.ORDER_IN_FLIGHT)
    reasons.clear()
    quotes = world.market.quotes

    async def slow(symbols: object) -> object:
        world.market.quotes = quotes  # type: ignore[method-assign]
        found = await quotes(symbols)  # type: ignore[arg-type]
        await world.desk.approve(card.id, "@bob", "discord")
        reasons.append(Refused(RefusalCode.ORDER_IN_FLIGHT, "It is on its way."))
        return found

    world.market.quotes = slow  # type: ignore[method-assign,assignment]
    refused = refusal(await world.desk.approve(card.id, "@ana", "web"))
    assert refused.code is RefusalCode.ALREADY_DECIDED
    assert "@bob on discord" in refused.detail


@pytest.mark.parametrize("state", [TradingState.HALTED, TradingState.REDUCING])
async def test_a_halt_leaves_the_card_waiting_also_where_orders_were_left_out(state: TradingState) -> None:
    world, card = await with_plan()
    sell, _ = [order.client_order_id for order in await world.orders(card.batch_id)]
    await world.desk.toggle(card.id, sell, "@ana", "web")
    await world.core.switch.change(state, "stopped by @ana", "@ana")
    refused = refusal(await world.desk.approve(card.id, "@ana", "web"))
    assert refused.code is RefusalCode(state.value.lower())
    assert ("leave the entries out" in refused.detail) is (state is TradingState.REDUCING)
    assert (await stored(world, card)).status is ApprovalStatus.PENDING

"""Orders of a card are left out and taken back in; what was shown is what is approved."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from tests.unit.trading.orders.cards import TOLD, code, ids, refusal, statuses, stored, told, with_plan
from tests.world import START, started
from trading.contract import Amount, AmountUnit, ApprovalView, Decided
from trading.domain.event import ApprovalChanged
from trading.domain.order import OrderStatus, Side
from trading.domain.risk import ApprovalStatus, Measure, NeedsApproval, RefusalCode
from trading.store.port import Store

D = Decimal


async def test_an_order_is_left_out_and_taken_back_in_with_the_figures_following(any_store: Store) -> None:
    world, card = await with_plan(any_store)
    sell, buy = await ids(world, card)
    left = await world.desk.toggle(card.id, buy, "@ana", "telegram")
    assert isinstance(left, ApprovalView)
    assert left.approval == await stored(world, card)
    assert (left.approval.revision, left.approval.excluded) == (1, {buy: "@ana"})
    assert (left.approval.notional, left.approval.fees) == (D(200), D("0.8"))
    assert left.approval.weights_after.keys() == {"BTC/USD"}
    assert abs(left.approval.weights_after["BTC/USD"] - D("0.3006")) < D("0.0001")
    back = await world.desk.toggle(card.id, buy, "@bob", "discord")
    assert isinstance(back, ApprovalView)
    assert (back.approval.revision, back.approval.excluded) == (2, {})
    assert (back.approval.notional, back.approval.fees, back.approval.weights_after) == (
        card.notional,
        card.fees,
        card.weights_after,
    )
    assert await world.events(ApprovalChanged) == [ApprovalChanged(START, card.id)] * 2
    assert world.venue.placed == []
    assert sell in back.approval.estimates


async def test_why_it_asks_follows_what_is_left(any_store: Store) -> None:
    world, card = await with_plan(any_store)
    _, buy = await ids(world, card)
    assert card.needed == NeedsApproval(D(300), D(50), Measure.ORDER)
    left = await world.desk.toggle(card.id, buy, "@ana", "web")
    assert isinstance(left, ApprovalView)
    assert left.approval.needed == NeedsApproval(D(200), D(50), Measure.ORDER)
    back = await world.desk.toggle(card.id, buy, "@ana", "web")
    assert isinstance(back, ApprovalView)
    assert back.approval.needed == card.needed


async def test_what_is_left_may_cross_nothing_and_still_waits_for_a_press() -> None:
    world, card = await with_plan()
    _, buy = await ids(world, card)
    await world.desk.controls.set_threshold(D(250), "@ana")
    left = await world.desk.toggle(card.id, buy, "@ana", "web")
    assert isinstance(left, ApprovalView)
    assert left.approval.needed is None
    assert left.approval.status is ApprovalStatus.PENDING
    assert world.venue.placed == []


async def test_what_is_left_out_is_canceled_and_says_by_whom(any_store: Store) -> None:
    world, card = await with_plan(any_store)
    sell, buy = await ids(world, card)
    await world.desk.toggle(card.id, buy, "@ana", "telegram")
    decided = await world.desk.approve(card.id, "@bob", "discord", revision=1)
    assert isinstance(decided, Decided)
    assert await statuses(world, card) == [OrderStatus.FILLED, OrderStatus.CANCELED]
    assert (await world.orders(card.batch_id))[1].detail == "Left out by @ana."
    assert [order.client_order_id for order in world.venue.placed] == [sell]
    assert (world.held(), world.held("ETH/USD")) == (D(3), D(0))


async def test_the_last_order_cannot_be_left_out(any_store: Store) -> None:
    world, card = await with_plan(any_store)
    sell, buy = await ids(world, card)
    await world.desk.toggle(card.id, sell, "@ana", "web")
    assert code(await world.desk.toggle(card.id, buy, "@ana", "web")) is RefusalCode.LAST_ORDER
    assert set((await stored(world, card)).excluded) == {sell}


async def test_the_only_order_of_a_card_cannot_be_left_out() -> None:
    world = await started(told=TOLD)
    shown = await world.desk.preview_order(Side.BUY, "btc", Amount(D(100), AmountUnit.QUOTE), "@ana")
    assert isinstance(shown, ApprovalView)
    (order,) = shown.orders
    outcome = await world.desk.toggle(shown.approval.id, order.client_order_id, "@ana", "web")
    assert code(outcome) is RefusalCode.LAST_ORDER


async def test_an_order_of_another_card_is_not_on_this_one() -> None:
    world, card = await with_plan()
    assert code(await world.desk.toggle(card.id, "nobody's", "@ana", "web")) is RefusalCode.UNKNOWN_CARD
    assert code(await world.desk.toggle("0" * 32, "nobody's", "@ana", "web")) is RefusalCode.UNKNOWN_CARD


async def test_a_press_for_an_older_revision_is_refused_and_sends_nothing(any_store: Store) -> None:
    world, card = await with_plan(any_store)
    _, buy = await ids(world, card)
    await world.desk.toggle(card.id, buy, "@ana", "web", revision=0)
    assert code(await world.desk.approve(card.id, "@bob", "web", revision=0)) is RefusalCode.CARD_CHANGED
    assert code(await world.desk.toggle(card.id, buy, "@bob", "web", revision=0)) is RefusalCode.CARD_CHANGED
    assert (await stored(world, card)).status is ApprovalStatus.PENDING
    assert world.venue.placed == []
    assert isinstance(await world.desk.approve(card.id, "@bob", "web", revision=1), Decided)


async def test_a_card_that_changes_while_prices_are_fetched_is_not_executed(any_store: Store) -> None:
    world, card = await with_plan(any_store)
    _, buy = await ids(world, card)
    quotes = world.market.quotes

    async def slow(symbols: object) -> object:
        world.market.quotes = quotes  # type: ignore[method-assign]
        await world.desk.toggle(card.id, buy, "@bob", "discord")
        return await quotes(symbols)  # type: ignore[arg-type]

    world.market.quotes = slow  # type: ignore[method-assign,assignment]
    assert code(await world.desk.approve(card.id, "@ana", "web", revision=0)) is RefusalCode.CARD_CHANGED
    assert world.venue.placed == []


async def test_a_card_that_changes_between_the_second_look_and_the_decision_is_not_executed(any_store: Store) -> None:
    """The decision itself is a compare-and-set on what was judged."""
    world, card = await with_plan(any_store)
    approval = await stored(world, card)
    _, buy = await ids(world, card)
    await world.desk.toggle(card.id, buy, "@bob", "discord")
    async with world.store.transaction() as tx:
        assert not await tx.decide_approval(card.id, ApprovalStatus.APPROVED, at=START, revision=approval.revision)


async def test_of_many_toggles_of_one_revision_one_counts(any_store: Store) -> None:
    world, card = await with_plan(any_store)
    _, buy = await ids(world, card)
    presses = [world.desk.toggle(card.id, buy, f"@p{n}", "web", revision=0) for n in range(20)]
    outcomes = await asyncio.gather(*presses)
    assert sum(isinstance(outcome, ApprovalView) for outcome in outcomes) == 1
    assert (await stored(world, card)).revision == 1


async def test_a_closed_card_has_no_toggles(any_store: Store) -> None:
    world, card = await with_plan(any_store)
    _, buy = await ids(world, card)
    await world.desk.reject(card.id, "@ana", "web")
    assert code(await world.desk.toggle(card.id, buy, "@ana", "web")) is RefusalCode.ALREADY_DECIDED
    world, card = await with_plan()
    world.people.advance_to(card.expires_at)
    _, buy = await ids(world, card)
    assert code(await world.desk.toggle(card.id, buy, "@ana", "web")) is RefusalCode.EXPIRED


async def test_a_buy_that_needs_a_left_out_sale_is_told_and_keeps_the_card(any_store: Store) -> None:
    world, card = await with_plan(any_store)
    sell, buy = await ids(world, card)
    spent = await world.submit(world.intent(Side.BUY, "300", "SOL/USD"))
    await world.desk.approve(spent.approval.id, "@ana", "web")  # type: ignore[union-attr]
    left = await world.desk.toggle(card.id, sell, "@ana", "web")
    assert isinstance(left, ApprovalView)
    assert left.approval.warning.startswith("What is left out would have paid for the rest: 301.20 USD is needed")
    refused = refusal(await world.desk.approve(card.id, "@ana", "web", revision=1))
    assert refused.code is RefusalCode.NOT_ENOUGH_CASH
    assert "The card stays" in refused.detail
    again = await world.desk.toggle(card.id, sell, "@ana", "web")
    assert isinstance(again, ApprovalView)
    assert again.approval.warning == ""
    assert isinstance(await world.desk.approve(card.id, "@ana", "web"), Decided)
    assert world.held("ETH/USD") > 0
    assert buy in again.approval.estimates


async def test_a_restart_keeps_what_was_left_out(any_store: Store) -> None:
    world, card = await with_plan(any_store)
    _, buy = await ids(world, card)
    await world.desk.toggle(card.id, buy, "@ana", "web")
    again = await world.restarted()
    await again.core.start()
    (view,) = await again.desk.pending()
    assert (view.approval.excluded, view.approval.revision) == ({buy: "@ana"}, 1)
    await again.desk.approve(card.id, "@bob", "web", revision=1)
    assert await statuses(again, card) == [OrderStatus.FILLED, OrderStatus.CANCELED]


async def test_a_new_card_for_moved_prices_leaves_out_the_same(any_store: Store) -> None:
    world, card = await with_plan(any_store)
    _, buy = await ids(world, card)
    await world.desk.toggle(card.id, buy, "@ana", "web")
    world.tell("BTC/USD", "105")
    decided = await world.desk.approve(card.id, "@bob", "web", revision=1)
    assert isinstance(decided, Decided)
    assert decided.superseded_by is not None
    fresh = decided.superseded_by.approval
    assert (fresh.excluded, fresh.revision, fresh.notional) == ({buy: "@ana"}, 0, D(210))
    assert (fresh.needed, fresh.consent) == (NeedsApproval(D(210), D(50), Measure.ORDER), None)


async def test_the_price_of_what_is_left_out_may_move_as_it_likes() -> None:
    world, card = await with_plan(rules=told())
    _, buy = await ids(world, card)
    await world.desk.toggle(card.id, buy, "@ana", "web")
    world.tell("ETH/USD", "20")
    decided = await world.desk.approve(card.id, "@bob", "web")
    assert isinstance(decided, Decided)
    assert decided.superseded_by is None

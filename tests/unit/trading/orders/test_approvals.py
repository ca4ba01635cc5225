"""A card is decided once, by a person, on today's price, in time; everything else leaves it unsent."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.world import START, SmallWorld, limits, rules, started
from trading.contract import Amount, AmountUnit, ApprovalView, Decided
from trading.domain.event import ApprovalClosed, ApprovalRequested, BatchCompleted, BatchRefused
from trading.domain.order import OrderStatus, Side
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus, RefusalCode, Refused, TradingState
from trading.exchange.ports import VenueOrder
from trading.orders.approval_rules import already
from trading.orders.intake import Waiting
from trading.store.port import Store

TTL = timedelta(minutes=10)
TOLD = rules(limits=limits(approval_threshold=Decimal(50)))


async def with_card(store: Store | None = None, quantity: str = "6") -> tuple[SmallWorld, Approval]:
    """A world with a card for `quantity` BTC at 100."""
    world = await started(store, TOLD)
    waiting = await world.submit(world.intent(Side.BUY, quantity))
    assert isinstance(waiting, Waiting)
    return world, waiting.approval


async def stored(world: SmallWorld, approval: Approval) -> Approval:
    async with world.store.reading() as read:
        found = await read.approval(approval.id)
    assert found is not None
    return found


async def statuses(world: SmallWorld, approval: Approval) -> list[OrderStatus]:
    return [order.status for order in await world.orders(approval.batch_id)]


def refusal_of(outcome: Any) -> RefusalCode:
    assert isinstance(outcome, Refused), outcome
    assert outcome.detail.endswith(".")
    return outcome.code


async def test_an_approved_card_is_executed_and_says_who_decided(any_store: Store) -> None:
    world, card = await with_card(any_store)
    decided = await world.desk.approve(card.id, "@ana", "telegram")
    assert isinstance(decided, Decided)
    assert decided.superseded_by is None
    assert decided.batch is not None
    assert [order.status for order in decided.batch.orders] == [OrderStatus.FILLED]
    kept = await stored(world, card)
    assert (kept.status, kept.decided_by, kept.decided_on, kept.decided_at) == (
        ApprovalStatus.APPROVED,
        "@ana",
        "telegram",
        START,
    )
    assert world.held() == 6
    assert await world.events(ApprovalClosed) == [ApprovalClosed(START, card.id, ApprovalStatus.APPROVED)]
    assert len(await world.events(BatchCompleted)) == 1
    assert not world.core.approvals.waiting()


async def test_a_rejected_card_sends_nothing(any_store: Store) -> None:
    world, card = await with_card(any_store)
    decided = await world.desk.reject(card.id, "@ana", "discord")
    assert isinstance(decided, Decided)
    assert (decided.view.approval.status, decided.batch) == (ApprovalStatus.REJECTED, None)
    assert await statuses(world, card) == [OrderStatus.CANCELED]
    assert world.venue.placed == []
    assert refusal_of(await world.desk.approve(card.id, "@bob", "web")) is RefusalCode.ALREADY_DECIDED


async def test_fifty_approvals_and_rejections_at_once_execute_at_most_once(any_store: Store) -> None:
    world, card = await with_card(any_store)
    presses = [
        (world.desk.approve if number % 2 == 0 else world.desk.reject)(card.id, f"@p{number}", "web")
        for number in range(50)
    ]
    outcomes = await asyncio.gather(*presses)
    decided = [outcome for outcome in outcomes if isinstance(outcome, Decided)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert (len(decided), len(refused)) == (1, 49)
    assert {outcome.code for outcome in refused} == {RefusalCode.ALREADY_DECIDED}
    kept = await stored(world, card)
    bought = 1 if kept.status is ApprovalStatus.APPROVED else 0
    assert (len(world.venue.placed), world.held()) == (bought, 6 * bought)
    assert len(await world.events(ApprovalClosed)) == 1


async def test_fifty_approvals_at_once_execute_exactly_once(any_store: Store) -> None:
    """Each alone would find the cash already spent; all but the first hear who was first instead."""
    world, card = await with_card(any_store)
    outcomes = await asyncio.gather(*(world.desk.approve(card.id, f"@p{n}", "web") for n in range(50)))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(refused) == 49
    assert {outcome.code for outcome in refused} == {RefusalCode.ALREADY_DECIDED}
    assert (len(world.venue.placed), world.held()) == (1, 6)
    assert await world.events(BatchRefused) == []


@pytest.mark.parametrize(("milliseconds", "executed"), [(-1, True), (0, False), (1, False)])
async def test_a_card_is_good_until_its_expiry_and_not_a_moment_longer(milliseconds: int, executed: bool) -> None:
    world, card = await with_card()
    world.people.advance_to(card.expires_at + timedelta(milliseconds=milliseconds))
    outcome = await world.desk.approve(card.id, "@ana", "web")
    if executed:
        assert isinstance(outcome, Decided)
    else:
        assert refusal_of(outcome) is RefusalCode.EXPIRED
        assert await statuses(world, card) == [OrderStatus.CANCELED]
    assert world.held() == (6 if executed else 0)


async def test_a_card_that_expires_while_prices_are_fetched_is_not_executed(any_store: Store) -> None:
    world, card = await with_card(any_store)
    quotes = world.market.quotes

    async def slow(symbols: Any) -> Any:
        world.people.advance_to(card.expires_at)
        return await quotes(symbols)

    world.market.quotes = slow  # type: ignore[method-assign]
    assert refusal_of(await world.desk.approve(card.id, "@ana", "web")) is RefusalCode.EXPIRED
    assert (world.venue.placed, world.held()) == ([], 0)


async def test_expiry_follows_the_people_and_not_the_market(any_store: Store) -> None:
    world, card = await with_card(any_store)
    world.people.advance_to(card.expires_at - timedelta(seconds=1))
    world.clock.advance_to(card.expires_at + timedelta(days=1))
    world.tell("BTC/USD", 100)
    await world.core.approvals.expire_due()
    assert (await stored(world, card)).status is ApprovalStatus.PENDING
    world.people.advance(1)
    await world.core.approvals.expire_due()
    assert (await stored(world, card)).status is ApprovalStatus.EXPIRED
    assert await statuses(world, card) == [OrderStatus.CANCELED]
    (closed,) = await world.events(ApprovalClosed)
    assert closed.status is ApprovalStatus.EXPIRED


async def test_the_service_expires_cards_when_their_time_comes() -> None:
    world, card = await with_card()
    service = asyncio.create_task(world.core.approvals.run())
    settled = asyncio.create_task(world.core.approvals.settled())
    for _ in range(700):
        world.people.advance(1)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await asyncio.wait_for(settled, 5)
    service.cancel()
    assert (await stored(world, card)).status is ApprovalStatus.EXPIRED


async def test_a_price_that_moved_supersedes_the_card_with_a_new_one(any_store: Store) -> None:
    world, card = await with_card(any_store)
    world.tell("BTC/USD", "101.01")
    decided = await world.desk.approve(card.id, "@ana", "web")
    assert isinstance(decided, Decided)
    fresh = decided.superseded_by
    assert isinstance(fresh, ApprovalView)
    assert decided.view.approval.status is ApprovalStatus.SUPERSEDED
    assert (fresh.approval.quoted_prices, fresh.approval.notional) == (
        {"BTC/USD": Decimal("101.01")},
        Decimal("606.06"),
    )
    assert (world.venue.placed, fresh.approval.batch_id) == ([], card.batch_id)
    (closed,) = await world.events(ApprovalClosed)
    assert (closed.status, closed.replaced_by) == (ApprovalStatus.SUPERSEDED, fresh.approval.id)
    assert [event.approval_id for event in await world.events(ApprovalRequested)] == [card.id, fresh.approval.id]
    assert refusal_of(await world.desk.approve(card.id, "@ana", "web")) is RefusalCode.ALREADY_DECIDED
    assert isinstance(await world.desk.approve(fresh.approval.id, "@ana", "web"), Decided)
    assert world.held() == 6


@pytest.mark.parametrize("price", ["101", "99"])
async def test_a_price_may_move_as_far_as_allowed(price: str) -> None:
    world, card = await with_card()
    world.tell("BTC/USD", price)
    decided = await world.desk.approve(card.id, "@ana", "web")
    assert isinstance(decided, Decided)
    assert decided.superseded_by is None


@pytest.mark.parametrize(
    ("state", "code"), [(TradingState.HALTED, RefusalCode.HALTED), (TradingState.REDUCING, RefusalCode.REDUCING)]
)
async def test_a_press_after_a_halt_is_refused_and_the_card_waits_for_the_resume(
    any_store: Store, state: TradingState, code: RefusalCode
) -> None:
    world, card = await with_card(any_store)
    await world.core.switch.change(state, "stopped by @ana", "@ana")
    refused = await world.desk.approve(card.id, "@bob", "web")
    assert refusal_of(refused) is code
    assert isinstance(refused, Refused)
    assert "stopped by @ana" in refused.detail
    assert refused.detail.endswith("The card stays: press again after /resume.")
    assert (await stored(world, card)).status is ApprovalStatus.PENDING
    assert await statuses(world, card) == [OrderStatus.INTENDED]
    assert await world.events(BatchRefused) == []
    await world.core.switch.change(TradingState.ACTIVE, "", "@ana")
    assert isinstance(await world.desk.approve(card.id, "@bob", "web"), Decided)


async def test_a_press_while_prices_cannot_be_had_leaves_the_card_waiting(any_store: Store) -> None:
    world, card = await with_card(any_store)
    world.market.outage = "no route to the exchange"
    refused = await world.desk.approve(card.id, "@ana", "web")
    assert refusal_of(refused) is RefusalCode.VENUE_UNAVAILABLE
    world.market.outage = ""
    assert isinstance(await world.desk.approve(card.id, "@ana", "web"), Decided)


async def test_a_stale_price_is_not_traded_on_a_press() -> None:
    world, card = await with_card()
    world.tell("BTC/USD", 100)
    quotes = dict(await world.market.quotes(["BTC/USD"]))

    async def frozen(symbols: Any) -> Any:
        return quotes

    world.market.quotes = frozen  # type: ignore[method-assign]
    world.clock.advance(121)
    assert refusal_of(await world.desk.approve(card.id, "@ana", "web")) is RefusalCode.STALE_PRICE


async def test_an_unknown_card_is_unknown(world: SmallWorld) -> None:
    assert refusal_of(await world.desk.approve("0" * 32, "@ana", "web")) is RefusalCode.UNKNOWN_CARD
    assert refusal_of(await world.desk.reject("0" * 32, "@ana", "web")) is RefusalCode.UNKNOWN_CARD


async def test_a_restart_keeps_the_card_waiting_and_never_approves_it(any_store: Store) -> None:
    world, card = await with_card(any_store)
    again = await world.restarted()
    await again.core.start()
    assert again.core.approvals.waiting()
    assert (await stored(again, card)).status is ApprovalStatus.PENDING
    assert await statuses(again, card) == [OrderStatus.INTENDED]
    (view,) = await again.desk.pending()
    assert view.approval.id == card.id
    assert (again.venue.placed, again.held()) == ([], 0)
    assert isinstance(await again.desk.approve(card.id, "@ana", "web"), Decided)
    assert again.held() == 6


async def test_a_card_that_ran_out_while_the_program_was_down_expires_at_once(any_store: Store) -> None:
    world, card = await with_card(any_store)
    again = await world.restarted()
    again.people.advance_to(card.expires_at + timedelta(hours=1))
    await again.core.start()
    assert refusal_of(await again.desk.approve(card.id, "@ana", "web")) is RefusalCode.EXPIRED
    assert (await stored(again, card)).status is ApprovalStatus.EXPIRED
    assert again.held() == 0


async def test_an_approved_card_that_was_not_sent_expires_at_the_restart_and_is_told(any_store: Store) -> None:
    world, card = await with_card(any_store)
    async with world.store.transaction() as tx:
        assert await tx.decide_approval(card.id, ApprovalStatus.APPROVED, at=START, by="@ana", on="web")
    again = await world.restarted()
    await again.core.start()
    (order,) = await again.orders(card.batch_id)
    assert (order.status, order.detail) == (OrderStatus.EXPIRED, "Not sent before the program stopped.")
    assert [event.batch_id for event in await again.events(BatchCompleted)] == [card.batch_id]
    assert again.held() == 0


async def test_a_press_runs_to_its_end_though_the_platform_hangs_up(any_store: Store) -> None:
    world, card = await with_card(any_store)
    answer = asyncio.Event()

    async def slow(order: Any) -> VenueOrder:
        await answer.wait()
        return await world.venue.paper.place_order(order)

    world.venue.script.append(slow)
    press = asyncio.create_task(world.desk.approve(card.id, "@ana", "telegram"))
    await asyncio.wait_for(world.venue.arrived.wait(), 5)
    press.cancel()
    with pytest.raises(asyncio.CancelledError):
        await press
    answer.set()
    await world.desk.close()
    assert (world.held(), await statuses(world, card)) == (6, [OrderStatus.FILLED])
    assert len(await world.events(BatchCompleted)) == 1


async def test_a_preview_is_decided_like_a_card_but_is_nobody_elses_business(any_store: Store) -> None:
    world = await started(any_store)
    shown = await world.desk.preview_order(Side.BUY, "btc", Amount(Decimal(100), AmountUnit.QUOTE), "@ana")
    assert isinstance(shown, ApprovalView)
    assert shown.approval.kind is ApprovalKind.PREVIEW
    assert await world.desk.pending() == ()
    assert isinstance(await world.desk.approve(shown.approval.id, "@ana", "web"), Decided)
    assert world.held() == 1


async def test_two_cards_for_the_same_cash_cannot_both_be_executed(any_store: Store) -> None:
    world, first = await with_card(any_store)
    second = await world.submit(world.intent(Side.BUY, "60", "ETH/USD"))
    assert isinstance(second, Waiting)
    async with world.store.transaction():
        # Nobody commits meanwhile: each press has come as far as it may.
        presses = [
            asyncio.ensure_future(world.desk.approve(first.id, "@ana", "web")),
            asyncio.ensure_future(world.desk.approve(second.approval.id, "@bob", "web")),
        ]
        for _ in range(100):
            await asyncio.sleep(0)
    outcomes = await asyncio.gather(*presses)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Decided", "Refused"]
    assert len(world.venue.placed) == 1
    assert world.cash >= 0


@pytest.mark.parametrize("status", [s for s in ApprovalStatus if s is not ApprovalStatus.PENDING])
async def test_a_closed_card_says_how_it_was_closed(status: ApprovalStatus) -> None:
    _, card = await with_card()
    refused = already(replace(card, status=status, decided_by="@ana", decided_on="telegram"))
    assert refused.code is (RefusalCode.EXPIRED if status is ApprovalStatus.EXPIRED else RefusalCode.ALREADY_DECIDED)
    assert refused.detail.endswith(".")

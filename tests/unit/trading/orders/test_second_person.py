"""Above the second threshold two different people must agree, however many platforms each is on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proof import Proof
from tests.unit.trading.orders.cards import code, ids, statuses, stored, told, with_plan
from tests.world import START, started
from trading.contract import Amount, AmountUnit, ApprovalView, Decided
from trading.domain.event import ApprovalChanged
from trading.domain.order import OrderStatus, Side
from trading.domain.risk import ApprovalStatus, Consent, RefusalCode, Refused
from trading.store.memory import MemoryStore
from trading.store.port import Store

TWO = told(second_above="100")


async def test_the_first_press_is_kept_and_the_second_persons_executes(any_store: Store) -> None:
    world, card = await with_plan(any_store, rules=TWO)
    assert card.people == 2
    first = await world.desk.approve(card.id, "@ana", "telegram", person="ana")
    assert isinstance(first, Decided)
    assert first.view.approval.status is ApprovalStatus.PENDING
    assert first.view.approval.consent == Consent("@ana", "ana", "telegram", START)
    assert (await world.events(ApprovalChanged))[-1] == ApprovalChanged(START, card.id)
    assert world.venue.placed == []
    second = await world.desk.approve(card.id, "@bob", "discord", person="bob")
    assert isinstance(second, Decided)
    assert second.view.approval.status is ApprovalStatus.APPROVED
    assert await statuses(world, card) == [OrderStatus.FILLED] * 2


async def test_one_person_on_two_platforms_counts_once(any_store: Store) -> None:
    world, card = await with_plan(any_store, rules=TWO)
    await world.desk.approve(card.id, "@ana", "telegram", person="ana")
    assert code(await world.desk.approve(card.id, "@ana_d", "discord", person="ana")) is RefusalCode.SECOND_PERSON
    assert world.venue.placed == []


async def test_nobody_says_who_it_is_so_the_account_counts() -> None:
    world, card = await with_plan(rules=TWO)
    await world.desk.approve(card.id, "@ana", "telegram")
    assert code(await world.desk.approve(card.id, "@ana", "telegram")) is RefusalCode.SECOND_PERSON
    assert isinstance(await world.desk.approve(card.id, "@bob", "telegram"), Decided)


async def test_who_asks_for_a_preview_is_the_first_and_cannot_confirm_it(any_store: Store) -> None:
    world = await started(any_store, TWO)
    wish = Amount(Decimal(300), AmountUnit.QUOTE)
    shown = await world.desk.preview_order(Side.BUY, "btc", wish, "@ana", person="ana")
    assert isinstance(shown, ApprovalView)
    assert (shown.approval.people, shown.approval.proposer) == (2, "ana")
    outcome = await world.desk.approve(shown.approval.id, "@ana_d", "discord", person="ana")
    assert code(outcome) is RefusalCode.SECOND_PERSON
    assert (await stored(world, shown.approval)).status is ApprovalStatus.PENDING
    assert isinstance(await world.desk.approve(shown.approval.id, "@bob", "discord", person="bob"), Decided)
    assert world.held() == 3


async def test_a_preview_of_nobody_known_needs_two_presses() -> None:
    world = await started(told=TWO)
    shown = await world.desk.preview_order(Side.BUY, "btc", Amount(Decimal(300), AmountUnit.QUOTE), "@ana")
    assert isinstance(shown, ApprovalView)
    for person in ("ana", "bob"):
        assert world.held() == 0
        await world.desk.approve(shown.approval.id, f"@{person}", "web", person=person)
    assert world.held() == 3


@pytest.mark.parametrize(("quantity", "people"), [("1", 1), ("1.01", 2)])
async def test_only_above_the_second_threshold(quantity: str, people: int) -> None:
    world = await started(told=TWO)
    waiting = await world.submit(world.intent(Side.BUY, quantity))
    assert waiting.approval.people == people  # type: ignore[union-attr]


async def test_one_person_is_enough_to_reject(any_store: Store) -> None:
    world, card = await with_plan(any_store, rules=TWO)
    await world.desk.approve(card.id, "@ana", "telegram", person="ana")
    await world.desk.reject(card.id, "@ana", "telegram")
    assert code(await world.desk.approve(card.id, "@bob", "web", person="bob")) is RefusalCode.ALREADY_DECIDED


async def test_a_change_of_orders_asks_everybody_again(any_store: Store) -> None:
    world, card = await with_plan(any_store, rules=TWO)
    sell, _ = await ids(world, card)
    await world.desk.approve(card.id, "@ana", "telegram", person="ana")
    await world.desk.toggle(card.id, sell, "@bob", "discord")
    assert (await stored(world, card)).consent is None
    half = await world.desk.approve(card.id, "@bob", "discord", person="bob", revision=1)
    assert isinstance(half, Decided)
    assert half.view.approval.status is ApprovalStatus.PENDING
    assert world.venue.placed == []


async def test_leaving_orders_out_can_bring_it_below_the_threshold() -> None:
    world, card = await with_plan(rules=told(second_above="250"))
    _, buy = await ids(world, card)
    left = await world.desk.toggle(card.id, buy, "@ana", "web")
    assert isinstance(left, ApprovalView)
    assert (card.people, left.approval.people) == (2, 1)
    await world.desk.approve(card.id, "@ana", "web", person="ana", revision=1)
    assert world.held() == 3


async def test_the_first_press_survives_a_restart(any_store: Store) -> None:
    world, card = await with_plan(any_store, rules=TWO)
    await world.desk.approve(card.id, "@ana", "telegram", person="ana")
    again = await world.restarted()
    await again.core.start()
    assert code(await again.desk.approve(card.id, "@ana_d", "discord", person="ana")) is RefusalCode.SECOND_PERSON
    assert isinstance(await again.desk.approve(card.id, "@bob", "discord", person="bob"), Decided)
    assert again.held() == 3


async def test_a_first_press_that_is_too_late_is_not_kept() -> None:
    world, card = await with_plan(rules=TWO)
    world.people.advance_to(card.expires_at - timedelta(milliseconds=1))
    assert isinstance(await world.desk.approve(card.id, "@ana", "web", person="ana"), Decided)
    world.people.advance_to(card.expires_at)
    assert code(await world.desk.approve(card.id, "@bob", "web", person="bob")) is RefusalCode.EXPIRED
    assert world.venue.placed == []


PRESSES = st.lists(
    st.tuples(st.sampled_from(["ana", "bob", "cem"]), st.sampled_from(["telegram", "discord"]), st.booleans()),
    min_size=1,
    max_size=8,
)
"""Who presses, on which platform, and whether beside the next one rather than before it."""


def test_whoever_presses_wherever_two_people_have_agreed_before_anything_is_sent(proof: Proof, scale: int) -> None:
    cases = 0

    @given(PRESSES)
    def property_(presses: list[tuple[str, str, bool]]) -> None:
        nonlocal cases
        cases += 1
        asyncio.run(_two_agree(presses))

    for _ in range(scale):
        property_()
    proof(17, cases=cases)


async def _two_agree(presses: list[tuple[str, str, bool]]) -> None:
    world, card = await with_plan(MemoryStore(), rules=TWO)
    together: list[asyncio.Task[Decided | Refused]] = []
    for person, on, beside in presses:
        press = world.desk.approve(card.id, f"@{person}_{on[0]}", on, person=person)
        together.append(asyncio.create_task(press))
        if not beside:
            await asyncio.gather(*together)
    await asyncio.gather(*together)
    people = {person for person, _, _ in presses}
    kept = await stored(world, card)
    assert (kept.status is ApprovalStatus.APPROVED) == (len(people) >= 2)
    assert len(world.venue.placed) == (2 if len(people) >= 2 else 0)
    if len(people) >= 2:
        assert kept.consent is not None
        assert not kept.decided_by.startswith(f"@{kept.consent.person}_")

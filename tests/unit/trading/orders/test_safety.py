"""What people ask and decide about the account: answers in sentences, and each decision once."""

from __future__ import annotations

import asyncio

from tests.unit.trading.orders.answers import silence
from tests.unit.trading.orders.exchange_account import LiveWorld, live_world
from trading.contract import AccountCheck, LiveView
from trading.domain.discrepancy import Discrepancy, DiscrepancyKind, Resolution
from trading.domain.event import DiscrepancyClosed, LiveConfirmed
from trading.domain.order import OrderStatus
from trading.domain.risk import RefusalCode, Refused
from trading.errors import NeedsOperator
from trading.risk.live_permit import PHRASE


async def drifted(live: LiveWorld) -> Discrepancy:
    live.account.misplace("BTC", "0.5")
    assert isinstance(await live.safety.check_account("@ana"), AccountCheck)
    (found,) = await live.safety.discrepancies()
    return found


async def unclear(live: LiveWorld) -> Discrepancy:
    live.world.venue.script.append(silence)
    (order,) = await live.world.buy("2")
    live.world.venue.remembers[order.client_order_id] = NeedsOperator("two orders under one id")
    await live.world.core.settlement.recover(order)
    (found,) = await live.safety.discrepancies()
    return found


def code(answer: object) -> RefusalCode:
    assert isinstance(answer, Refused)
    return answer.code


async def test_asking_for_a_comparison_tells_a_difference_without_a_minutes_wait() -> None:
    live = await live_world()
    found = await drifted(live)
    assert (found.kind, found.subject) == (DiscrepancyKind.BALANCE, "BTC")


async def test_a_comparison_that_agrees_looks_once() -> None:
    live = await live_world()
    live.account.asked.clear()
    check = await live.safety.check_account("@ana")
    assert isinstance(check, AccountCheck)
    assert (check.clean, live.account.asked.count("holdings")) == (True, 1)
    assert await live.safety.account_check() == check


async def test_an_account_that_cannot_be_read_is_a_sentence() -> None:
    live = await live_world()
    live.account.outage = "the exchange is down"
    answer = await live.safety.check_account("@ana")
    assert isinstance(answer, Refused)
    assert (answer.code, answer.detail) == (
        RefusalCode.VENUE_UNAVAILABLE,
        "The account could not be compared: the exchange is down",
    )


class TestResolving:
    async def test_goes_to_whoever_knows(self) -> None:
        live = await live_world()
        found = await drifted(live)
        answer = await live.safety.resolve(found.id, Resolution.ADOPT, "@ana", "web")
        assert isinstance(answer, Discrepancy)
        assert (answer.resolution, answer.resolved_by, answer.resolved_on) == (Resolution.ADOPT, "@ana", "web")
        order = await unclear(live)
        await live.safety.resolve(order.id, Resolution.ADOPT, "@ana", "web")
        async with live.world.store.reading() as read:
            kept = await read.order(order.reference)
        assert kept is not None
        assert kept.status is OrderStatus.EXPIRED

    async def test_what_nobody_knows_is_refused(self) -> None:
        live = await live_world()
        assert code(await live.safety.resolve("nothing", Resolution.ADOPT, "@ana", "web")) is RefusalCode.UNKNOWN_CARD

    async def test_a_second_press_is_told_who_was_first(self) -> None:
        live = await live_world()
        found = await drifted(live)
        await live.safety.resolve(found.id, Resolution.IGNORE, "@ana", "web")
        again = await live.safety.resolve(found.id, Resolution.ADOPT, "@bob", "web")
        assert isinstance(again, Refused)
        assert (again.code, "@ana" in again.detail) == (RefusalCode.ALREADY_DECIDED, True)

    async def test_three_presses_at_once_decide_once(self) -> None:
        for kind in (drifted, unclear):
            live = await live_world()
            found = await kind(live)
            presses = [live.safety.resolve(found.id, Resolution.ADOPT, who, "web") for who in ("@ana", "@bob", "@eve")]
            await asyncio.gather(*presses)
            assert len(await live.world.events(DiscrepancyClosed)) == 1

    async def test_that_cannot_be_done_now_leaves_it_open(self) -> None:
        live = await live_world()
        found = await drifted(live)
        live.account.outage = "down"
        answer = await live.safety.resolve(found.id, Resolution.ADOPT, "@ana", "web")
        assert code(answer) is RefusalCode.VENUE_UNAVAILABLE
        assert await live.safety.discrepancies() == (found,)

    async def test_looking_again_finds_what_is_still_there(self) -> None:
        live = await live_world()
        found = await drifted(live)
        answer = await live.safety.resolve(found.id, Resolution.RETRY, "@ana", "web")
        assert isinstance(answer, Discrepancy)
        assert answer.resolution is None


class TestLive:
    async def test_tells_what_to_type_and_then_who_typed_it(self) -> None:
        live = await live_world(confirmed=False)
        before = await live.safety.live()
        assert before is not None
        assert (before.confirmed, before.phrase, before.exchange) == (False, PHRASE, "the exchange")
        after = await live.safety.confirm_live(PHRASE, "@ana", "telegram")
        assert isinstance(after, LiveView)
        assert (after.confirmed, after.by, after.on, after.at) == (True, "@ana", "telegram", live.world.clock.now())

    async def test_is_not_confirmed_by_anything_else(self) -> None:
        live = await live_world(confirmed=False)
        assert code(await live.safety.confirm_live("yes", "@ana", "web")) is RefusalCode.LIVE_NOT_CONFIRMED
        view = await live.safety.live()
        assert view is not None
        assert not view.confirmed

    async def test_typed_twice_at_once_is_one_confirmation(self) -> None:
        live = await live_world(confirmed=False)
        await asyncio.gather(*(live.safety.confirm_live(PHRASE, who, "web") for who in ("@ana", "@bob")))
        assert len(await live.world.events(LiveConfirmed)) == 1

    async def test_says_what_else_holds_orders_back(self) -> None:
        live = await live_world()
        view = await live.safety.live()
        assert view is not None
        assert (view.holding, view.reconciled_at) == ("", live.world.clock.now())
        await drifted(live)
        view = await live.safety.live()
        assert view is not None
        assert ("0.5 BTC more" in view.holding, view.reconciled_at) == (True, None)

"""Presses on approval cards: what they ask of the desk, and what the person sees."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.approval_presses import NOT_A_TRADER, ONE_OF_TWO, UNKNOWN_BUTTON
from chatbot.message import MessageRef, Reply, Role
from chatbot.present.cards import approvals
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import HOME, Chat
from trading.contract import ApprovalView, Decided
from trading.domain.risk import Approval, ApprovalStatus, Consent, RefusalCode, Refused

CARD = facts.CARD_ID
BUY = facts.BUY_BTC.client_order_id


@pytest.fixture
def chat(chat: Chat) -> Chat:
    chat.desk.cards[CARD] = facts.card()
    chat.desk.batches["b1"] = facts.batch_view()
    return chat


def with_approval(**changes: object) -> ApprovalView:
    view = facts.card()
    return replace(view, approval=replace(view.approval, **changes))  # type: ignore[arg-type]


def toggles(reply: Reply | None) -> dict[str, str]:
    assert reply is not None
    return {button.label: button.id for button in reply.buttons if button.id.startswith("tog:")}


def approve_button(approval: Approval) -> str:
    return approvals.approve_button_id(approval)


async def test_a_card_has_one_toggle_per_order_and_every_id_fits(chat: Chat) -> None:
    shown = approvals.waiting(with_approval(revision=123_456, excluded={BUY: "@ana"}), facts.LIVE)
    assert toggles(shown) == {
        "☑ SELL ETH": f"tog:{CARD}:0:123456",
        "☐ BUY BTC": f"tog:{CARD}:1:123456",
    }
    assert [button.label for button in shown.buttons[:3]] == ["Approve", "Reject", "Details"]
    assert all(len(button.id.encode()) <= 64 for button in shown.buttons)


async def test_a_card_of_one_order_has_none() -> None:
    assert toggles(approvals.waiting(facts.preview(), facts.LIVE)) == {}


async def test_a_toggle_leaves_the_order_out_and_shows_the_card_as_it_is_now(chat: Chat) -> None:
    left = await chat.press(f"tog:{CARD}:1:0")
    assert chat.desk.calls == [("toggle", CARD, BUY, "@owner", "telegram", 0)]
    assert left.toast == "Left out: BUY BTC"
    assert left.edit is not None
    assert "left out" in left.edit.card and "by @owner" in left.edit.card
    back = await chat.press(toggles(left.edit)["☐ BUY BTC"])
    assert back.toast == "Back in: BUY BTC"
    assert "left out" not in (back.edit.card if back.edit else "")


async def test_a_press_carries_the_revision_that_was_shown_and_the_person(chat: Chat) -> None:
    chat.desk.cards[CARD] = with_approval(revision=4)
    await chat.press(approve_button(chat.desk.cards[CARD].approval))
    assert chat.desk.pressed_for == ("telegram:42", 4)


async def test_a_button_from_before_there_were_revisions_means_the_first(chat: Chat) -> None:
    await chat.press(f"ok:{CARD}")
    assert chat.desk.pressed_for == ("telegram:42", 0)


async def test_a_toggle_of_an_older_card_is_refused_and_the_card_is_shown_as_it_is(chat: Chat) -> None:
    await chat.press(f"tog:{CARD}:1:0")
    late = await chat.press(f"tog:{CARD}:0:0")
    assert late.toast == "The card changed since; look again."
    assert late.edit is not None and not late.edit.ok and late.send is None
    assert toggles(late.edit) == {"☑ SELL ETH": f"tog:{CARD}:0:1", "☐ BUY BTC": f"tog:{CARD}:1:1"}


async def test_the_first_of_two_is_told_so_and_the_card_names_him(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    half = with_approval(people=2, consent=Consent("@owner", "telegram:42", "telegram", facts.NOW))

    async def first(*_: object, **__: object) -> Decided:
        return Decided(half, None)

    monkeypatch.setattr(chat.desk, "approve", first)
    pressed = await chat.press(f"ok:{CARD}")
    assert pressed.toast == ONE_OF_TWO
    assert pressed.edit is not None and pressed.edit.buttons
    assert "1 of 2: @owner on Telegram, 14:02:03. Somebody" in " ".join(pressed.edit.card.split())


async def test_the_same_person_again_hears_why_and_the_card_stays(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    async def again(*_: object, **__: object) -> Refused:
        return Refused(RefusalCode.SECOND_PERSON, "You approved it yourself. Above 100.00 two people must agree.")

    monkeypatch.setattr(chat.desk, "approve", again)
    pressed = await chat.press(f"ok:{CARD}")
    assert pressed.toast == "Somebody else must press." and pressed.edit is None
    assert pressed.send is not None and "Above 100.00 two people" in pressed.send.text and not pressed.send.ok


@pytest.mark.parametrize("ending", ["ok:x", "ok:1:2", "ok:-1", "tog:", "tog:1", "tog:9:0", "no:1", "info:1"])
async def test_a_malformed_button_does_nothing(chat: Chat, ending: str) -> None:
    action, _, rest = ending.partition(":")
    assert (await chat.press(f"{action}:{CARD}:{rest}")).toast == UNKNOWN_BUTTON
    assert chat.desk.calls == []


@pytest.mark.parametrize("button", [f"ok:{CARD}", f"no:{CARD}", f"tog:{CARD}:0:0"])
async def test_a_viewer_decides_and_changes_nothing(chat: Chat, button: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat.router._access, "role", lambda *_: Role.VIEWER)
    assert (await chat.press(button)).toast == NOT_A_TRADER
    assert chat.desk.calls == []


async def test_details_say_everything_order_by_order(chat: Chat) -> None:
    pressed = await chat.press(f"info:{CARD}")
    assert pressed.send is not None
    card = " ".join(pressed.send.card.split())
    assert "SELL ETH 0.2210 expected at 3,357.92 about $742.10 fee $2.97 slippage 0.02 %, spread 0.04 %" in card
    assert "To 21.2 % (confidence 60 %): It" in card
    assert "BUY BTC 0.0069 expected at 106,000.0 about $731.40 fee $2.92 slippage unknown" in card
    assert "12 min left to decide" in pressed.send.text


class TestLongAfter:
    """Old buttons still give the right answer."""

    @pytest.mark.parametrize(
        ("status", "said"),
        [
            (ApprovalStatus.APPROVED, "Approved by @owner on Discord, 14:03:13"),
            (ApprovalStatus.REJECTED, "Rejected by @owner on Discord, 14:03:13"),
            (ApprovalStatus.EXPIRED, "Expired at 14:14 MDT: this rebalance is skipped, nothing was traded."),
        ],
    )
    async def test_a_closed_card_says_what_became_of_it(self, chat: Chat, status: ApprovalStatus, said: str) -> None:
        by = "" if status is ApprovalStatus.EXPIRED else "@owner"
        chat.desk.cards[CARD] = facts.card(status, by)
        pressed = await chat.press(f"ok:{CARD}")
        assert pressed.edit is not None and said in pressed.edit.text and pressed.edit.buttons == ()

    async def test_a_replaced_card_names_the_one_in_its_place(self, chat: Chat) -> None:
        chat.desk.cards[CARD] = facts.card(ApprovalStatus.SUPERSEDED)
        newer = replace(facts.approval(), id="b" * 32)
        chat.desk.batches["b1"] = replace(facts.batch_view(), approval=newer)
        pressed = await chat.press(f"ok:{CARD}")
        assert pressed.edit is not None
        assert "A newer card replaced it (bbbb), which waits: /pending." in pressed.edit.text

    async def test_both_people_stand_on_an_approved_card(self, chat: Chat) -> None:
        first = Consent("@bob", "telegram:7", "telegram", facts.NOW)
        view = facts.card(ApprovalStatus.APPROVED, "@owner")
        view = replace(view, approval=replace(view.approval, consent=first, people=2))
        shown = approvals.closed(view, facts.LIVE)
        assert "Approved by @bob on Telegram and @owner on Discord, 14:03:13" in shown.text

    async def test_what_was_left_out_is_no_failure(self, chat: Chat) -> None:
        view = facts.card(ApprovalStatus.APPROVED, "@owner")
        view = replace(view, approval=replace(view.approval, excluded={BUY: "@bob"}), fills=facts.FILLS[:1])
        shown = approvals.closed(view, facts.LIVE)
        assert "☐ buy BTC 0.0069: left out by @bob" in shown.card
        assert "1 of 1 filled" in shown.card and "❌" not in shown.card


async def test_a_card_says_which_threshold_it_asks_for() -> None:
    card = " ".join(approvals.waiting(facts.card(), facts.LIVE).card.split())
    assert "Asks: one order is $742.10, $692.10 above the limit of $50.00" in card


async def test_a_preview_of_a_known_person_asks_for_somebody_else() -> None:
    view = facts.preview()
    view = replace(view, approval=replace(view.approval, people=2, proposer="telegram:42", notional=Decimal(731)))
    card = " ".join(approvals.waiting(view, facts.LIVE).card.split())
    assert "Needs two people: somebody other than @owner must press." in card


class TestWhereAPreviewStands:
    """It is edited when it expires, pressed or not."""

    async def test_its_message_is_remembered_once_it_is_posted(self, chat: Chat) -> None:
        reply = await chat.ask("/buy 50 btc")
        assert reply.told is not None and await chat.store.cards(CARD) == ()
        await reply.told(MessageRef(HOME, "5"))
        assert await chat.store.cards(CARD) == (MessageRef(HOME, "5"),)

    async def test_an_answer_without_a_card_needs_no_telling(self, chat: Chat) -> None:
        assert (await chat.ask("/status")).told is None

    async def test_a_store_that_fails_does_not_take_the_answer_away(
        self, chat: Chat, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def full(*_: object) -> None:
            raise OSError("disk full")

        reply = await chat.ask("/buy 50 btc")
        monkeypatch.setattr(chat.store, "remember_card", full)
        assert reply.told is not None
        await reply.told(MessageRef(HOME, "5"))

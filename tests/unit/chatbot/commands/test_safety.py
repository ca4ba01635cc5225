"""/live and /reconcile, and what /pending shows of differences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatbot.message import Actor, Channel
from chatbot.present.cards.venue import comparison
from chatbot.settings import ChatSettings
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import OWNER, Chat, build_chat
from trading.domain.risk import RefusalCode, Refused

PHRASE = "TRADE REAL MONEY"
GUILD = Channel("discord", "7")
MEMBER = Actor("discord", "2", "member")


@pytest.fixture
def chat() -> Chat:
    chat = build_chat()
    chat.desk.world = facts.LIVE
    chat.desk.live_now = facts.live_view()
    return chat


def confirmed(chat: Chat) -> bool:
    assert chat.desk.live_now is not None
    return chat.desk.live_now.confirmed


async def test_live_shows_what_is_missing_and_the_exact_words_but_no_button(chat: Chat) -> None:
    reply = await chat.ask("/live")
    assert f"/live {PHRASE}" in reply.text and "no order is sent" in reply.text
    assert reply.buttons == () and chat.desk.calls == []


@pytest.mark.parametrize("typed", [PHRASE, "trade real money", "Trade  Real\tMoney "])
async def test_the_typed_phrase_confirms_whatever_its_case(chat: Chat, typed: str) -> None:
    reply = await chat.ask(f"/live {typed}")
    assert confirmed(chat) and "Orders go to the exchange with real money." in reply.text
    assert "Confirmed by @owner on Telegram, 30 Jul 14:02." in reply.text


@pytest.mark.parametrize("typed", ["yes", "TRADE", "TRADE REAL MONEY NOW", "TRADE REAL  MONEYS", "confirm", "\u200b"])
async def test_any_other_phrase_changes_nothing_and_says_so(chat: Chat, typed: str) -> None:
    reply = await chat.ask(f"/live {typed}")
    assert not confirmed(chat) and not reply.ok
    assert "That is not the phrase; nothing was changed." in reply.text and f"/live {PHRASE}" in reply.text


async def test_the_right_phrase_at_the_wrong_time_is_refused_with_its_reason(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_yet(*_: object) -> Refused:
        return Refused(RefusalCode.NOT_RECONCILED, "The first comparison is still running.")

    monkeypatch.setattr(chat.desk, "confirm_live", not_yet)
    reply = await chat.ask(f"/live {PHRASE}")
    assert not reply.ok and "still running" in reply.text and "not the phrase" not in reply.text


async def test_no_button_confirms(chat: Chat) -> None:
    pressed = await chat.press(f"do:/live {PHRASE}")
    assert "typed" in pressed.toast and not confirmed(chat) and chat.desk.calls == []
    shown = await chat.press("do:/live")
    assert shown.send is not None and f"/live {PHRASE}" in shown.send.text


async def test_the_phrase_alone_confirms_nothing(chat: Chat) -> None:
    await chat.ask(PHRASE)
    assert not confirmed(chat)


async def test_an_old_confirmation_is_not_carried_out(chat: Chat) -> None:
    reply = await chat.say(f"/live {PHRASE}", age=61)
    assert reply is not None and not reply.ok and not confirmed(chat)


async def test_only_an_owner_confirms(chat: Chat) -> None:
    reply = await chat.ask(f"/live {PHRASE}", MEMBER, GUILD)
    assert not reply.ok and "/live is for an owner; you are a viewer here." in reply.text
    for suspect in ("anonymous admin", "forwarded", "channel post", "bot"):
        await chat.say(f"/live {PHRASE}", replace(OWNER, suspect=suspect))
    assert not confirmed(chat) and chat.desk.calls == []


async def test_in_a_group_only_the_people_listed_confirm() -> None:
    settings = ChatSettings.model_validate({"telegram_chat_id": "-5", "telegram_user_ids": "42"})
    chat, group = build_chat(settings), Channel("telegram", "-5")
    chat.desk.live_now = facts.live_view()
    await chat.say(f"/live {PHRASE}", Actor("telegram", "9", "guest"), group)
    assert not confirmed(chat)
    await chat.say(f"/live {PHRASE}", OWNER, group)
    assert confirmed(chat)


async def test_a_typed_option_confirms_like_typed_words(chat: Chat) -> None:
    assert "phrase" in (await chat.ask("/help live")).text


async def test_once_confirmed_it_says_by_whom_and_is_not_asked_again(chat: Chat) -> None:
    await chat.ask(f"/live {PHRASE}")
    again = await chat.ask(f"/live {PHRASE}")
    assert "Confirmed by @owner" in again.text
    assert [call[0] for call in chat.desk.calls] == ["confirm_live"]


async def test_in_paper_live_says_what_it_would_take() -> None:
    reply = await build_chat().ask("/live")
    assert reply.ok and "No real money is traded here." in reply.text and "main.py doctor" in reply.text


async def test_reconcile_shows_books_and_venue_side_by_side(chat: Chat) -> None:
    chat.desk.differences[facts.DIFFERENCE_ID] = facts.difference()
    reply = await chat.ask("/reconcile")
    assert reply.card.splitlines() == [
        "       books    venue   diff.",
        "USD  3,151.2  3,151.2       0",
        "BTC      0.5    0.512  +0.012",
    ]
    assert "2 orders of yours, placed by hand, left alone." in reply.text
    opened = await chat.press(reply.buttons[0].id)
    assert opened.send is not None and [b.label for b in opened.send.buttons] == ["Adopt", "Ignore", "Check again"]


async def test_books_that_agree_are_one_line(chat: Chat) -> None:
    check = replace(facts.account_check(), clean=True, open_orders_external=0)
    assert comparison(check, (), facts.LIVE).text.splitlines() == [
        "✅ LIVE · Books and Kraken agree.",
        "As of 30 Jul 14:02:03.",
    ]


async def test_in_paper_reconcile_is_a_sentence_and_no_error() -> None:
    chat = build_chat()
    chat.desk.checked = Refused(RefusalCode.NOTHING_TO_DO, "The money of this world is in the books alone.")
    reply = await chat.ask("/reconcile")
    assert reply.ok and reply.text.startswith("💬 PAPER · Nothing to compare.") and "books alone" in reply.text


async def test_a_viewer_may_not_reconcile(chat: Chat) -> None:
    assert not (await chat.ask("/reconcile", MEMBER, GUILD)).ok
    assert chat.desk.calls == []


async def test_an_exchange_that_does_not_answer_is_a_refusal(chat: Chat) -> None:
    chat.desk.checked = Refused(RefusalCode.VENUE_UNAVAILABLE, "Try again in a minute.")
    reply = await chat.ask("/reconcile")
    assert not reply.ok and "Try again in a minute." in reply.text


async def test_pending_shows_the_only_difference_with_its_buttons(chat: Chat) -> None:
    chat.desk.differences[facts.DIFFERENCE_ID] = facts.difference()
    assert [b.label for b in (await chat.ask("/pending")).buttons] == ["Adopt", "Ignore", "Check again"]


async def test_pending_lists_differences_before_approvals(chat: Chat) -> None:
    chat.desk.differences = {d.id: d for d in (facts.difference(), facts.unclear())}
    chat.desk.cards[facts.CARD_ID] = facts.card()
    listed = await chat.ask("/pending")
    assert "3 cards wait" in listed.text
    assert [b.label for b in listed.buttons] == ["Difference BTC", "Order BTC/USD", "Rebalance 7f3a"]
    opened = await chat.press(listed.buttons[1].id)
    assert opened.send is not None and opened.send.buttons[0].id == f"adopt:{facts.UNCLEAR_ID}"

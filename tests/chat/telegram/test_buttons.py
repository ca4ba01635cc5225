"""Buttons under a card, and what a press does to it."""

from __future__ import annotations

import asyncio

import pytest

from chatbot.message import Button, Channel, MessageRef, PressReply, Reply
from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.telegram.rig import CARD, CHAT, GROUP, NOTICES, OWNER, Person, WatchedClock


@pytest.fixture
async def card(api: BotApiServer, telegram: TelegramTransport) -> MessageRef:
    return await telegram.send(NOTICES, CARD)


async def test_buttons_stand_side_by_side(api: BotApiServer, card: MessageRef) -> None:
    (sent,) = api.messages(CHAT)
    assert [[button.label for button in row] for row in sent.keyboard] == [["Approve", "Reject"]]


async def test_a_press_edits_the_card_and_shows_the_toast(api: BotApiServer, card: MessageRef, person: Person) -> None:
    person.press_reply = PressReply("Approved", edit=Reply("✅ Approved by @owner"), send=Reply("🟢 Bought"))
    query = api.press(int(card.id), "Approve", OWNER)
    await api.wait_for_message(lambda m: m.text == "🟢 Bought")
    edited = api.messages(CHAT)[0]
    assert (edited.text, edited.buttons, edited.edits) == ("✅ Approved by @owner", [], 1)
    assert api.toasts[query] == "Approved"
    press = person.presses[0]
    assert (press.button_id, press.message, press.actor.id) == ("ap:7f3a", card, "1001")


async def test_a_slow_press_is_acknowledged_before_it_is_done(
    api: BotApiServer, card: MessageRef, person: Person, clock: WatchedClock
) -> None:
    person.waits_for["ap:7f3a"] = asyncio.Event()
    person.press_reply = PressReply("Approved", edit=Reply("✅ Approved"))
    query = api.press(int(card.id), "Approve", OWNER)
    await clock.until_asleep_for(1.0)
    clock.advance(1.0)
    assert await api.wait_for(lambda: query in api.toasts)
    assert api.toasts[query] == ""
    assert api.messages(CHAT)[0].edits == 0
    person.waits_for["ap:7f3a"].set()
    await api.wait_for_message(lambda m: m.text == "✅ Approved")


async def test_a_notice_that_came_too_late_for_a_toast_is_sent(
    api: BotApiServer, card: MessageRef, person: Person, clock: WatchedClock
) -> None:
    person.waits_for["ap:7f3a"] = asyncio.Event()
    person.press_reply = PressReply("The card has expired.")
    api.press(int(card.id), "Approve", OWNER)
    await clock.until_asleep_for(1.0)
    clock.advance(1.0)
    await api.wait_for(lambda: api.toasts)
    person.waits_for["ap:7f3a"].set()
    await api.wait_for_message(lambda m: m.text == "The card has expired.")


async def test_an_acknowledgement_that_telegram_refuses_changes_nothing(
    api: BotApiServer, card: MessageRef, person: Person
) -> None:
    person.press_reply = PressReply("Approved", edit=Reply("✅ Approved"))
    api.expire(api.press(int(card.id), "Approve", OWNER))
    await api.wait_for_message(lambda m: m.text == "✅ Approved")
    assert api.toasts == {}


async def test_the_edit_of_a_message_too_old_to_touch_is_sent_instead(
    api: BotApiServer, card: MessageRef, person: Person
) -> None:
    person.press_reply = PressReply("", edit=Reply("❌ Expired"))
    api.forget(int(card.id))
    api.press(int(card.id), "Approve", OWNER)
    sent = await api.wait_for_message(lambda m: m.text == "❌ Expired")
    assert sent.id != int(card.id)


async def test_a_press_that_changes_nothing_is_fine(
    api: BotApiServer, card: MessageRef, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    person.press_reply = PressReply("Still waiting", edit=CARD)
    query = api.press(int(card.id), "Approve", OWNER)
    await api.wait_for(lambda: query in api.toasts or None)
    api.say(CHAT, OWNER, "/status")
    await api.wait_for_message(lambda m: m.text == "💬 Heard.")
    assert len(api.messages(CHAT)) == 2 and "editmessagetext" not in api.methods()


async def test_a_press_handler_that_fails_is_told(
    api: BotApiServer, card: MessageRef, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_words: str) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(person, "_wait", broken)
    query = api.press(int(card.id), "Approve", OWNER)
    await api.wait_for_message(lambda m: "failed" in m.text)
    assert api.toasts[query] == ""


async def test_in_a_group_what_follows_a_press_answers_the_card(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    api.open_chat(GROUP)
    card = await telegram.send(Channel("telegram", str(GROUP)), CARD)
    person.press_reply = PressReply("", send=Reply("🟢 Bought"))
    api.press(int(card.id), "Approve", OWNER)
    sent = await api.wait_for_message(lambda m: m.text == "🟢 Bought")
    assert sent.answers == int(card.id)


async def test_a_reply_that_is_a_defect_is_logged_and_the_next_press_works(
    api: BotApiServer, card: MessageRef, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    person.press_reply = PressReply("", send=Reply("x", buttons=(Button("Go", "x" * 65),)))
    query = api.press(int(card.id), "Approve", OWNER)
    await api.wait_for(lambda: query in api.toasts)
    person.press_reply = PressReply("", edit=Reply("✅ Approved"))
    api.press(int(card.id), "Approve", OWNER)
    await api.wait_for_message(lambda m: m.text == "✅ Approved")
    assert "could not be answered" in caplog.text

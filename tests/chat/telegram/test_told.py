"""Where an answer stands on Telegram: whoever gave it can edit it later, pressed or not."""

from __future__ import annotations

import asyncio

from chatbot.message import Button, MessageRef, PressReply, Reply
from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.telegram.rig import CARD, CHAT, NOTICES, OWNER, Person

Told = asyncio.Queue[MessageRef]
CONFIRM = (Button("Confirm", "ok:7f3a"),)


async def test_an_answers_message_is_known_and_can_be_edited(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    told: Told = asyncio.Queue()
    person.reply = Reply("⏳ Buy BTC", buttons=CONFIRM, told=told.put)
    api.say(CHAT, OWNER, "/buy 50 btc")
    ref = await asyncio.wait_for(told.get(), 5)
    sent = await api.wait_for_message(lambda m: m.text == "⏳ Buy BTC")
    assert ref == MessageRef(NOTICES, str(sent.id))
    await telegram.edit(ref, Reply("❌ Expired"))
    await api.wait_for_message(lambda m: m.text == "❌ Expired")


async def test_what_follows_a_press_is_known_too(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    told: Told = asyncio.Queue()
    person.press_reply = PressReply("", send=Reply("⏳ New card", buttons=CONFIRM, told=told.put))
    card = await telegram.send(NOTICES, CARD)
    api.press(int(card.id), "Approve", OWNER)
    ref = await asyncio.wait_for(told.get(), 5)
    sent = await api.wait_for_message(lambda m: m.text == "⏳ New card")
    assert ref == MessageRef(NOTICES, str(sent.id))

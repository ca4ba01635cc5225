"""Texts in, replies out."""

from __future__ import annotations

import asyncio

import pytest

from chatbot.message import Reply
from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import Breakage
from tests.chat.telegram.rig import CHAT, NOTICES, OWNER, Person, WatchedClock


async def test_a_private_text_is_heard_and_answered(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    person.reply = Reply("PAPER · Kraken", card="Equity      $10,482.15    +4.82 %")
    api.say(CHAT, OWNER, "/status")
    sent = await api.wait_for_message(lambda m: "Equity" in m.text)
    assert sent.text == "PAPER · Kraken\nEquity      $10,482.15    +4.82 %"
    assert sent.fixed_width() == ["Equity      $10,482.15    +4.82 %"]
    heard = person.messages[0]
    assert (heard.actor.platform, heard.actor.id, heard.actor.name) == ("telegram", "1001", "owner")
    assert heard.actor.suspect == ""
    assert heard.channel == NOTICES
    assert heard.text == "/status"
    assert heard.sent_at.tzinfo is not None


async def test_each_update_has_its_own_id(api: BotApiServer, telegram: TelegramTransport, person: Person) -> None:
    api.say(CHAT, OWNER, "one")
    api.say(CHAT, OWNER, "two")
    await api.wait_for(lambda: len(api.messages(CHAT)) == 2)
    assert len({message.update_id for message in person.messages}) == 2


async def test_our_own_name_is_taken_off_a_command(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    api.say(CHAT, OWNER, "/buy@PurserTestBot BTC 50")
    await api.wait_for_message(lambda m: True)
    assert person.messages[0].text == "/buy BTC 50"


async def test_no_reply_sends_nothing(api: BotApiServer, telegram: TelegramTransport, person: Person) -> None:
    person.reply = None
    api.say(CHAT, OWNER, "nothing to say")
    async with asyncio.timeout(5):
        await person.seen.wait()
    assert api.messages(CHAT) == []


async def test_a_handler_that_fails_is_told_to_the_person_and_the_next_message_works(
    api: BotApiServer, telegram: TelegramTransport, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_words: str) -> None:
        raise RuntimeError("a defect")

    with monkeypatch.context() as patched:
        patched.setattr(person, "_wait", broken)
        api.say(CHAT, OWNER, "/status")
        failed = await api.wait_for_message(lambda m: "failed" in m.text)
    assert "a defect" not in failed.text
    api.say(CHAT, OWNER, "/status")
    await api.wait_for_message(lambda m: m.text == "💬 Heard.")


async def test_a_slow_handler_delays_nobody(
    api: BotApiServer, telegram: TelegramTransport, person: Person, clock: WatchedClock
) -> None:
    person.waits_for["slow"] = asyncio.Event()
    api.say(CHAT, OWNER, "slow")
    await clock.until_asleep_for(1.0)
    api.say(CHAT, OWNER, "quick")
    await api.wait_for_message(lambda m: m.text == "💬 Heard.")
    assert len(api.messages(CHAT)) == 1
    person.waits_for["slow"].set()
    await api.wait_for(lambda: len(api.messages(CHAT)) == 2)


async def test_after_a_second_of_work_the_chat_shows_typing(
    api: BotApiServer, telegram: TelegramTransport, person: Person, clock: WatchedClock
) -> None:
    person.waits_for["slow"] = asyncio.Event()
    api.say(CHAT, OWNER, "slow")
    await clock.until_asleep_for(1.0)
    clock.advance(1.0)
    await api.wait_for(lambda: (CHAT, "typing") in api.actions)
    person.waits_for["slow"].set()
    await api.wait_for_message(lambda m: m.text == "💬 Heard.")


async def test_a_flood_refusal_of_a_reply_is_waited_out(
    api: BotApiServer, telegram: TelegramTransport, clock: WatchedClock
) -> None:
    api.fail_next("sendMessage", Breakage.FLOOD, 7)
    api.say(CHAT, OWNER, "/status")
    await clock.until_asleep_for(7.0)
    assert api.messages(CHAT) == []
    clock.advance(7.0)
    await api.wait_for_message(lambda m: m.text == "💬 Heard.")

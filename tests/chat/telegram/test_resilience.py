"""Telegram slow, half-open, down at the start: what is not delivered is told, and nobody else waits."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from chatbot.message import Channel, MaybeSent, PressReply, Reply
from chatbot.supervision import keep_running
from chatbot.transports.telegram import TelegramTransport
from chatbot.transports.telegram_replies import REPEAT_SECONDS
from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import Breakage
from tests.chat.telegram.rig import (
    CARD,
    CHAT,
    GROUP,
    NOTICES,
    OWNER,
    TOKEN,
    Person,
    WatchedClock,
    running,
    transport_to,
)


async def test_a_slow_answer_in_one_chat_delays_no_other(api: BotApiServer, telegram: TelegramTransport) -> None:
    api.open_chat(GROUP)
    api.fail_next("sendMessage", Breakage.HELD)
    slow = asyncio.create_task(telegram.send(NOTICES, Reply("slow")))
    await api.wait_for(lambda: "sendmessage" in api.methods())
    await telegram.send(Channel("telegram", str(GROUP)), Reply("quick"))
    api.say(CHAT, OWNER, "/status")
    await api.wait_for_message(lambda m: m.text == "💬 Heard.")
    assert not slow.done()
    api.let_go()
    await slow


@pytest.mark.parametrize("breakage", [Breakage.SILENT_BEFORE, Breakage.SILENT_AFTER, Breakage.HALF_ANSWER])
async def test_a_send_over_a_half_open_connection_may_be_sent(
    api: BotApiServer, clock: WatchedClock, person: Person, breakage: Breakage
) -> None:
    transport = transport_to(api, clock, timeout=0.2)
    async with running(api, transport, person):
        api.fail_next("sendMessage", breakage)
        with pytest.raises(MaybeSent):
            await transport.send(NOTICES, Reply("news"))
        await transport.send(NOTICES, Reply("later"))
    assert [m.text for m in api.messages(CHAT)][-1] == "later"


@pytest.mark.parametrize(
    ("breakage", "arrived"),
    [
        (Breakage.CUT_BEFORE, ["💬 Heard.\n(may be a repeat)"]),
        (Breakage.CUT_AFTER, ["💬 Heard.", "💬 Heard.\n(may be a repeat)"]),
    ],
)
async def test_an_answer_that_may_be_missing_is_said_once_more_and_marked(
    api: BotApiServer, telegram: TelegramTransport, clock: WatchedClock, breakage: Breakage, arrived: list[str]
) -> None:
    api.fail_next("sendMessage", breakage)
    api.say(CHAT, OWNER, "/status")
    await clock.until_asleep_for(REPEAT_SECONDS)
    clock.advance(REPEAT_SECONDS)
    await api.wait_for_message(lambda m: m.text.endswith("(may be a repeat)"))
    assert [m.text for m in api.messages(CHAT) if m.text.startswith("💬 Heard.")] == arrived


async def test_down_at_the_start_it_comes_up_with_telegram(clock: WatchedClock, person: Person) -> None:
    async with BotApiServer(TOKEN, clock=clock) as gone:
        port = int(gone.url.rpartition(":")[2])
    transport = TelegramTransport(TOKEN, [str(CHAT)], f"http://127.0.0.1:{port}", (), clock)
    serving = asyncio.create_task(
        keep_running("telegram", partial(transport.run, person.on_message, person.on_press), clock)
    )
    await clock.until_asleep_for(1.0)
    async with BotApiServer(TOKEN, port=port, clock=clock) as api:
        api.open_chat(CHAT)
        api.say(CHAT, OWNER, "/status")
        clock.advance(1.0)
        await api.wait_for_message(lambda m: m.text == "💬 Heard.")
        serving.cancel()
        await asyncio.wait({serving})


async def test_a_refused_token_is_asked_about_again_only_after_minutes(clock: WatchedClock, person: Person) -> None:
    async with BotApiServer(TOKEN, clock=clock) as api:
        transport = TelegramTransport("123456:wrong", [str(CHAT)], api.url, (), clock)
        serving = asyncio.create_task(
            keep_running("telegram", partial(transport.run, person.on_message, person.on_press), clock)
        )
        await clock.until_asleep_for(300.0)
        serving.cancel()
        await asyncio.wait({serving})


async def test_an_acknowledgement_that_came_too_late_is_said_in_words(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    ref = await telegram.send(NOTICES, CARD)
    person.press_reply = PressReply("Only traders decide cards; you are a viewer here.")
    api.expire(api.press(int(ref.id), "Approve", OWNER))
    await api.wait_for_message(lambda m: m.text.startswith("Only traders"))

"""Several chats, and topics of a forum: a question is answered where it was asked, a notice goes where it is sent."""

from __future__ import annotations

import pytest

from chatbot.message import Button, Channel, Gone, Picture, PressReply, Reply
from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.telegram.rig import CARD, CHAT, GROUP, OWNER, TOKEN, Person, WatchedClock, png

TRADES = 45
TOPIC = Channel("telegram", f"{GROUP}/{TRADES}")


@pytest.fixture(autouse=True)
def forum(api: BotApiServer) -> None:
    api.open_topic(GROUP, TRADES)


def test_every_configured_chat_gets_notices(api: BotApiServer, clock: WatchedClock) -> None:
    transport = TelegramTransport(TOKEN, [str(CHAT), f"{GROUP}/{TRADES}"], api.url, (), clock)
    assert [channel.key for channel in transport.channels()] == ["telegram:1001", "telegram:-100500/45"]


async def test_every_part_of_a_notice_goes_to_its_topic(api: BotApiServer, telegram: TelegramTransport) -> None:
    await telegram.send(TOPIC, Reply("z" * 5000, pictures=(Picture(png(), "Chart"),)))
    assert [message.topic for message in api.messages(GROUP)] == [TRADES] * 3


async def test_a_question_in_a_topic_is_answered_there(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    number = api.say_in_topic(GROUP, TRADES, OWNER, "/status")
    sent = await api.wait_for_message(lambda m: m.text == "💬 Heard.")
    assert person.messages[0].channel == TOPIC
    assert (sent.topic, sent.answers) == (TRADES, number)


async def test_the_general_topic_is_the_plain_chat(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    # Outside topics a thread is only the chain of answers that a message stands in.
    api.say(GROUP, OWNER, "/status", message_thread_id=777)
    sent = await api.wait_for_message(lambda m: m.text == "💬 Heard.")
    assert person.messages[0].channel.id == str(GROUP)
    assert sent.topic is None


async def test_a_press_in_a_topic_comes_from_there_and_is_edited_there(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    ref = await telegram.send(TOPIC, CARD)
    person.press_reply = PressReply("", edit=Reply("✅ Approved"), send=Reply("🟢 Bought"))
    api.press(int(ref.id), "Approve", OWNER)
    bought = await api.wait_for_message(lambda m: m.text == "🟢 Bought")
    assert person.presses[0].channel == TOPIC and person.presses[0].message == ref
    assert bought.topic == TRADES
    assert api.messages(GROUP)[0].text == "✅ Approved"


async def test_a_card_in_a_topic_can_be_edited_later(api: BotApiServer, telegram: TelegramTransport) -> None:
    ref = await telegram.send(TOPIC, CARD)
    await telegram.edit(ref, Reply("❌ Expired", buttons=(Button("Again", "do:/rebalance"),)))
    assert [message.text for message in api.messages(GROUP)] == ["❌ Expired"]


async def test_a_topic_that_was_deleted_is_gone(api: BotApiServer, telegram: TelegramTransport) -> None:
    with pytest.raises(Gone, match="thread not found"):
        await telegram.send(Channel("telegram", f"{GROUP}/46"), Reply("news"))


async def test_typing_shows_in_the_topic(api: BotApiServer, telegram: TelegramTransport, clock: WatchedClock) -> None:
    api.say_in_topic(GROUP, TRADES, OWNER, "/status")
    await api.wait_for_message(lambda m: m.text == "💬 Heard.")
    assert all(call.parameters["message_thread_id"] == "45" for call in api.calls if call.method == "sendmessage")

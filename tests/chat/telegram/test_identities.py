"""Who is speaking, and to whom: suspect identities are flagged, what is for others is left alone."""

from __future__ import annotations

from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import User
from tests.chat.telegram.rig import CHAT, GROUP, OWNER, STRANGER, Person


async def test_an_edited_message_is_not_a_command(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    number = api.say(CHAT, OWNER, "first")
    await api.wait_for_message(lambda m: True)
    api.edit_said(CHAT, number, OWNER, "/flatten")
    api.say(CHAT, OWNER, "last")
    await api.wait_for(lambda: len(api.messages(CHAT)) == 2)
    assert [message.text for message in person.messages] == ["first", "last"]


async def test_forwarded_text_is_flagged(api: BotApiServer, telegram: TelegramTransport, person: Person) -> None:
    api.forward(CHAT, OWNER, "/flatten", author=STRANGER)
    await api.wait_for_message(lambda m: True)
    assert person.messages[0].actor.suspect == "forwarded"


async def test_an_anonymous_admin_is_flagged(api: BotApiServer, telegram: TelegramTransport, person: Person) -> None:
    api.say_anonymously(GROUP, "/flatten")
    await api.wait_for_message(lambda m: True)
    assert person.messages[0].actor.suspect == "anonymous admin"


async def test_a_channel_post_is_flagged(api: BotApiServer, telegram: TelegramTransport, person: Person) -> None:
    api.post_in_channel(-100_900, "/flatten")
    await api.wait_for_message(lambda m: True)
    assert person.messages[0].actor.suspect == "channel post"


async def test_the_service_account_and_what_speaks_as_a_channel_are_flagged(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    api.say(GROUP, User(777_000), "/flatten", is_automatic_forward=True)
    api.say(GROUP, User(136_817_688, "Channel_Bot", is_bot=True), "/flatten")
    await api.wait_for(lambda: len(api.messages(GROUP)) == 2)
    assert {message.actor.suspect for message in person.messages} == {"channel post"}


async def test_another_bot_is_flagged(api: BotApiServer, telegram: TelegramTransport, person: Person) -> None:
    api.say(GROUP, User(55, "OtherBot", is_bot=True), "/flatten")
    await api.wait_for_message(lambda m: True)
    assert person.messages[0].actor.suspect == "bot"


async def test_a_command_is_answered_as_a_reply(api: BotApiServer, telegram: TelegramTransport) -> None:
    number = api.say(GROUP, OWNER, "/status")
    sent = await api.wait_for_message(lambda m: True)
    assert sent.answers == number


async def test_what_is_for_others_is_left_alone(api: BotApiServer, telegram: TelegramTransport, person: Person) -> None:
    api.say(GROUP, OWNER, "/status@OtherBot")
    api.say(GROUP, OWNER, "lunch at noon?")
    api.say(GROUP, OWNER, "ask @OtherBotHere")
    api.say(GROUP, OWNER, "/status")
    await api.wait_for_message(lambda m: True)
    assert [message.text for message in person.messages] == ["/status"]


async def test_a_mention_is_for_us_and_taken_out(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    api.say(GROUP, OWNER, "@pursertestbot how did we do vs BTC?")
    await api.wait_for_message(lambda m: True)
    assert person.messages[0].text == "how did we do vs BTC?"


async def test_an_answer_to_our_message_is_for_us(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    api.say(GROUP, OWNER, "/status")
    ours = await api.wait_for_message(lambda m: True)
    api.answer(ours.id, OWNER, "and in euros?")
    await api.wait_for(lambda: len(api.messages(GROUP)) == 2)
    assert person.messages[1].text == "and in euros?"

"""Pictures and their captions."""

from __future__ import annotations

import pytest

from chatbot.message import Button, Picture, Reply
from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.telegram.rig import CHART, CHAT, NOTICES, OWNER, Person, png


async def test_one_picture_and_a_short_text_are_one_message(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    person.reply = Reply("💬 Ahead of BTC.", pictures=(CHART,), buttons=(Button("1M", "chart:1m"),))
    api.say(CHAT, OWNER, "how did we do vs BTC?")
    sent = await api.wait_for_message(lambda m: m.photo is not None)
    assert sent.photo == CHART.png
    assert sent.text == "💬 Ahead of BTC.\nAhead of BTC by 1.9 points since 30 Jul"
    assert [button.data for button in sent.buttons] == ["chart:1m"]
    assert len(api.messages(CHAT)) == 1


async def test_a_caption_that_the_text_says_already_is_not_said_twice(
    api: BotApiServer, telegram: TelegramTransport
) -> None:
    text = "📈 Daily report · PAPER · SIMULATED\nAhead of BTC by 0.3 points."
    caption = "PAPER · SIMULATED · Ahead of BTC by 0.3 points."
    await telegram.send(NOTICES, Reply(text, pictures=(Picture(png(), caption),)))
    assert [message.text for message in api.messages(CHAT)] == [text]


async def test_a_long_text_goes_before_its_picture(api: BotApiServer, telegram: TelegramTransport) -> None:
    ref = await telegram.send(NOTICES, Reply("word " * 300, pictures=(CHART,), buttons=(Button("More", "more"),)))
    text, picture = api.messages(CHAT)
    assert text.photo is None and picture.photo == CHART.png
    assert picture.text == CHART.caption
    assert ref.id == str(text.id) and text.buttons


async def test_several_pictures_are_a_message_each(api: BotApiServer, telegram: TelegramTransport) -> None:
    await telegram.send(NOTICES, Reply("Two views", pictures=(CHART, Picture(png(9, 9), "Drawdown"))))
    assert [message.text for message in api.messages(CHAT)] == ["Two views", CHART.caption, "Drawdown"]


async def test_a_caption_too_long_for_a_picture_follows_it(api: BotApiServer, telegram: TelegramTransport) -> None:
    await telegram.send(NOTICES, Reply("", pictures=(Picture(png(), "x" * 1500),)))
    assert [len(message.text) for message in api.messages(CHAT)] == [0, 1500]


@pytest.mark.parametrize("file", [b"not a picture", png(2100, 100)], ids=["broken", "too wide"])
async def test_what_telegram_refuses_as_a_photo_arrives_as_a_file(
    api: BotApiServer, telegram: TelegramTransport, file: bytes
) -> None:
    ref = await telegram.send(NOTICES, Reply("", pictures=(Picture(file, "Wide"),)))
    (sent,) = api.messages(CHAT)
    assert (sent.document, sent.text) == (file, "Wide")
    await telegram.edit(ref, Reply("Still wide"))
    assert sent.text == "Still wide"


async def test_a_picture_beyond_ten_megabytes_arrives_as_a_file(api: BotApiServer, telegram: TelegramTransport) -> None:
    await telegram.send(NOTICES, Reply("", pictures=(Picture(png() + bytes(10_000_001), "Big"),)))
    assert api.messages(CHAT)[0].document is not None
    assert "sendphoto" not in api.methods()


async def test_editing_a_picture_changes_its_caption_and_buttons(
    api: BotApiServer, telegram: TelegramTransport
) -> None:
    ref = await telegram.send(NOTICES, Reply("📈 Report", pictures=(CHART,)))
    await telegram.edit(ref, Reply("📈 Seen", buttons=(Button("Again", "again"),)))
    (sent,) = api.messages(CHAT)
    assert (sent.text, sent.photo) == ("📈 Seen", CHART.png)
    assert [button.data for button in sent.buttons] == ["again"]


async def test_editing_a_picture_into_another_replaces_it(api: BotApiServer, telegram: TelegramTransport) -> None:
    ref = await telegram.send(NOTICES, Reply("1M", pictures=(CHART,)))
    await telegram.edit(ref, Reply("3M", pictures=(Picture(png(10, 10), "Three months"),)))
    (sent,) = api.messages(CHAT)
    assert (sent.text, sent.photo) == ("3M\nThree months", png(10, 10))


async def test_what_does_not_fit_under_a_picture_is_sent_new(api: BotApiServer, telegram: TelegramTransport) -> None:
    ref = await telegram.send(NOTICES, Reply("1M", pictures=(CHART,)))
    await telegram.edit(ref, Reply("y" * 2000))
    assert [len(message.text) for message in api.messages(CHAT)][1:] == [2000]

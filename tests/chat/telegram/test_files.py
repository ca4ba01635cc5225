"""Files and silent messages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatbot.message import Attachment, Reply
from chatbot.transports.telegram import TelegramTransport
from chatbot.transports.telegram_composition import FILE_BYTES
from tests.chat.bot_api import BotApiServer
from tests.chat.telegram.rig import CARD, CHART, CHAT, NOTICES, OWNER, Person

TRADES = Attachment(b"at,symbol\n2025-06-01,BTC\n", "trades.csv", "All trades since 30 Jul")


async def test_files_follow_the_text(api: BotApiServer, telegram: TelegramTransport, person: Person) -> None:
    person.reply = Reply("💬 12 trades.", files=(TRADES, replace(TRADES, name="fees.csv", caption="")))
    api.say(CHAT, OWNER, "/export")
    await api.wait_for_message(lambda m: m.file_name == "fees.csv")
    text, trades, fees = api.messages(CHAT)
    assert text.text == "💬 12 trades."
    assert (trades.document, trades.file_name, trades.text) == (TRADES.data, "trades.csv", "All trades since 30 Jul")
    assert (fees.file_name, fees.text) == ("fees.csv", "")


async def test_a_file_alone_carries_the_buttons(api: BotApiServer, telegram: TelegramTransport) -> None:
    ref = await telegram.send(NOTICES, Reply("", files=(TRADES,), buttons=CARD.buttons))
    (sent,) = api.messages(CHAT)
    assert [button.label for button in sent.buttons] == ["Approve", "Reject"]
    await telegram.edit(ref, Reply("Seen"))
    assert sent.text == "Seen" and sent.document == TRADES.data


async def test_a_picture_and_a_file_go_together(api: BotApiServer, telegram: TelegramTransport) -> None:
    await telegram.send(NOTICES, Reply("📈 Report", pictures=(CHART,), files=(TRADES,)))
    picture, file = api.messages(CHAT)
    assert picture.photo == CHART.png and file.file_name == "trades.csv"


async def test_a_long_caption_follows_its_file(api: BotApiServer, telegram: TelegramTransport) -> None:
    await telegram.send(NOTICES, Reply("", files=(replace(TRADES, caption="x" * 1500),)))
    assert [len(message.text) for message in api.messages(CHAT)] == [0, 1500]


@pytest.mark.parametrize(
    ("data", "words"),
    [(bytes(FILE_BYTES + 1), "has 50.0 MB and Telegram takes at most 50 MB"), (b"", "is empty, so it is not sent")],
    ids=["too large", "empty"],
)
async def test_what_telegram_does_not_take_is_told(
    api: BotApiServer, telegram: TelegramTransport, data: bytes, words: str
) -> None:
    await telegram.send(NOTICES, Reply("💬 12 trades.", files=(replace(TRADES, data=data),)))
    assert [words in message.text for message in api.messages(CHAT)] == [False, True]
    assert "senddocument" not in api.methods()


async def test_an_edit_that_brings_a_file_is_followed_by_it(api: BotApiServer, telegram: TelegramTransport) -> None:
    ref = await telegram.send(NOTICES, CARD)
    await telegram.edit(ref, Reply("✅ Approved", files=(TRADES,)))
    assert [message.file_name for message in api.messages(CHAT)] == ["", "trades.csv"]


@pytest.mark.parametrize("reply", [Reply("📈 Report", pictures=(CHART,)), Reply("12 trades", files=(TRADES,))])
async def test_a_chat_without_pictures_gets_the_words(
    api: BotApiServer, telegram: TelegramTransport, reply: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    for method in ("sendPhoto", "sendDocument"):
        api.forbid(method, "Bad Request: not enough rights to send documents to the chat")
    await telegram.send(NOTICES, reply)
    words = [message.text for message in api.messages(CHAT)]
    assert words[0].startswith(reply.text) and "missing" in words[-1]


async def test_a_silent_message_makes_no_sound_in_any_part(api: BotApiServer, telegram: TelegramTransport) -> None:
    await telegram.send(NOTICES, Reply("z" * 5000, pictures=(CHART,), files=(TRADES,), silent=True))
    await telegram.send(NOTICES, Reply("🛑 Stop"))
    assert [message.silent for message in api.messages(CHAT)] == [True, True, True, True, False]

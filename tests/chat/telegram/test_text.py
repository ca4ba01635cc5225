"""Text with hostile contents, and text longer than a message."""

from __future__ import annotations

import pytest

from chatbot.message import Button, Reply, Table, Undeliverable
from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.telegram.rig import CARD, CHAT, HOSTILE, NOTICES


async def test_hostile_text_arrives_as_it_was_written(api: BotApiServer, telegram: TelegramTransport) -> None:
    table = Table("Rows <i>", ("A&B", "<pre>"), (("</pre>", "1"),), "<>")
    await telegram.send(NOTICES, Reply(HOSTILE, card=HOSTILE, tables=(table,)))
    (sent,) = api.messages(CHAT)
    assert sent.text.startswith(f"{HOSTILE}\n{HOSTILE}\nRows <i>")
    assert sent.fixed_width()[0] == HOSTILE


async def test_long_text_is_split_at_line_ends_and_the_last_part_has_the_buttons(
    api: BotApiServer, telegram: TelegramTransport
) -> None:
    lines = [f"line {number} 🟢 <{number}>" for number in range(700)]
    ref = await telegram.send(NOTICES, Reply("\n".join(lines), buttons=(Button("More", "more"),)))
    messages = api.messages(CHAT)
    assert len(messages) > 2
    assert [line for message in messages for line in message.text.split("\n")] == lines
    assert [bool(message.buttons) for message in messages] == [False] * (len(messages) - 1) + [True]
    assert ref.id == str(messages[-1].id)


async def test_a_long_card_stays_fixed_width_in_every_part(api: BotApiServer, telegram: TelegramTransport) -> None:
    card = "\n".join(f"BTC {number:>28}" for number in range(300))
    await telegram.send(NOTICES, Reply("Trades", card=card))
    parts = [text for message in api.messages(CHAT) for text in message.fixed_width()]
    assert "\n".join(parts) == card


async def test_markup_that_telegram_cannot_parse_is_sent_plain(
    api: BotApiServer, telegram: TelegramTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("html.escape", lambda text, quote=True: text)
    await telegram.send(NOTICES, Reply("a <broken tag"))
    assert api.messages(CHAT)[0].text == "a <broken tag"


async def test_an_edit_longer_than_a_message_continues_in_new_ones(
    api: BotApiServer, telegram: TelegramTransport
) -> None:
    ref = await telegram.send(NOTICES, CARD)
    lines = [f"fill {number} at 106,020.1" for number in range(400)]
    await telegram.edit(ref, Reply("\n".join(lines), buttons=(Button("Details", "d"),)))
    first, *rest = api.messages(CHAT)
    assert [line for message in (first, *rest) for line in message.text.split("\n")] == lines
    assert first.edits == 1 and first.buttons


async def test_a_message_without_content_is_undeliverable(api: BotApiServer, telegram: TelegramTransport) -> None:
    with pytest.raises(Undeliverable):
        await telegram.send(NOTICES, Reply("  \n"))


async def test_a_button_id_beyond_64_bytes_is_a_defect(api: BotApiServer, telegram: TelegramTransport) -> None:
    with pytest.raises(ValueError, match="64"):
        await telegram.send(NOTICES, Reply("x", buttons=(Button("Go", "é" * 33),)))

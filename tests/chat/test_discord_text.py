"""A reply on Discord: within every limit, with nothing lost, and shown as it was written."""

from __future__ import annotations

import re
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.message import Button, Picture, Reply, Table, Tone
from chatbot.transports.discord_delivery import content
from chatbot.transports.discord_text import COLOURS, DiscordMessage, escape, render, split, units
from tests.chat.discord_rules import is_png, message_faults

PROSE = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]) | st.sampled_from(" \n"), max_size=6000
)


def png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixel = zlib.compress(b"\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def unescaped(text: str) -> str:
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text)


def dense(text: str) -> str:
    return "".join(text.split())


def read(messages: tuple[DiscordMessage, ...]) -> str:
    return dense("".join(unescaped(message.content) for message in messages))


async def faults(message: DiscordMessage) -> list[tuple[str, str]]:
    arguments = content(message)
    payload = {
        "content": message.content,
        "embeds": [embed.to_dict() for embed in message.embeds],
        "components": arguments["view"].to_components() if message.buttons else [],
        "attachments": [file.to_dict(index) for index, file in enumerate(arguments.get("files", []))],
        "allowed_mentions": {"parse": []},
    }
    return list(message_faults(payload, {picture.name: picture.png for picture in message.pictures}))


@given(PROSE)
def test_no_character_of_a_text_is_lost_and_each_piece_fits(text: str) -> None:
    pieces = list(split(text, 2000, escape))
    assert all(0 < units(piece) <= 2000 for piece in pieces)
    assert dense("".join(map(unescaped, pieces))) == dense(text)


@given(PROSE)
def test_escaping_can_be_undone(text: str) -> None:
    assert unescaped(escape(text)) == text


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("plan_7f3a *now*", r"plan\_7f3a \*now\*"),
        ("# not a heading", r"\# not a heading"),
        ("  - not a list", r"  \- not a list"),
        ("1. not a list either", r"1\. not a list either"),
        ("−31.20 and -0.30 %", "−31.20 and -0.30 %"),
        ("< $0.01", "< $0.01"),
        ("<@123> <t:0>", r"\<@123> \<t:0>"),
        ("[bank](http://x.example)", r"\[bank](http://x.example)"),
        ("see https://x.example/a_b_c", "see https://x.example/a_b_c"),
    ],
)
def test_text_is_shown_as_written(written: str, sent: str) -> None:
    assert escape(written) == sent


def test_long_text_is_cut_at_line_ends() -> None:
    lines = [f"line {number} {'x' * 50}" for number in range(100)]
    pieces = list(split("\n".join(lines), 2000, escape))
    assert [line for piece in pieces for line in piece.split("\n")] == lines


def test_emoji_count_double_as_discord_may_count_them() -> None:
    assert all(units(message.content) <= 2000 for message in render(Reply("🟢" * 3000)))


def test_a_card_is_a_block_coloured_by_its_tone() -> None:
    (message,) = render(Reply("⏳ Waits for you", card="BUY BTC", tone=Tone.WAITING))
    assert message.content == "⏳ Waits for you"
    assert message.embeds[0].description == "```\nBUY BTC\n```"
    assert message.embeds[0].colour is not None
    assert message.embeds[0].colour.value == COLOURS[Tone.WAITING]


def test_backquotes_in_a_card_do_not_end_its_block() -> None:
    (message,) = render(Reply("", card="a ``` b"))
    assert (message.embeds[0].description or "").count("```") == 2


async def test_a_huge_reply_becomes_messages_that_discord_accepts() -> None:
    table = Table("Trades", ("Symbol", "Gain"), tuple((f"COIN{row}", "+1.00 %") for row in range(900)), "<>")
    pictures = tuple(Picture(png(), f"picture {number}", "equity curve.png") for number in range(12))
    buttons = tuple(Button("x" * 90, f"button:{number}") for number in range(30))
    messages = render(Reply("word " * 1500, "card line\n" * 900, (table,), pictures, buttons))
    assert [fault for message in messages for fault in await faults(message)] == []
    assert read(messages).startswith(dense("word " * 1500))
    described = "".join(embed.description or "" for message in messages for embed in message.embeds)
    assert described.count("card line") == 900
    assert all(f"COIN{row} " in described for row in range(900))
    assert sum(len(message.pictures) for message in messages) == 12
    assert [button for message in messages for button in message.buttons] == list(buttons)


def test_pictures_of_one_name_stay_apart() -> None:
    (message,) = render(Reply("", pictures=(Picture(b"", "a", "x y.png"), Picture(b"", "b", "x y.png"))))
    assert [picture.name for picture in message.pictures] == ["x_y.png", "2-x_y.png"]
    assert [embed.image.url for embed in message.embeds] == ["attachment://x_y.png", "attachment://2-x_y.png"]


def test_buttons_are_under_the_last_message() -> None:
    messages = render(Reply("x\n" * 3000, buttons=(Button("Approve", "approve:1"),)))
    assert [len(message.buttons) for message in messages] == [0] * (len(messages) - 1) + [1]


def test_even_an_empty_reply_can_be_sent() -> None:
    (message,) = render(Reply(""))
    assert message.content


def test_the_checker_knows_a_png_when_it_sees_one() -> None:
    assert is_png(png())
    assert not is_png(png()[:-1])
    assert not is_png(b"GIF89a")

"""A reply on Discord: within every limit, with nothing lost, and shown as it was written."""

from __future__ import annotations

import re
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.message import Attachment, Button, Picture, Reply, Table, Tone
from chatbot.transports.discord_arguments import content
from chatbot.transports.discord_message import COLOURS, DiscordMessage, render
from chatbot.transports.discord_text import escape, split, units
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


def test_a_notice_without_a_card_has_its_colour_on_all_but_its_first_line() -> None:
    (message,) = render(Reply("⚠️ PAPER · Prices are old.\nBTC: 40 s.\nNothing is bought.", tone=Tone.WARNING))
    assert message.content == "⚠️ PAPER · Prices are old."
    assert message.embeds[0].description == "BTC: 40 s.\nNothing is bought."
    assert message.embeds[0].colour is not None
    assert message.embeds[0].colour.value == COLOURS[Tone.WARNING]


def test_one_button_per_message_does_a_thing() -> None:
    twice = (Button("Approve", "ok:1"), Button("Reject", "no:1"), Button("Approve again", "ok:1"))
    (message,) = render(Reply("x", buttons=twice))
    assert [button.label for button in message.buttons] == ["Approve", "Reject"]


async def test_a_button_without_a_label_shows_what_it_does() -> None:
    (message,) = render(Reply("x", buttons=(Button("", "do:/status"),)))
    assert await faults(message) == []


def test_a_file_too_large_is_named_with_what_to_do() -> None:
    files = (Attachment(b"x" * (11 * 1024 * 1024), "orders.csv", "All orders"), Attachment(b"y", "fees.csv"))
    (message,) = render(Reply("Export.", files=files))
    assert [file.name for file in message.files] == ["fees.csv"]
    told = "\n".join(embed.description or "" for embed in message.embeds)
    assert "orders.csv has 11.0 MB; Discord takes 10 MB" in told


def test_files_that_are_too_much_for_one_message_fill_several() -> None:
    files = tuple(Attachment(b"x" * (9 * 1024 * 1024), f"part-{number}.csv") for number in range(4))
    messages = render(Reply("Export.", files=files, buttons=(Button("Again", "do:/export"),)))
    assert [len(message.files) for message in messages] == [2, 2]
    assert [len(message.buttons) for message in messages] == [0, 1]


def test_all_parts_of_a_silent_reply_are_silent() -> None:
    assert all(message.silent for message in render(Reply("x\n" * 3000, silent=True)))


@pytest.mark.parametrize("count", range(3, 9))
def test_however_many_backquotes_a_card_has_they_do_not_end_its_block(count: int) -> None:
    (message,) = render(Reply("", card="`" * count))
    shown = message.embeds[0].description or ""
    assert shown.startswith("```\n")
    assert "```" not in shown.removeprefix("```\n").removesuffix("\n```")
    assert shown.count("`") == count + 6


def test_even_an_empty_reply_can_be_sent() -> None:
    (message,) = render(Reply(""))
    assert message.content


def test_the_checker_knows_a_png_when_it_sees_one() -> None:
    assert is_png(png())
    assert not is_png(png()[:-1])
    assert not is_png(b"GIF89a")

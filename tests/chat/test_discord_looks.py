"""Every card as Discord shows it: one message, the same words as everywhere, figures aligned, coloured by outcome."""

from __future__ import annotations

import discord
import pytest

from chatbot.message import Button, Reply, Style, Tone
from chatbot.present.layout import WIDTH, columns
from chatbot.transports.discord_arguments import content
from chatbot.transports.discord_message import COLOURS, DiscordMessage, render
from tests.chat.test_discord_text import dense, faults, unescaped
from tests.unit.chatbot import facts
from tests.unit.chatbot.present.test_cards import CARDS

STYLES = {
    Style.NEUTRAL: discord.ButtonStyle.secondary,
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.DANGER: discord.ButtonStyle.danger,
}


def shown(name: str) -> tuple[Reply, DiscordMessage]:
    reply = CARDS[name](facts.DEMO)
    (message,) = render(reply)
    return reply, message


def described(message: DiscordMessage) -> str:
    return "\n".join(embed.description or "" for embed in message.embeds)


@pytest.mark.parametrize("name", CARDS)
async def test_is_one_message_that_discord_takes(name: str) -> None:
    reply, message = shown(name)
    # The pictures of these cards are empty; the text is what is looked at.
    assert [fault for fault in await faults(message) if "PNG" not in fault[1]] == [], reply.text


@pytest.mark.parametrize("name", CARDS)
def test_says_the_same_words_as_everywhere_else(name: str) -> None:
    reply, message = shown(name)
    said = unescaped(f"{message.content}\n{described(message)}".replace("```", ""))
    assert dense(reply.plain()) in dense(said)


@pytest.mark.parametrize("name", CARDS)
def test_begins_with_the_line_that_a_lock_screen_shows(name: str) -> None:
    reply, message = shown(name)
    assert unescaped(message.content).split("\n")[0] == reply.text.split("\n")[0]


@pytest.mark.parametrize("name", [name for name in CARDS if CARDS[name](facts.DEMO).card])
def test_shows_its_figures_in_columns_of_a_phone_and_exactly_as_written(name: str) -> None:
    reply, message = shown(name)
    block = (message.embeds[0].description or "").removeprefix("```\n").removesuffix("\n```")
    assert block == reply.card
    assert max(columns(line) for line in block.split("\n")) <= WIDTH


@pytest.mark.parametrize("name", CARDS)
def test_has_the_colour_of_what_it_means(name: str) -> None:
    reply, message = shown(name)
    assert {embed.colour.value for embed in message.embeds if embed.colour} <= {COLOURS[reply.tone]}
    assert message.embeds or reply.tone is Tone.PLAIN or "\n" not in reply.text


@pytest.mark.parametrize("name", CARDS)
def test_has_every_button_in_its_style(name: str) -> None:
    reply, message = shown(name)
    buttons = content(message)["view"].children if message.buttons else []
    assert [(each.label, each.custom_id, each.style) for each in buttons] == [
        (button.label, button.id, STYLES[button.style]) for button in reply.buttons
    ]


def rows_of(*ids: str) -> list[list[str]]:
    buttons = tuple(Button(each, each) for each in ids)
    (message,) = render(Reply("x", buttons=buttons))
    rows = content(message)["view"].to_components()
    return [[button["custom_id"] for button in row["components"]] for row in rows]


def test_toggles_stand_apart_from_the_decision() -> None:
    assert rows_of("ok:1", "no:1", "info:1", "tog:1:a", "tog:1:b") == [
        ["ok:1", "no:1", "info:1"],
        ["tog:1:a", "tog:1:b"],
    ]
    assert rows_of("do:/pending", "do:/trades") == [["do:/pending", "do:/trades"]]


def test_too_many_toggles_for_rows_of_their_own_fill_up_all_rows() -> None:
    toggles = [f"tog:1:{number}" for number in range(22)]
    rows = rows_of("ok:1", "no:1", "info:1", *toggles)
    assert [len(row) for row in rows] == [5, 5, 5, 5, 5]

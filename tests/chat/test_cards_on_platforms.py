"""Every card as each platform is sent it: Telegram's HTML, Discord's content and embeds, by the real composition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from types import ModuleType
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from chatbot.message import Reply
from chatbot.transports.discord_message import render
from chatbot.transports.telegram_composition import compose
from tests.unit.chatbot import facts
from tests.unit.chatbot.present import (
    test_book_cards,
    test_cards,
    test_control_cards,
    test_cycle_cards,
    test_outcome_cards,
    test_safety_cards,
)

CORPUS: Mapping[str, ModuleType] = {
    "books": test_book_cards,
    "chat": test_cards,
    "controls": test_control_cards,
    "cycles": test_cycle_cards,
    "outcomes": test_outcome_cards,
    "safety": test_safety_cards,
}


def cards(module: ModuleType) -> dict[str, Reply]:
    """Every card of the module's corpus, in PAPER where it can be anywhere."""
    made: dict[str, Callable[..., Reply]] = module.CARDS
    return {name: card(facts.PAPER) if signature(card).parameters else card() for name, card in made.items()}


def on_telegram(reply: Reply) -> str:
    """The messages in order: kind, HTML, buttons."""
    shown = []
    for message in compose(reply).messages:
        kind = "picture" if message.picture else f"file {message.file.name}" if message.file else "text"
        buttons = "".join(f"\n[{button.label}]" for button in message.buttons)
        shown.append(f"<{kind}>\n{message.text.html}{buttons}")
    return "\n".join(shown)


def on_discord(reply: Reply) -> str:
    """The messages in order: content, embeds with colour and picture, files, buttons."""
    shown = []
    for message in render(reply):
        embeds = [_embed(embed.to_dict()) for embed in message.embeds]
        files = [f"<file {file.name}>" for file in message.files]
        buttons = [f"[{button.label}]" for button in message.buttons]
        shown.append("\n".join(part for part in ("<message>", message.content, *embeds, *files, *buttons) if part))
    return "\n".join(shown)


def _embed(embed: Mapping[str, Any]) -> str:
    image = f" {embed['image']['url']}" if "image" in embed else ""
    return f"<embed #{embed['color']:06x}{image}>\n{embed.get('description', '')}"


PLATFORMS: Mapping[str, Callable[[Reply], str]] = {"telegram": on_telegram, "discord": on_discord}


@pytest.mark.parametrize("module", CORPUS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_card_is_sent_as_agreed(platform: str, module: str, snapshot: SnapshotAssertion) -> None:
    shown = PLATFORMS[platform]
    assert "\n\n".join(f"== {name}\n{shown(reply)}" for name, reply in cards(CORPUS[module]).items()) == snapshot


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_card_loses_a_button_or_a_picture_on_the_way(platform: str) -> None:
    for module in CORPUS.values():
        for name, reply in cards(module).items():
            sent = PLATFORMS[platform](reply)
            # Discord refuses a message in which two buttons do the same: the first one stays.
            distinct = {button.id: button.label for button in reversed(reply.buttons)}
            assert all(f"[{label}]" in sent for label in distinct.values()), name
            assert sent.count("<picture>") + sent.count("attachment://") == len(reply.pictures), name

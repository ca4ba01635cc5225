"""Roles depend on who, where, and the settings of now."""

from __future__ import annotations

from itertools import product

import pytest

from chatbot.access import Access
from chatbot.message import Actor, Channel, Role
from chatbot.settings import ChatSettings

PRIVATE = {"telegram_chat_id": "42"}
GROUP = {"telegram_chat_id": "-1001", "telegram_user_ids": "42, 43"}
OPEN_GUILD = {"discord_channel_id": "7", "discord_guild_id": "9"}
LISTED = {"discord_channel_id": "7", "discord_guild_id": "9", "discord_user_ids": "1"}


@pytest.mark.parametrize(
    ("settings", "actor", "channel", "role"),
    [
        (PRIVATE, "telegram 42", "telegram 42", Role.OWNER),
        (PRIVATE, "telegram 41", "telegram 42", Role.NOBODY),
        (PRIVATE, "telegram 42", "telegram -1001", Role.NOBODY),
        (PRIVATE, "telegram 42", "discord 42", Role.NOBODY),
        (GROUP, "telegram 42", "telegram -1001", Role.OWNER),
        (GROUP, "telegram 99", "telegram -1001", Role.VIEWER),
        (GROUP, "telegram 42", "telegram 42", Role.NOBODY),
        (GROUP, "telegram 42", "telegram -1002", Role.NOBODY),
        (OPEN_GUILD, "discord 5", "discord 7", Role.OWNER),
        (OPEN_GUILD, "discord 5", "discord 8", Role.NOBODY),
        (LISTED, "discord 1", "discord 7", Role.OWNER),
        (LISTED, "discord 5", "discord 7", Role.VIEWER),
        (LISTED, "discord 1", "discord 9", Role.NOBODY),
        ({}, "telegram 42", "telegram 42", Role.NOBODY),
        ({}, "discord 1", "discord 7", Role.NOBODY),
        ({}, "web owner", "web page", Role.OWNER),
        ({}, "terminal owner", "terminal tty", Role.OWNER),
        ({}, "matrix 1", "matrix 1", Role.NOBODY),
    ],
)
def test_role(settings: dict[str, str], actor: str, channel: str, role: Role) -> None:
    access = Access(ChatSettings.model_validate(settings))
    platform, user = actor.split()
    where, place = channel.split()
    assert access.role(Actor(platform, user, "name"), Channel(where, place)) is role


def test_a_suspect_identity_is_nobody_everywhere() -> None:
    for settings, platform in product((PRIVATE, GROUP, OPEN_GUILD, LISTED), ("telegram", "discord", "web", "terminal")):
        access = Access(ChatSettings.model_validate(settings))
        for user, place in product(("1", "42", "owner"), ("42", "7", "-1001", "page")):
            actor = Actor(platform, user, "owner", suspect="forwarded")
            assert access.role(actor, Channel(platform, place)) is Role.NOBODY

"""Roles depend on who, where, what the settings say and whom an owner let in, as of this moment."""

from __future__ import annotations

from itertools import product

import pytest

from chatbot.access.people import LOCAL, People
from chatbot.access.roles import Access
from chatbot.message import Actor, Channel, Role
from chatbot.settings import ChatSettings
from tests.unit.chatbot import facts

PRIVATE = {"telegram_chat_id": "42"}
GROUP = {"telegram_chat_id": "-1001", "telegram_user_ids": "42, 43:trader"}
TOPIC = {"telegram_chat_id": "-1001/45,77", "telegram_user_ids": "42"}
OPEN_GUILD = {"discord_channel_id": "7", "discord_guild_id": "9"}
LISTED = {**OPEN_GUILD, "discord_user_ids": "1,2:viewer", "discord_roles": "500:trader,600:owner"}
PRIVATELY = {**LISTED, "discord_direct_messages": "true"}


def speaker(who: str) -> Actor:
    """ "discord 5 9 500": platform, user, guild, role ids."""
    platform, user, *rest = who.split()
    return Actor(platform, user, "name", guild=rest[0] if rest else "", groups=tuple(rest[1:]))


def place(where: str) -> Channel:
    return Channel(*where.split())


def access_under(settings: dict[str, str]) -> Access:
    return Access(ChatSettings.model_validate(settings))


@pytest.mark.parametrize(
    ("settings", "actor", "channel", "role"),
    [
        (PRIVATE, "telegram 42", "telegram 42", Role.OWNER),
        (PRIVATE, "telegram 41", "telegram 42", Role.NOBODY),
        (PRIVATE, "telegram 42", "telegram -1001", Role.NOBODY),
        (PRIVATE, "telegram 42", "discord 42", Role.NOBODY),
        (GROUP, "telegram 42", "telegram -1001", Role.OWNER),
        (GROUP, "telegram 43", "telegram -1001", Role.TRADER),
        (GROUP, "telegram 99", "telegram -1001", Role.VIEWER),
        (GROUP, "telegram 42", "telegram 42", Role.OWNER),
        (GROUP, "telegram 99", "telegram 99", Role.NOBODY),
        (GROUP, "telegram 42", "telegram 99", Role.NOBODY),
        (GROUP, "telegram 42", "telegram -1002", Role.NOBODY),
        (GROUP, "telegram 42", "telegram -1001/45", Role.OWNER),
        (TOPIC, "telegram 42", "telegram -1001/45", Role.OWNER),
        (TOPIC, "telegram 42", "telegram -1001/46", Role.NOBODY),
        (TOPIC, "telegram 42", "telegram -1001", Role.NOBODY),
        (TOPIC, "telegram 77", "telegram -1001/45", Role.OWNER),
        (OPEN_GUILD, "discord 5 9", "discord 7", Role.VIEWER),
        (OPEN_GUILD, "discord 5 9", "discord 8", Role.NOBODY),
        (LISTED, "discord 1 9", "discord 7", Role.OWNER),
        (LISTED, "discord 1 8", "discord 7", Role.NOBODY),
        (LISTED, "discord 1", "discord 7", Role.NOBODY),
        (LISTED, "discord 2 9", "discord 7", Role.VIEWER),
        (LISTED, "discord 2 9 600", "discord 7", Role.VIEWER),
        (LISTED, "discord 5 9", "discord 7", Role.VIEWER),
        (LISTED, "discord 5 9 400 500", "discord 7", Role.TRADER),
        (LISTED, "discord 5 9 500 600", "discord 7", Role.OWNER),
        (LISTED, "discord 5 9 500", "discord 8", Role.NOBODY),
        (LISTED, "discord 1 9", "discord 9", Role.NOBODY),
        (LISTED, "discord 1", "discord 71", Role.NOBODY),
        (PRIVATELY, "discord 1", "discord 71", Role.OWNER),
        (PRIVATELY, "discord 5", "discord 71", Role.NOBODY),
        (PRIVATELY, "discord 1 8", "discord 71", Role.NOBODY),
        ({}, "telegram 42", "telegram 42", Role.NOBODY),
        ({}, "discord 1", "discord 7", Role.NOBODY),
        ({}, "web owner", "web page", Role.OWNER),
        ({}, "terminal owner", "terminal tty", Role.OWNER),
        ({}, "matrix 1", "matrix 1", Role.NOBODY),
    ],
)
def test_role(settings: dict[str, str], actor: str, channel: str, role: Role) -> None:
    assert access_under(settings).role(speaker(actor), place(channel)) is role


def test_a_suspect_identity_is_nobody_everywhere() -> None:
    for settings, platform in product((PRIVATE, GROUP, OPEN_GUILD, LISTED), ("telegram", "discord", "web", "terminal")):
        access = access_under(settings)
        for user, where in product(("1", "42", "owner"), ("42", "7", "-1001", "page")):
            actor = Actor(platform, user, "owner", suspect="forwarded")
            assert access.role(actor, Channel(platform, where)) is Role.NOBODY
            assert not access.may_pair(actor, Channel(platform, where))


@pytest.mark.parametrize(
    ("settings", "actor", "channel", "counts"),
    [
        ({}, "telegram 5", "telegram 5", True),
        ({}, "telegram 5", "telegram -77", True),
        (PRIVATE, "telegram 5", "telegram 5", True),
        (PRIVATE, "telegram 5", "telegram -77", False),
        (GROUP, "telegram 5", "telegram -1001", True),
        (GROUP, "telegram 5", "discord 7", False),
        ({}, "discord 5 9", "discord 3", True),
        ({"discord_guild_id": "9"}, "discord 5 8", "discord 3", False),
        (LISTED, "discord 5 9", "discord 7", True),
        (LISTED, "discord 5 9", "discord 8", False),
        (LISTED, "discord 5", "discord 71", False),
        (PRIVATELY, "discord 5", "discord 71", True),
        ({}, "web owner", "web page", False),
    ],
)
def test_where_a_pairing_code_counts(settings: dict[str, str], actor: str, channel: str, counts: bool) -> None:
    assert access_under(settings).may_pair(speaker(actor), place(channel)) is counts


async def test_who_was_let_in_counts_in_served_chats_and_in_private() -> None:
    access = access_under(GROUP)
    anna = speaker("telegram 99")
    await access.people.give(anna, Role.TRADER, "@owner", facts.NOW)
    assert access.role(anna, place("telegram -1001")) is Role.TRADER
    assert access.role(anna, place("telegram 99")) is Role.TRADER
    assert access.role(anna, place("telegram -1002")) is Role.NOBODY


async def test_what_an_owner_says_of_a_person_beats_what_holds_for_the_chat() -> None:
    access, guild = access_under(LISTED), place("discord 7")
    member = speaker("discord 5 9 600")
    await access.people.give(member, Role.VIEWER, "@owner", facts.NOW)
    assert access.role(member, guild) is Role.VIEWER
    await access.people.give(member, Role.NOBODY, "@owner", facts.NOW)
    assert access.role(member, guild) is Role.NOBODY


async def test_nobody_is_put_below_what_the_settings_say_of_them() -> None:
    access = access_under(GROUP)
    await access.people.give(speaker("telegram 42"), Role.NOBODY, "@other", facts.NOW)
    assert access.role(speaker("telegram 42"), place("telegram -1001")) is Role.OWNER


async def test_linked_accounts_have_one_role_and_one_person() -> None:
    access = access_under({**GROUP, **OPEN_GUILD})
    first, second = speaker("telegram 43"), speaker("discord 5 9")
    before = access.people.person(first)
    await access.people.link(second, before, None, "@anna", facts.NOW)
    assert access.people.person(second) == before == access.people.person(first)


async def test_the_page_and_the_terminal_are_one_person() -> None:
    people = People()
    assert {people.person(Actor(platform, "owner", "owner")) for platform in ("web", "terminal")} == {LOCAL}


def test_a_discord_role_can_be_the_owner() -> None:
    assert access_under(LISTED).owners("discord") == {"discord:1", "role:600"}
    assert access_under(OPEN_GUILD).owners("discord") == set()
    assert access_under(PRIVATE).owners("telegram") == {"telegram:42"}


async def test_a_configured_group_that_moved_is_served_under_its_new_id() -> None:
    access = access_under(GROUP)
    await access.move(Channel("telegram", "-1001"), Channel("telegram", "-100777"))
    assert access.role(speaker("telegram 43"), place("telegram -100777")) is Role.TRADER
    assert access.role(speaker("telegram 99"), place("telegram -100777")) is Role.VIEWER


async def test_a_chat_that_was_not_served_is_not_served_because_it_moved() -> None:
    access = access_under(GROUP)
    await access.move(Channel("telegram", "-5"), Channel("telegram", "-100777"))
    assert access.role(speaker("telegram 42"), place("telegram -100777")) is Role.NOBODY

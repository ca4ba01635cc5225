"""Where two people must agree and only one is known, that is said before a card waits in vain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal as D

import pytest

from chatbot.access.people import People
from chatbot.access.roles import Access
from chatbot.message import Actor, Role
from chatbot.present.second_person import second_person_note
from chatbot.settings import ChatSettings
from tests.unit.chatbot import control_facts, facts
from tests.unit.chatbot.conftest import build_chat

TWO = replace(control_facts.threshold(), second_person=D(1000))
ANA, BOB = Actor("telegram", "42", "ana"), Actor("discord", "7", "bob")
AT = datetime(2026, 7, 30, tzinfo=UTC)


def access(**settings: str) -> Access:
    return Access(ChatSettings.model_validate(settings), People())


def note(known: Access) -> str:
    return second_person_note(known, TWO, facts.LIVE)


def test_one_owner_is_warned_with_what_to_do() -> None:
    said = note(access(telegram_chat_id="42"))
    assert said.startswith("APPROVAL_SECOND_ABOVE is $1,000, but only one person is known")
    assert "/pair trader" in said


def test_nobody_at_all_is_one_at_this_machine() -> None:
    assert note(access())


async def test_a_second_trader_is_enough_and_a_viewer_is_not() -> None:
    known = access(telegram_chat_id="42")
    await known.people.give(BOB, Role.VIEWER, "@ana", AT)
    assert note(known)
    await known.people.give(BOB, Role.TRADER, "@ana", AT)
    assert not note(known)


async def test_two_accounts_of_one_person_are_one() -> None:
    known = access()
    await known.people.give(ANA, Role.OWNER, "@ana", AT)
    await known.people.link(BOB, known.people.person(ANA), None, "@ana", AT)
    assert note(known)


@pytest.mark.parametrize(("roles", "alone"), [("99:trader", False), ("99:viewer", True)])
def test_how_many_hold_a_role_of_the_server_is_not_guessed(roles: str, alone: bool) -> None:
    known = access(telegram_chat_id="42", discord_roles=roles)
    assert bool(note(known)) is alone


def test_where_one_is_always_enough_nothing_is_said() -> None:
    assert second_person_note(access(), control_facts.threshold(), facts.LIVE) == ""


async def test_health_says_it() -> None:
    chat = build_chat(ChatSettings.model_validate({"telegram_chat_id": "42"}))
    chat.desk.controls.threshold_now = TWO
    assert "only one person is known" in (await chat.ask("/health")).text
    chat.desk.controls.threshold_now = control_facts.threshold()
    assert "only one person" not in (await chat.ask("/health")).text

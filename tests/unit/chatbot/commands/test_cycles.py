"""/cycle, asked as a person would."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.chatbot import cycle_facts
from tests.unit.chatbot.conftest import Chat


async def test_without_an_id_the_newest_decisions_are_shown_to_choose_from(chat: Chat) -> None:
    listed = await chat.ask("/cycle")
    assert "1 decision, newest first" in listed.text
    opened = await chat.press(listed.buttons[0].id)
    assert opened.send is not None and "Decision 7f3a1111" in opened.send.text


async def test_a_decision_is_found_by_the_beginning_of_its_id(chat: Chat) -> None:
    assert "Decision 7f3a1111" in (await chat.ask("/cycle 7f3a")).text


async def test_decisions_that_begin_alike_are_listed(chat: Chat) -> None:
    chat.desk.books.cycles.append(replace(cycle_facts.decided(), id="7f3affff"))
    assert "2 decisions that begin with 7f3a" in (await chat.ask("/cycle 7f3a")).text


async def test_what_is_not_there_is_said(chat: Chat) -> None:
    reply = await chat.ask("/cycle dddd")
    assert not reply.ok and "No decision begins with dddd" in reply.text


async def test_looking_changes_nothing(chat: Chat) -> None:
    await chat.ask("/cycle 7f3a")
    assert not [call for call in chat.desk.calls if str(call[0]).startswith(("approve", "switch", "preview"))]

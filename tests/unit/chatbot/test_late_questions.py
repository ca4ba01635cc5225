"""What was asked long ago is not answered as if it had been asked now."""

from __future__ import annotations

import pytest

from tests.unit.chatbot.conftest import Chat

MINUTES = 60.0


@pytest.mark.parametrize("text", ["/status", "status", "how did we do vs BTC?", "/statsu"])
async def test_a_question_of_more_than_ten_minutes_ago_is_named_and_not_answered(chat: Chat, text: str) -> None:
    reply = await chat.say(text, age=10 * MINUTES + 1)
    assert reply is not None and not reply.ok
    assert reply.text.splitlines()[0] == f"💬 {text} · asked 10 min 1 s ago, not answered."
    assert chat.desk.calls == []


async def test_a_younger_one_is_answered(chat: Chat) -> None:
    reply = await chat.say("/status", age=10 * MINUTES)
    assert reply is not None and "Equity" in reply.card


async def test_a_long_one_is_quoted_in_part_and_on_one_line(chat: Chat) -> None:
    reply = await chat.say("what\n" * 40, age=60 * MINUTES)
    assert reply is not None
    assert reply.text.splitlines()[0] == f"💬 {'what ' * 7}what… · asked 1 h ago, not answered."


async def test_it_is_audited_as_refused(chat: Chat) -> None:
    await chat.say("/status", age=60 * MINUTES)
    (entry,) = await chat.store.audit(1)
    assert entry.outcome == "refused"

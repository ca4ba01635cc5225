"""A channel gets what it takes, and no more; what is kept of the past is bounded."""

from __future__ import annotations

import asyncio

from chatbot.message import Channel
from chatbot.notices.pace import Pace, pace_of
from tests.unit.chatbot import facts
from trading.clock import SimulatedClock


def sent_within(channel: Channel, seconds: int) -> int:
    """How many messages go when there is always one more."""
    clock = SimulatedClock(facts.NOW)
    pace, sent = pace_of(channel, clock), 0
    for _ in range(seconds):
        while pace.wait() == 0 and sent < 10_000:
            pace.note()
            sent += 1
        clock.advance(1)
    return sent


def test_a_telegram_group_gets_less_than_twenty_a_minute_so_that_answers_have_room() -> None:
    assert sent_within(Channel("telegram", "-100123/7"), 60) == 15
    assert sent_within(Channel("telegram", "-100123"), 600) == 150


def test_a_chat_gets_one_a_second_on_average() -> None:
    assert sent_within(Channel("telegram", "42"), 100) == 100
    assert sent_within(Channel("discord", "42"), 100) == 100


async def test_a_turn_waits_until_the_window_has_moved_on() -> None:
    clock = SimulatedClock(facts.NOW)
    pace = Pace(2, 60.0, clock)
    await pace.turn()
    clock.advance(20)
    await pace.turn()
    third = asyncio.create_task(pace.turn())
    for seconds, done in ((39, False), (1, True)):
        clock.advance(seconds)
        for _ in range(3):
            await asyncio.sleep(0)
        assert third.done() is done

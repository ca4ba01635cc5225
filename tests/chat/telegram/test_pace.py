"""Telegram's limits: kept before it refuses, obeyed to the second where it does, and people go before notices."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from chatbot.message import Channel, Reply, Unsent
from chatbot.transports.telegram import TelegramTransport
from chatbot.transports.telegram_address import Address
from chatbot.transports.telegram_pace import MOST_CHATS, Limits, Pace, Urgency
from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import Breakage
from tests.chat.telegram.rig import CARD, CHAT, GROUP, NOTICES, OWNER, WatchedClock

HOME, DESK = Address("1001"), Address("-100500")
A_MINUTE = 60.0


class Line:
    """Messages that wait for their turn, and when each went."""

    def __init__(self, pace: Pace, clock: WatchedClock) -> None:
        self._pace = pace
        self._clock = clock
        self._waiting: list[asyncio.Task[None]] = []
        self.went: list[tuple[float, str]] = []

    def join(self, to: Address, urgency: Urgency, name: str = "", times: int = 1) -> None:
        self._waiting += [asyncio.create_task(self._go(to, urgency, name)) for _ in range(times)]

    def times(self, name: str = "") -> list[float]:
        return [at for at, who in self.went if who == name]

    async def let_pass(self, seconds: float, step: float = 0.25) -> None:
        """Time goes by, and whoever has a turn takes it."""
        await turns()
        for _ in range(int(seconds / step)):
            self._clock.advance(step)
            await turns()

    def leave(self) -> None:
        for task in self._waiting:
            task.cancel()

    async def _go(self, to: Address, urgency: Urgency, name: str) -> None:
        await self._pace.turn(to, urgency)
        self.went.append((self._clock.monotonic(), name))


async def turns() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


def most_within(times: list[float], seconds: float) -> int:
    return max(sum(start <= at < start + seconds for at in times) for start in times)


@pytest.fixture
def pace(clock: WatchedClock) -> Pace:
    return Pace(clock)


@pytest.fixture
def line(pace: Pace, clock: WatchedClock) -> Line:
    return Line(pace, clock)


async def test_a_group_gets_twenty_in_any_minute(line: Line) -> None:
    line.join(DESK, Urgency.ANSWER, times=70)
    await line.let_pass(240.0)
    line.leave()
    assert most_within(line.times(), A_MINUTE) == 20
    assert len(line.times()) == 70


async def test_notices_leave_a_group_room_for_answers(line: Line) -> None:
    line.join(DESK, Urgency.NOTICE, "notice", times=60)
    await line.let_pass(30.0)
    line.join(DESK, Urgency.ANSWER, "answer", times=3)
    await turns()
    line.leave()
    assert len(line.times("notice")) == 15
    assert line.times("answer") == [30.0] * 3


async def test_notices_in_a_private_chat_go_one_a_second_after_a_few(line: Line) -> None:
    line.join(HOME, Urgency.NOTICE, times=30)
    await line.let_pass(12.0)
    times = line.times()
    assert times[:20] == [0.0] * 20
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(times[19:]))
    assert len(times) == 30


async def test_a_person_is_answered_in_a_storm_of_notices(line: Line) -> None:
    line.join(HOME, Urgency.NOTICE, "notice", times=50)
    await line.let_pass(5.0)
    line.join(HOME, Urgency.ANSWER, "answer", times=10)
    await turns()
    line.leave()
    assert line.times("answer") == [5.0] * 10


async def test_sixty_four_questions_at_once_are_answered_within_seconds(line: Line) -> None:
    line.join(HOME, Urgency.ANSWER, times=64)
    await line.let_pass(6.0)
    assert len(line.times()) == 64


async def test_thirty_a_second_go_in_all(line: Line) -> None:
    for chat in range(100):
        line.join(Address(str(chat + 1)), Urgency.ANSWER)
    await line.let_pass(4.0)
    assert most_within(line.times(), 1.0) == 30
    assert len(line.times()) == 100


async def test_a_refusal_is_obeyed_to_the_second_and_only_there(line: Line, pace: Pace) -> None:
    pace.hold(HOME, 17.0)
    line.join(HOME, Urgency.ANSWER, "held", times=3)
    line.join(DESK, Urgency.NOTICE, "free", times=3)
    await line.let_pass(16.75)
    assert (line.times("held"), line.times("free")) == ([], [0.0] * 3)
    await line.let_pass(10.0)
    assert line.times("held") == [17.0, 18.0, 19.0]


async def test_after_a_refusal_there_is_no_burst(line: Line, pace: Pace) -> None:
    pace.hold(HOME, 3.0)
    line.join(HOME, Urgency.ANSWER, times=20)
    await line.let_pass(30.0)
    assert line.times() == [3.0 + number for number in range(20)]


async def test_who_stood_in_line_when_the_refusal_came_waits_too(line: Line, pace: Pace) -> None:
    line.join(DESK, Urgency.ANSWER, times=25)
    await line.let_pass(50.0)
    pace.hold(DESK, 40.0)
    await line.let_pass(39.0)
    assert len(line.times()) == 20
    await line.let_pass(60.0)
    assert len(line.times()) == 25 and min(line.times()[20:]) == 90.0


async def test_a_wait_of_more_than_a_minute_is_told_instead(pace: Pace) -> None:
    pace.hold(HOME, 600.0)
    with pytest.raises(Unsent) as refused:
        await pace.turn(HOME, Urgency.NOTICE)
    assert refused.value.retry_after == 600.0


async def test_what_only_passes_never_waits(pace: Pace) -> None:
    for _ in range(Limits().notices_ahead):
        await pace.turn(HOME, Urgency.PASSING)
    with pytest.raises(Unsent):
        await pace.turn(HOME, Urgency.PASSING)


async def test_idle_chats_are_forgotten(pace: Pace, clock: WatchedClock) -> None:
    for chat in range(MOST_CHATS + 50):
        clock.advance(1.0)
        await pace.turn(Address(str(chat + 1)), Urgency.ANSWER)
    assert len(pace._lanes) == MOST_CHATS


async def test_a_refused_notice_holds_back_the_next_and_other_chats_go_on(
    api: BotApiServer, telegram: TelegramTransport, clock: WatchedClock
) -> None:
    api.open_chat(GROUP)
    api.fail_next("sendMessage", Breakage.FLOOD, 17)
    with pytest.raises(Unsent):
        await telegram.send(NOTICES, Reply("first"))
    later = asyncio.create_task(telegram.send(NOTICES, Reply("second")))
    await telegram.send(Channel("telegram", str(GROUP)), Reply("elsewhere"))
    await clock.until_asleep_for(17.0)
    assert api.methods().count("sendmessage") == 2
    clock.advance(17.0)
    await later
    assert [message.text for message in api.messages(CHAT)] == ["second"]


async def test_a_refusal_without_a_time_holds_back_too(
    api: BotApiServer, telegram: TelegramTransport, clock: WatchedClock
) -> None:
    api.fail_next("sendMessage", Breakage.ERROR, 429)
    with pytest.raises(Unsent) as refused:
        await telegram.send(NOTICES, Reply("first"))
    assert refused.value.retry_after == 30.0


async def test_a_press_is_acknowledged_while_messages_are_held(
    api: BotApiServer, telegram: TelegramTransport, clock: WatchedClock
) -> None:
    ref = await telegram.send(NOTICES, Reply("card", buttons=CARD.buttons))
    api.fail_next("sendMessage", Breakage.FLOOD, 30)
    with pytest.raises(Unsent):
        await telegram.send(NOTICES, Reply("first"))
    query = api.press(int(ref.id), "Approve", OWNER)
    assert await api.wait_for(lambda: query in api.toasts)


@pytest.mark.parametrize("chat", [CHAT, GROUP])
async def test_notices_and_questions_together_are_never_refused(
    api: BotApiServer, telegram: TelegramTransport, clock: WatchedClock, chat: int
) -> None:
    flood = api.limit_floods()
    api.open_chat(chat)
    notices = asyncio.create_task(sent_in_turn(telegram, Channel("telegram", str(chat)), 30))
    for number in range(10):
        api.say(chat, OWNER, "/status")
        await passing(clock, api, lambda: len(answers(api, chat)) > number)  # noqa: B023
    await passing(clock, api, notices.done)
    assert flood.refused == 0
    assert len(api.messages(chat)) == 40


def answers(api: BotApiServer, chat: int) -> list[str]:
    return [message.text for message in api.messages(chat) if message.text == "💬 Heard."]


async def sent_in_turn(telegram: TelegramTransport, channel: Channel, count: int) -> None:
    for number in range(count):
        await telegram.send(channel, Reply(f"notice {number}"))


async def passing(clock: WatchedClock, api: BotApiServer, until: Callable[[], bool]) -> None:
    """Let time pass, a step for each request that has been answered or whenever nothing moves."""
    async with asyncio.timeout(10):
        while not until():
            clock.advance(1.0)
            api.updates.wake()
            await moved(api.wait_for(until, within=0.02))


async def moved(change: Awaitable[object]) -> None:
    try:
        await change
    except TimeoutError:
        return


async def test_a_card_is_brought_up_to_date_in_a_storm_of_notices(
    api: BotApiServer, telegram: TelegramTransport, clock: WatchedClock
) -> None:
    card = await telegram.send(NOTICES, CARD)
    storm = asyncio.create_task(sent_in_turn(telegram, NOTICES, 40))
    await clock.until_asleep_for(1.0)
    await telegram.edit(card, Reply("✅ Approved"))
    assert clock.monotonic() == 0.0 and not storm.done()
    storm.cancel()

"""A long command shows how far it is in one message, and its reply takes that message's place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from chatbot.message import Incoming, Press, PressReply, Progress, Reply
from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import Breakage
from tests.chat.telegram.rig import CARD, CHART, CHAT, GROUP, OWNER, WatchedClock, running, transport_to

DONE = Reply("✅ Rebalanced · PAPER", buttons=CARD.buttons)


class Worker:
    """A long command that a test drives step by step."""

    def __init__(self) -> None:
        self._steps: asyncio.Queue[Reply] = asyncio.Queue()
        self._ended: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self.shown = 0
        self._told = asyncio.Event()

    async def on_message(self, message: Incoming) -> Reply | None:
        assert message.progress is not None
        showing = asyncio.create_task(self._show(message.progress))
        reply = await self._ended
        showing.cancel()
        return reply

    async def on_press(self, press: Press) -> PressReply:
        raise AssertionError("nobody presses here")

    async def step(self, text: str) -> None:
        """The command says how far it is; returns once it has."""
        self._told.clear()
        self._steps.put_nowait(Reply(text))
        async with asyncio.timeout(5):
            await self._told.wait()

    def end(self, reply: Reply | None) -> None:
        self._ended.set_result(reply)

    async def _show(self, progress: Progress) -> None:
        while True:
            await progress(await self._steps.get())
            self._told.set()


@pytest.fixture
async def worker(api: BotApiServer, clock: WatchedClock) -> AsyncIterator[Worker]:
    worker = Worker()
    async with running(api, transport_to(api, clock), worker):
        yield worker


async def begun(api: BotApiServer, clock: WatchedClock, worker: Worker, chat: int = CHAT) -> int:
    """A command at work whose first step is shown; the id of the question."""
    number = api.say(chat, OWNER, "/rebalance")
    await worker.step("Snapshot …")
    await api.wait_for_message(lambda m: m.text == "Snapshot …")
    for _ in ("until it shows that it types", "until the next edit"):
        await clock.until_asleep_for(1.0)
    return number


async def test_the_first_step_is_a_message_and_later_ones_edit_it(
    api: BotApiServer, clock: WatchedClock, worker: Worker
) -> None:
    await begun(api, clock, worker)
    await worker.step("Decision …")
    clock.advance(1.0)
    sent = await api.wait_for_message(lambda m: m.text == "Decision …")
    assert api.messages(CHAT) == [sent] and sent.edits == 1
    worker.end(DONE)
    await api.wait_for_message(lambda m: m.text == DONE.text)
    assert api.messages(CHAT) == [sent] and [button.label for button in sent.buttons] == ["Approve", "Reject"]


async def test_of_many_steps_in_a_second_only_the_newest_is_sent(
    api: BotApiServer, clock: WatchedClock, worker: Worker
) -> None:
    await begun(api, clock, worker)
    for order in range(40):
        await worker.step(f"Order {order} of 40")
    clock.advance(1.0)
    sent = await api.wait_for_message(lambda m: m.text == "Order 39 of 40")
    assert sent.edits == 1
    assert api.methods().count("editmessagetext") == 1


async def test_a_reply_does_not_wait_for_the_second_to_pass(
    api: BotApiServer, clock: WatchedClock, worker: Worker
) -> None:
    await begun(api, clock, worker)
    await worker.step("Decision …")
    worker.end(DONE)
    sent = await api.wait_for_message(lambda m: m.text == DONE.text)
    assert sent.edits == 1
    clock.advance(5.0)
    await settled(api, worker)
    assert sent.text == DONE.text


async def test_a_reply_with_a_picture_is_new_and_the_progress_goes(
    api: BotApiServer, clock: WatchedClock, worker: Worker
) -> None:
    await begun(api, clock, worker)
    worker.end(Reply("📈 Done", pictures=(CHART,)))
    await api.wait_for(lambda: [m.text for m in api.messages(CHAT)] == ["📈 Done\n" + CHART.caption])


async def test_nothing_to_say_leaves_nothing(api: BotApiServer, clock: WatchedClock, worker: Worker) -> None:
    await begun(api, clock, worker)
    worker.end(None)
    await api.wait_for(lambda: api.messages(CHAT) == [])


async def test_in_a_group_it_answers_who_asked(api: BotApiServer, clock: WatchedClock, worker: Worker) -> None:
    asked = await begun(api, clock, worker, GROUP)
    assert api.messages(GROUP)[0].answers == asked


async def test_where_the_progress_was_deleted_the_reply_is_posted(
    api: BotApiServer, clock: WatchedClock, worker: Worker
) -> None:
    await begun(api, clock, worker)
    api.forget(api.messages(CHAT)[0].id)
    worker.end(DONE)
    await api.wait_for(lambda: [m.text for m in api.messages(CHAT)] == ["Snapshot …", DONE.text])


@pytest.mark.parametrize("breakage", [Breakage.CUT_AFTER, Breakage.ERROR, Breakage.FLOOD])
async def test_progress_that_fails_hurts_nobody(
    api: BotApiServer, clock: WatchedClock, worker: Worker, breakage: Breakage
) -> None:
    api.fail_next("sendMessage", breakage, 2 if breakage is Breakage.FLOOD else 502)
    api.say(CHAT, OWNER, "/rebalance")
    await worker.step("Snapshot …")
    await api.wait_for(lambda: "sendmessage" in api.methods())
    worker.end(DONE)
    if breakage is Breakage.FLOOD:
        await clock.until_asleep_for(2.0)
        clock.advance(2.0)
    await api.wait_for_message(lambda m: m.text == DONE.text)


async def test_an_edit_whose_outcome_is_unknown_is_repeated_once_more_for_the_reply(
    api: BotApiServer, clock: WatchedClock, worker: Worker
) -> None:
    await begun(api, clock, worker)
    api.fail_next("editMessageText", Breakage.ERROR, 502)
    worker.end(DONE)
    await clock.until_asleep_for(1.0)
    clock.advance(1.0)
    await api.wait_for_message(lambda m: m.text == DONE.text)
    assert len(api.messages(CHAT)) == 1


async def test_where_edits_keep_failing_the_reply_is_posted(
    api: BotApiServer, clock: WatchedClock, worker: Worker
) -> None:
    await begun(api, clock, worker)
    for _ in range(4):
        api.fail_next("editMessageText", Breakage.ERROR, 502)
    worker.end(DONE)
    for _ in range(3):
        await clock.until_asleep_for(1.0)
        clock.advance(1.0)
    await api.wait_for(lambda: [m.text for m in api.messages(CHAT)] == [DONE.text])


async def settled(api: BotApiServer, worker: Worker) -> None:
    """Let what could still be on its way arrive: a later request has been answered."""
    polls = api.updates.polls
    api.say(CHAT, OWNER, "/later")
    await api.wait_for(lambda: api.updates.polls > polls)

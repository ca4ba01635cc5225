"""How far a long command is, on Discord: one message that changes, and that the reply takes over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from chatbot.message import Incoming, Reply
from chatbot.transports.live_progress import LiveProgress
from tests.chat.discord_server import DiscordServer
from tests.chat.discord_trial import Router, WatchedClock, running, transport_for
from tests.chat.discord_world import Fault

DONE = Reply("✅ Rebalance · PAPER\n2 of 2 filled.")


class LongCommand:
    """Shows two steps and waits after each until told to go on."""

    def __init__(self) -> None:
        self.steps = [asyncio.Event(), asyncio.Event()]

    async def __call__(self, message: Incoming) -> Reply | None:
        assert message.progress is not None
        for number, step in enumerate(self.steps, start=1):
            await message.progress(Reply(f"⏳ Step {number} of 2"))
            await step.wait()
        return DONE


async def _watched(server: DiscordServer, ask: Callable[[], Awaitable[object]]) -> list[str]:
    """Every text that the one message had."""
    clock, command = WatchedClock(), LongCommand()
    async with running(server, transport_for(server, clock=clock), Router(), on_message=command):
        await ask()
        texts = [(await server.wait_for_message(lambda m: "Step 1" in m.content)).content]
        command.steps[0].set()
        # The second step waits for its second.
        await clock.until_asleep()
        clock.advance(1.0)
        texts.append((await server.wait_for_message(lambda m: "Step 2" in m.content)).content)
        command.steps[1].set()
        texts.append((await server.wait_for_message(lambda m: "filled" in m.text)).text)
        assert len(server.ours) == 1
    return texts


async def test_of_a_command_is_shown_where_the_answer_will_be(strict: DiscordServer) -> None:
    texts = await _watched(strict, lambda: strict.slash("anna", "status"))
    assert texts == ["⏳ Step 1 of 2", "⏳ Step 2 of 2", DONE.text]


async def test_of_a_mention_is_posted_and_becomes_the_answer(strict: DiscordServer) -> None:
    texts = await _watched(strict, lambda: strict.mention("anna", "/rebalance"))
    assert texts == ["⏳ Step 1 of 2", "⏳ Step 2 of 2", DONE.text]


async def test_that_somebody_deletes_does_not_take_the_answer_with_it(strict: DiscordServer) -> None:
    command = LongCommand()
    async with running(strict, transport_for(strict, clock=WatchedClock()), Router(), on_message=command):
        await strict.mention("anna", "/rebalance")
        shown = await strict.wait_for_message(lambda m: "Step 1" in m.content)
        del strict.world.messages[shown.id]
        for step in command.steps:
            step.set()
        await strict.wait_for_message(lambda m: "filled" in m.text)


async def test_that_fails_is_not_missed(server: DiscordServer) -> None:
    command = LongCommand()
    for step in command.steps:
        step.set()
    async with running(server, transport_for(server), Router(), on_message=command):
        server.fail(Fault("PATCH /webhooks", 403, {"message": "no", "code": 50005}))
        await server.slash("anna", "status")
        await server.wait_for_message(lambda m: "filled" in m.text)


class Screen:
    """Remembers what was shown; holds the first thing back while `held`."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.held: asyncio.Event | None = None

    async def show(self, reply: Reply) -> None:
        if self.held is not None:
            await self.held.wait()
        self.shown.append(reply.text)


async def _turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_is_shown_once_a_second_and_the_newest_wins() -> None:
    screen, clock = Screen(), WatchedClock()
    async with LiveProgress(screen.show, clock) as progress:
        for number in range(5):
            await progress(Reply(f"step {number}"))
            await _turns()
        assert screen.shown == ["step 0"]
        clock.advance(1.0)
        await _turns()
    assert screen.shown == ["step 0", "step 4"]


async def test_never_comes_after_the_answer() -> None:
    screen, clock = Screen(), WatchedClock()
    async with LiveProgress(screen.show, clock) as progress:
        await progress(Reply("step 1"))
        await _turns()
        await progress(Reply("step 2"))
    await _turns()
    await progress(Reply("step 3"))
    await _turns()
    clock.advance(5.0)
    await _turns()
    assert screen.shown == ["step 1"]


async def test_under_way_is_waited_for_before_the_answer() -> None:
    screen, order = Screen(), list[str]()
    screen.held = asyncio.Event()

    async def command() -> None:
        async with LiveProgress(screen.show, WatchedClock()) as progress:
            await progress(Reply("step 1"))
            await _turns()
        order.extend([*screen.shown, "answer"])

    running_command = asyncio.create_task(command())
    await _turns(10)
    screen.held.set()
    await running_command
    assert order == ["step 1", "answer"]

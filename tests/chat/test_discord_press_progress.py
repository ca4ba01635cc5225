"""A press on Discord that takes long shows how far it is in one message, which its reply takes over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from chatbot.message import Incoming, MessageRef, Press, PressReply, Reply
from tests.chat import discord_trial as trial
from tests.chat.discord_server import DiscordServer
from tests.chat.discord_trial import HOME, transport_for

DONE = Reply("⏳ Flatten · PAPER", card="SELL BTC")
CLOSED = Reply("✅ Approved by @ana")


@dataclass
class LongPress(trial.Router):
    """Shows two steps and waits after each until told to go on."""

    steps: list[asyncio.Event] = field(default_factory=lambda: [asyncio.Event(), asyncio.Event()])
    told: asyncio.Queue[MessageRef] = field(default_factory=asyncio.Queue)

    async def on_message(self, message: Incoming) -> Reply | None:
        raise AssertionError("nobody writes here")

    async def on_press(self, press: Press) -> PressReply:
        assert press.progress is not None
        for number, step in enumerate(self.steps, start=1):
            await press.progress(Reply(f"⏳ Step {number} of 2"))
            await step.wait()
        return self.press_reply

    async def hears(self, message: MessageRef) -> None:
        self.told.put_nowait(message)


@asynccontextmanager
async def begun(strict: DiscordServer, router: LongPress) -> AsyncIterator[trial.WatchedClock]:
    clock = trial.WatchedClock()
    transport = transport_for(strict, clock=clock)
    async with trial.running(strict, transport, router):
        ref = await transport.send(HOME, trial.CARD)
        await strict.press(ref.id, "approve:7f3a", "anna")
        await clock.until_asleep()
        assert len(strict.ours) == 1
        clock.advance(1.0)
        await strict.wait_for_message(lambda m: "Step 1" in m.content)
        yield clock


async def test_the_reply_takes_its_place(strict: DiscordServer) -> None:
    router = LongPress()
    router.press_reply = PressReply("", send=DONE.and_told(router.hears))
    async with begun(strict, router) as clock:
        router.steps[0].set()
        await clock.until_asleep()
        clock.advance(1.0)
        shown = await strict.wait_for_message(lambda m: "Step 2" in m.content)
        router.steps[1].set()
        reply = await strict.wait_for_message(lambda m: "Flatten" in m.text)
        assert reply.id == shown.id and len(strict.ours) == 2
        assert await asyncio.wait_for(router.told.get(), 5) == MessageRef(HOME, reply.id)


async def test_goes_away_where_the_card_says_it_all(strict: DiscordServer) -> None:
    router = LongPress(press_reply=PressReply("Approved.", edit=CLOSED))
    async with begun(strict, router):
        for step in router.steps:
            step.set()
        await strict.wait_for(lambda: len(strict.ours) == 1)
        assert "Approved by" in strict.ours[0].text


async def test_that_somebody_deletes_does_not_take_the_reply_with_it(strict: DiscordServer) -> None:
    router = LongPress(press_reply=PressReply("", send=DONE))
    async with begun(strict, router):
        shown = await strict.wait_for_message(lambda m: "Step 1" in m.content)
        del strict.world.messages[shown.id]
        for step in router.steps:
            step.set()
        await strict.wait_for_message(lambda m: "Flatten" in m.text)


async def test_what_follows_at_once_is_told_too(strict: DiscordServer) -> None:
    router = LongPress()
    router.press_reply = PressReply("", send=DONE.and_told(router.hears))
    for step in router.steps:
        step.set()
    transport = transport_for(strict)
    async with trial.running(strict, transport, router):
        ref = await transport.send(HOME, trial.CARD)
        await strict.press(ref.id, "approve:7f3a", "anna")
        reply = await strict.wait_for_message(lambda m: "Flatten" in m.text)
        assert await asyncio.wait_for(router.told.get(), 5) == MessageRef(HOME, reply.id)
    assert all("Step" not in message.text for message in strict.ours)

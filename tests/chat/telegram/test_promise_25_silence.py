"""A connection that is half-open looks alive and says nothing: the bot notices, and is back within 90 seconds."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from chatbot.supervision import keep_running
from tests.chat.bot_api import BotApiServer, serving
from tests.chat.bot_api_world import Breakage, Sent
from tests.chat.telegram.rig import CHAT, OWNER, TOKEN, Person, WatchedClock, transport_to
from tests.proof import Proof
from trading.clock import SystemClock

RUNS = 50
AT_ONCE = 10
ALLOWED = 90.0
REQUEST_SECONDS = 1.0
"""Stands for the 20 s that a request is given in earnest."""


class Watch:
    """Seconds since the network broke: the people's clock, and what the machine itself took."""

    def __init__(self, clock: WatchedClock) -> None:
        self._clock, self._machine = clock, SystemClock()
        self._began = clock.monotonic(), self._machine.monotonic()

    def seconds(self) -> float:
        people, machine = self._began
        return self._clock.monotonic() - people + self._machine.monotonic() - machine


class Trial:
    """One bot, kept running as the program does, and what happens to its network."""

    def __init__(self, api: BotApiServer, clock: WatchedClock, chance: random.Random) -> None:
        self.api = api
        self.clock = clock
        self.chance = chance
        self.asked = 0

    async def works(self) -> None:
        """Somebody asks and is answered."""
        before = len(self.answers())
        self.ask()
        await self.api.wait_for(lambda: len(self.answers()) > before, within=30)

    def ask(self) -> None:
        self.asked += 1
        self.api.say(CHAT, OWNER, "/status")

    def answers(self) -> list[Sent]:
        return self.api.messages(CHAT)

    async def silence_is_noticed(self) -> None:
        """Time goes by until the bot gives the connection up; it pauses before the next."""
        self.clock.forget()
        self.clock.advance(75.0)
        await self.clock.until_asleep_for(1.0)

    async def some_healthy_time(self) -> None:
        for _ in range(self.chance.randrange(3)):
            self.clock.advance(self.chance.randint(1, 20))
            await self.works()


async def stays_open_silently(trial: Trial) -> float:
    """The connections that stand are dead, new ones work."""
    trial.api.half_open()
    watch = Watch(trial.clock)
    trial.ask()
    await trial.silence_is_noticed()
    trial.clock.advance(1.0)
    return await answered(trial, watch)


async def stops_in_the_middle(trial: Trial) -> float:
    """A poll's answer begins and never ends."""
    trial.api.fail_next("getUpdates", Breakage.HALF_ANSWER)
    trial.api.updates.wake()
    polls = trial.api.updates.polls
    await trial.api.wait_for(lambda: trial.api.updates.polls > polls)
    watch = Watch(trial.clock)
    trial.ask()
    await trial.silence_is_noticed()
    trial.clock.advance(1.0)
    return await answered(trial, watch)


async def accepts_and_never_answers(trial: Trial) -> float:
    """Nothing is answered on new connections either, for some attempts; counted from when the network is well."""
    trial.api.go_deaf()
    trial.ask()
    await trial.silence_is_noticed()
    pause = 1.0
    for _ in range(trial.chance.randrange(1, 3)):
        trial.clock.forget()
        trial.clock.advance(pause)
        pause *= 2
        await trial.clock.until_asleep_for(pause)
    trial.api.hear_again()
    watch = Watch(trial.clock)
    trial.clock.advance(pause)
    return await answered(trial, watch)


async def answered(trial: Trial, watch: Watch) -> float:
    """Seconds until everything that was asked has its answer, and the next question too."""
    await trial.api.wait_for(lambda: len(trial.answers()) == trial.asked, within=30)
    took = watch.seconds()
    await trial.works()
    return took


KINDS = (stays_open_silently, stops_in_the_middle, accepts_and_never_answers)


async def test_a_half_open_connection_heals_within_ninety_seconds(proof: Proof, scale: int) -> None:
    turns = asyncio.Semaphore(AT_ONCE)
    took = await asyncio.gather(*(one_run(seed, turns) for seed in range(RUNS * scale)))
    late = [seconds for seconds in took if seconds > ALLOWED]
    proof(25, cases=len(took), violations=len(late))


async def one_run(seed: int, turns: asyncio.Semaphore) -> float:
    async with turns, kept_running(random.Random(seed)) as trial:
        await trial.works()
        await trial.some_healthy_time()
        return await KINDS[seed % len(KINDS)](trial)


@asynccontextmanager
async def kept_running(chance: random.Random) -> AsyncIterator[Trial]:
    clock, person = WatchedClock(), Person()
    async with serving(TOKEN, clock) as api:
        api.open_chat(CHAT)
        transport = transport_to(api, clock, timeout=REQUEST_SECONDS)
        bot = asyncio.create_task(
            keep_running("telegram", partial(transport.run, person.on_message, person.on_press), clock)
        )
        try:
            yield Trial(api, clock, chance)
        finally:
            bot.cancel()
            await asyncio.wait({bot})

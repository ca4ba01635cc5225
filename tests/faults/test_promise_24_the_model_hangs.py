"""Promise 24: while a model's answer does not come, switches answer within a second, and so does everything else."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from chatbot.access.roles import Access
from chatbot.agent.agent import Agent
from chatbot.commands.catalogue import catalogue
from chatbot.message import Actor, Channel, Incoming, Reply
from chatbot.router import Router
from chatbot.settings import ChatSettings
from chatbot.store.chat_store import ChatStore
from tests.proof import Proof
from tests.unit.chatbot.fake_transport import CountingCharts
from tests.world import SmallWorld, limits, rules, started
from trading.clock import SystemClock
from trading.contract import ModelTurn, ToolSpec, Utterance
from trading.decision.planners import Planned
from trading.decision.snapshots import Snapshot
from trading.domain.risk import TradingState

OWNER, HOME = Actor("telegram", "42", "owner"), Channel("telegram", "42")
QUESTION = "would a wiser mind than mine be calm about all of this"
SWITCHES = ("/flatten", "/pause", "/halt")
ROUNDS = 34
"""A hundred and two switches: the slowest but one is the 99th percentile."""
WITHIN_SECONDS = 1.0
ASKED = ("/status", "/trades", "/pnl today", "/pending", "/buy 10 btc", "/plan", "what do we hold", "/help")


class HangingModel:
    """A model that is asked and does not answer before it is let."""

    name = "a model that hangs"

    def __init__(self) -> None:
        self.asked, self.answers = asyncio.Event(), asyncio.Event()

    async def converse(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        await self._hang()
        return ModelTurn("")

    async def plan(self, snapshot: Snapshot) -> Planned:
        await self._hang()
        raise AssertionError("it was never let")

    def outlook(self, snapshot: Snapshot) -> str:
        return ""

    async def _hang(self) -> None:
        self.asked.set()
        await self.answers.wait()


@dataclass
class Bot:
    """A real router over a real core, spoken to as its owner."""

    world: SmallWorld
    router: Router
    clock: SystemClock
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def ask(self, text: str) -> Reply:
        reply = await self.router.on_message(Incoming(OWNER, HOME, text, f"u{next(self.numbers)}", self.clock.now()))
        assert reply is not None
        return reply

    async def seconds(self, text: str) -> float:
        """How long the answer to `text` takes."""
        began = self.clock.monotonic()
        await self.ask(text)
        return self.clock.monotonic() - began


@asynccontextmanager
async def hanging() -> AsyncIterator[Bot]:
    """A bot that waits for a model twice: for the answer to a question, and for a rebalance's decision."""
    talks, decides, clock = HangingModel(), HangingModel(), SystemClock()
    world = await started(told=rules(limits=limits(approval_threshold=Decimal(50))), planner=decides)
    store = ChatStore("sqlite+aiosqlite:///:memory:")
    await store.open()
    access = Access(ChatSettings.model_validate({"telegram_chat_id": HOME.id}))
    charts = CountingCharts()
    agent = Agent(world.desk, charts, talks)
    bot = Bot(world, Router(world.desk, access, store, catalogue(), agent, charts, clock), clock)  # type: ignore[arg-type]
    await world.buy("0.2")
    waiting = [asyncio.create_task(bot.ask(QUESTION)), asyncio.create_task(bot.ask("/rebalance"))]
    try:
        async with asyncio.timeout(20):
            await asyncio.gather(talks.asked.wait(), decides.asked.wait())
        yield bot
        assert not any(task.done() for task in waiting), "the model was to hang all the while"
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await store.close()


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with hanging() as waiting:
        yield waiting


async def test_switches_answer_within_a_second_while_two_model_calls_hang(bot: Bot, proof: Proof, scale: int) -> None:
    times = []
    for _ in range(ROUNDS * scale):
        for switch in SWITCHES:
            times.append(await bot.seconds(switch))
        assert bot.world.core.switch.state is TradingState.HALTED
        await bot.ask("/resume confirm")
    slow = sum(time > WITHIN_SECONDS for time in times)
    assert slow <= len(times) // 100
    proof(24, cases=len(times))


async def test_64_messages_at_once_are_all_answered_and_a_switch_among_them(bot: Bot, proof: Proof) -> None:
    texts = [*itertools.islice(itertools.cycle(ASKED), 63), "/halt"]
    async with asyncio.timeout(20):
        replies = await asyncio.gather(*(bot.ask(text) for text in texts))
    assert all(reply.text for reply in replies)
    assert bot.world.core.switch.state is TradingState.HALTED
    proof(24, cases=len(replies))


async def test_a_second_rebalance_is_answered_at_once_that_one_is_being_decided(bot: Bot) -> None:
    async with asyncio.timeout(5):
        reply = await bot.ask("/rebalance")
    assert not reply.ok
    assert "being decided" in reply.text


async def test_a_second_question_for_the_model_holds_nobody_up(bot: Bot) -> None:
    other = asyncio.create_task(bot.ask(f"{QUESTION} too"))
    assert await bot.seconds("/halt") < WITHIN_SECONDS
    assert not other.done()
    other.cancel()

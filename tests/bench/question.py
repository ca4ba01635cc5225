"""Free-text questions answered without a model, from a ledger that has seen a lot."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from chatbot.agent.agent import Agent
from chatbot.message import Reply
from chatbot.present.charts import Charts
from tests.bench.figures import Figure, Section, transposed
from tests.bench.full_ledger import write_ledger
from tests.bench.loop import run
from tests.bench.simulated_world import settings, simulated_world
from tests.bench.size import Size
from trading.store.sql import SqlStore

QUESTIONS = (
    "what do we hold?",
    "what did we trade last week?",
    "what is the profit this month?",
    "why did we buy BTC?",
    "what fees did we pay?",
    "what's my total profit this year?",
    "what's my win rate?",
    "what are my best trades?",
    "has my last order filled?",
    "why was my order rejected?",
    "list my pending orders",
    "what's the RSI on BTC 4h?",
    "give me a market summary",
    "what's my max drawdown limit?",
    "how much cash do I have?",
    "why is my bot not making trades?",
)
ASKED = 5


def question(size: Size) -> Section:
    samples = run(_runs(size))
    figures = (Figure(f'"{text}"', "CPU ms", times) for text, times in zip(QUESTIONS, samples, strict=True))
    title = f"An offline question to a SQLite ledger of {size.fills:,} fills"
    return Section(title, tuple(figures), (f"mean of {ASKED} askings",))


async def _runs(size: Size) -> tuple[tuple[float, ...], ...]:
    """CPU milliseconds by question, one sample per run."""
    with TemporaryDirectory() as folder:
        await _write(Path(folder), size.fills)
        async with simulated_world(Path(folder), days=1) as running:
            await running.core.open()
            charts = Charts()
            agent = Agent(running.core.desk, charts)
            for text in QUESTIONS:
                _understood(text, await agent.answer("bench", text))
            runs = [[await _milliseconds(agent, text) for text in QUESTIONS] for _ in range(size.runs)]
            charts.close()
            return transposed(runs)


async def _write(folder: Path, fills: int) -> None:
    store = SqlStore(settings(folder).store_url)
    await store.open()
    await write_ledger(store, fills)
    await store.close()


async def _milliseconds(agent: Agent, text: str) -> float:
    began = time.process_time()
    for _ in range(ASKED):
        await agent.answer("bench", text)
    return (time.process_time() - began) / ASKED * 1000


def _understood(text: str, reply: Reply) -> None:
    """A refusal would be fast, and prove nothing."""
    if not reply.ok:
        raise RuntimeError(f"{text!r} was not answered: {reply.plain()}")

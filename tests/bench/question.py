"""Free-text questions answered without a model, from a ledger that has seen a lot."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from chatbot.agent.agent import Agent
from chatbot.message import Reply
from chatbot.present.charts import Charts
from tests.bench.figures import Figure, Section
from tests.bench.full_ledger import write_ledger
from tests.bench.loop import run
from tests.bench.simulated_world import settings, simulated_world
from tests.bench.size import Size
from trading.contract import Performance
from trading.store.sql import SqlStore

QUESTIONS = (
    "what do we hold?",
    "what did we trade last week?",
    "what is the profit this month?",
    "why did we buy BTC?",
    "what fees did we pay?",
    "what's my total profit this year?",
    "what is my profit by coin?",
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
    "what is the health of the bot?",
    "what is our exposure?",
    "what is our sharpe ratio?",
    "how are we doing against BTC?",
)
DRAWN = ("what is our sharpe ratio?", "how are we doing against BTC?")
"""Those whose answer comes with a picture of the whole curve."""
ASKED = 5


class _Undrawn:
    """Pictures that cost nothing: what is left is the answer."""

    async def equity(self, performance: Performance) -> bytes:
        return b""


def question(size: Size) -> Section:
    notes = (
        f"mean of {ASKED} askings; a picture is drawn in a thread, beside the answer's own cost",
        "once after a start: sums over the whole past, in portions; the running bot makes them by itself",
    )
    title = f"An offline question to a SQLite ledger of {size.fills:,} fills"
    return Section(title, tuple(run(_figures(size))), notes)


async def _figures(size: Size) -> Sequence[Figure]:
    with TemporaryDirectory() as folder:
        await _write(Path(folder), size.fills)
        async with simulated_world(Path(folder), days=1) as running:
            await running.core.open()
            charts, reader = Charts(), running.core.desk
            answering, drawing = Agent(reader, _Undrawn()), Agent(reader, charts)
            first = await _milliseconds(answering, "what's my total profit this year?", 1)
            figures = [Figure("the first one after a start", "CPU ms", (first,))]
            figures += [await _figure(answering, text, f'"{text}"', size.runs) for text in QUESTIONS]
            figures += [await _figure(drawing, text, f'"{text}" and its picture', size.runs) for text in DRAWN]
            charts.close()
            return figures


async def _figure(agent: Agent, text: str, name: str, runs: int) -> Figure:
    """CPU milliseconds, one sample per run, once everything is warm."""
    _understood(text, await agent.answer("bench", text))
    return Figure(name, "CPU ms", tuple([await _milliseconds(agent, text, ASKED) for _ in range(runs)]))


async def _write(folder: Path, fills: int) -> None:
    store = SqlStore(settings(folder).store_url)
    await store.open()
    await write_ledger(store, fills)
    await store.close()


async def _milliseconds(agent: Agent, text: str, times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        await agent.answer("bench", text)
    return (time.process_time() - began) / times * 1000


def _understood(text: str, reply: Reply) -> None:
    """A refusal would be fast, and prove nothing."""
    if not reply.ok:
        raise RuntimeError(f"{text!r} was not answered: {reply.plain()}")

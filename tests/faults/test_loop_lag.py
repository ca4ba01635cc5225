"""Promise 27: the event loop never blocks, not even while a rebalance trades and a chart is drawn."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from chatbot.agent.agent import Agent
from chatbot.app import ChatApp
from chatbot.message import Actor, Channel, Incoming, Reply
from chatbot.present import charts
from chatbot.present.charts import Charts
from chatbot.settings import ChatSettings
from chatbot.store.chat_store import ChatStore
from tests.bench.simulated_world import simulated_world
from tests.proof import Proof
from tests.unit.chatbot.fake_transport import FakeTransport
from trading.clock import SystemClock

QUESTIONS = ("how did we do vs BTC?", "/status", "/chart btc", "show my trades", "/pnl", "/report")
P99, MAXIMUM = 0.050, 0.250
"""Seconds."""


class MeasuredLoop(asyncio.SelectorEventLoop):
    """Notes how long each turn keeps everybody else waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[float] = []

    def _run_once(self) -> None:
        began = time.thread_time()
        super()._run_once()  # type: ignore[misc]
        self.turns.append(time.thread_time() - began)


async def answered(app: ChatApp, text: str) -> Reply:
    owner, here = Actor("terminal", "owner", "owner"), Channel("terminal", "test")
    reply = await app.router.on_message(Incoming(owner, here, text, secrets.token_hex(8), SystemClock().now()))
    assert reply is not None
    return reply


async def a_day_with_questions(state: Path) -> tuple[list[Reply], list[Reply]]:
    """A simulated day with its rebalance and its report, while somebody asks; what was answered and what was told."""
    clock = SystemClock()
    async with simulated_world(state, days=1) as running:
        await running.core.start()
        store = ChatStore(f"sqlite:///{state / 'chat.db'}")
        await store.open()
        transport, pictures, desk = FakeTransport(), Charts(), running.core.desk
        app = ChatApp(desk, [transport], store, ChatSettings(), Agent(desk, pictures), pictures, clock)
        measured = asyncio.get_running_loop()
        assert isinstance(measured, MeasuredLoop)
        measured.turns.clear()  # Nobody waits for a program that is still starting.
        silence = asyncio.Event()
        chatting = asyncio.create_task(app.run(silence))
        living = asyncio.create_task(running.main())
        answers = [await answered(app, question) for question in QUESTIONS]
        await living
        answers += [await answered(app, question) for question in QUESTIONS]
        await app.caught_up()
        silence.set()
        await chatting
        await app.close()
    return answers, transport.sent


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """The first picture of a process imports its library; that happens in the thread that draws, and only once."""
    import matplotlib.figure  # noqa: F401


@pytest.fixture
def drawn_in(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The threads in which pictures of the equity are drawn."""
    threads: set[int] = set()
    draw = charts.equity_chart

    def noted(*told: Any, **how: Any) -> bytes:
        threads.add(threading.get_ident())
        return draw(*told, **how)

    monkeypatch.setattr(charts, "equity_chart", noted)
    return threads


def test_no_turn_of_the_loop_keeps_others_waiting(tmp_path: Path, drawn_in: set[int], proof: Proof) -> None:
    """Counted is the CPU time of each turn of the loop's own thread: what the machine gives to other programs
    meanwhile is not ours, and neither is what other threads do, though they take turns with it on the interpreter.
    """
    loops: list[MeasuredLoop] = []

    def new_loop() -> MeasuredLoop:
        loops.append(MeasuredLoop())
        return loops[-1]

    with asyncio.Runner(loop_factory=new_loop) as runner:
        answers, told = runner.run(a_day_with_questions(tmp_path))
    turns = sorted(loops[0].turns)
    assert any(reply.pictures for reply in answers), "no chart was drawn"
    assert drawn_in, "no chart was drawn"
    assert threading.get_ident() not in drawn_in, "a chart was drawn on the loop"
    assert len(told) > 2, "nothing happened"
    p99, longest = turns[len(turns) * 99 // 100], turns[-1]
    assert p99 < P99, f"one turn in a hundred takes {p99 * 1000:.0f} ms"
    assert longest < MAXIMUM, f"the longest turn takes {longest * 1000:.0f} ms"
    proof(27, cases=len(turns))

"""Stopping as a service manager, a person and a second start do it; nothing stays behind."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from tests.flows.model_server import KEY, ModelServer, silence
from tests.flows.page import WITHIN, said
from tests.flows.program import Bot, command, running

QUICK = ("demo", "--day", "2")


async def test_after_sigterm_nothing_stays_behind_and_it_starts_again_where_it_was(tmp_path: Path) -> None:
    async with running(tmp_path, *QUICK) as bot:
        card = await bot.page.card()
        await _stops_cleanly(bot, signal.SIGTERM)
    async with running(tmp_path, *QUICK) as bot:
        assert (await bot.page.card())["buttons"] == card["buttons"]
        assert [event["first_start"] for event in bot.books.events("started")] == [True, False]
        assert len(bot.books.rows("cash_flows")) == 1
        await _stops_cleanly(bot, signal.SIGTERM)


async def test_ctrl_c_in_the_middle_of_trading_ends_it_as_cleanly(tmp_path: Path) -> None:
    async with running(tmp_path, "demo", "--day", "1", APPROVAL_MODES="live") as bot:
        await bot.page.message("Report")
        await _stops_cleanly(bot, signal.SIGINT)
        assert bot.books.fills
        assert bot.books.close().agrees()


async def test_a_model_that_never_answers_holds_up_neither_the_chat_nor_the_stop(tmp_path: Path) -> None:
    async with ModelServer() as server:
        server.script(silence())
        async with running(tmp_path, "demo", "--day", "20", OPENAI_API_KEY=KEY, OPENAI_BASE_URL=server.url) as bot:
            async with asyncio.timeout(WITHIN):
                while not server.requests:
                    await bot.page.ask("/help")
            assert "Equity" in said(await bot.page.ask("/status"))
            await _stops_cleanly(bot, signal.SIGTERM)
            assert bot.books.rows("orders") == []


async def test_a_second_one_on_the_same_state_refuses_in_one_sentence(tmp_path: Path) -> None:
    async with running(tmp_path, *QUICK) as bot:
        code, printed, errors = await command(tmp_path, *QUICK)
        assert (code, printed) == (1, "")
        assert errors.count("\n") == 0
        assert f"Another Purser is running on {bot.state}" in errors
        assert (await bot.page.ask("/status"))["ok"], "the first one is not disturbed"


async def _stops_cleanly(bot: Bot, number: signal.Signals) -> None:
    # `stop` allows five seconds.
    assert await bot.program.stop(number) == 0
    assert bot.program.errors == []
    assert not (bot.state / "running.json").exists()
    assert _processes_in(bot.state.parent) == []


def _processes_in(folder: Path) -> list[str]:
    """The processes that work in `folder`: only a child that was left behind would."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == folder:
                found.append(process.name)
        except OSError:
            continue
    return found

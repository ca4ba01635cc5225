"""The command line: what it lists, how it refuses, and how it talks to a state directory without a running bot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.program import LINK, Program, command, running
from tests.flows.recording import SYMBOLS, record


async def test_help_lists_the_commands(tmp_path: Path) -> None:
    code, printed, _ = await command(tmp_path, "--help")
    assert code == 0
    assert all(name in printed for name in ("run", "demo", "ask", "press", "chat", "replay"))


async def test_a_bad_setting_is_refused_in_one_sentence_that_names_it(tmp_path: Path) -> None:
    code, printed, errors = await command(tmp_path, "demo", APPROVAL_TTL_SECONDS="soon")
    assert (code, printed) == (1, "")
    assert errors == 'APPROVAL_TTL_SECONDS is "soon"; allowed is a whole number from 10 to 86400.'


async def test_a_mistyped_setting_in_the_file_is_refused_with_the_one_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("APROVAL_THRESHOLD=10\n")
    code, _, errors = await command(tmp_path, "run")
    assert code == 1
    assert errors == ".env has APROVAL_THRESHOLD, which is not a setting; did you mean APPROVAL_THRESHOLD?"


async def test_asking_where_no_portfolio_is_says_how_to_start_one(tmp_path: Path) -> None:
    code, printed, errors = await command(tmp_path, "ask", "/status")
    assert (code, printed) == (1, "")
    assert "There is no portfolio" in errors
    assert errors.count("\n") == 0


async def test_without_a_command_and_without_settings_it_is_the_demo(tmp_path: Path) -> None:
    program = await Program.started(tmp_path)
    try:
        await program.printed(LINK)
        assert "Purser demo · PAPER · SIMULATED MARKET" in program.output
        assert await program.stop() == 0
        assert program.errors == []
    finally:
        await program.kill()


async def test_it_talks_to_the_running_bot_and_where_none_runs_to_the_state_directory(tmp_path: Path) -> None:
    async with running(tmp_path, "demo", "--day", "60") as bot:
        await bot.page.card()
        pending = await _said(tmp_path, "ask", "/pending")
        approve = next(each["id"] for each in pending["buttons"] if each["id"].startswith("ok:"))
        assert "Approved by @owner" in (await _said(tmp_path, "press", approve))["text"]
        await bot.page.message("Approved by @owner")
        await bot.program.stop()
    filled = len(bot.books.fills)
    assert filled

    preview = await _said(tmp_path, "ask", "/buy 40 btc")
    confirm = next(each["id"] for each in preview["buttons"] if each["label"] == "Confirm")
    assert "Confirmed by @owner" in (await _said(tmp_path, "press", confirm))["text"]
    assert [fill["symbol"] for fill in bot.books.fills[filled:]] == ["BTC/USD"]


async def _said(folder: Path, *arguments: str) -> dict[str, Any]:
    """What `main.py arguments --json` printed."""
    code, printed, errors = await command(folder, *arguments, "--json")
    assert (code, errors) == (0, "")
    reply: dict[str, Any] = json.loads(printed)
    assert set(reply) == {"text", "tables", "pictures", "buttons", "ok"}
    assert reply["ok"] is True
    assert all(set(each) == {"label", "id"} for each in reply["buttons"])
    return reply


@pytest.fixture(scope="module")
def candles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("candles")
    record(folder, days=10)
    return folder


async def test_a_replay_prints_its_result_and_writes_it_down(tmp_path: Path, candles: Path) -> None:
    result = tmp_path / "result.json"
    code, printed, _ = await command(
        tmp_path, "replay", "--candles", str(candles), "--symbols", SYMBOLS, "--strategy", "sma_cross",
        "--set", "fast=5", "--set", "slow=12", "--fee", "0.0026", "--json", str(result),
    )  # fmt: skip
    assert code == 0
    written = json.loads(result.read_text())
    assert (written["strategy"], written["residual"]) == ("sma_cross", "0")
    assert written["fills"]
    assert written["bars"] > 0
    assert "sma_cross" in printed


async def test_a_replay_of_an_unknown_pair_is_refused_in_one_sentence(tmp_path: Path, candles: Path) -> None:
    code, _, errors = await command(tmp_path, "replay", "--candles", str(candles), "--symbols", "DOGE/USDT")
    assert code == 1
    assert "DOGE/USDT" in errors.splitlines()[-1]
    assert "Traceback" not in errors

"""The benchmark runs as it is called, and prints every figure that it promises."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.bench.process import PROJECT

FIGURES = (
    "main.py demo, until it prints its address",
    "bare process: import ccxt, telegram",
    "main.py demo over bare",
    "main.py demo, peak memory",
    "bare process, peak memory",
    "Purser, /status",
    'Purser, "what do we hold?"',
    "bare python-telegram-bot, echo",
    "/status over echo",
    "question over echo",
    "replay engine",
    "plain loop: numpy signals, floats, no books",
    "plain loop over engine",
    "our picture",
    "bare matplotlib Figure and Agg, same data and pixels",
    "our picture over bare",
    "one simulated day in a SQLite file",
    '"what did we trade last week?"',
    '"why did we buy BTC?"',
    "the first one after a start",
    '"how are we doing against BTC?"',
    '"how are we doing against BTC?" and its picture',
)


@pytest.fixture(scope="module")
def printed() -> str:
    command = [sys.executable, "-m", "tests.bench", "--quick"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(printed: str) -> dict[str, list[float]]:
    """Minimum, median and maximum by figure."""
    row = re.compile(r"^  (\S.*?)  +(?:CPU m?s|MiB|times|candles/s)((?: +[\d.,]+){3})$", re.MULTILINE)
    return {name: [float(v.replace(",", "")) for v in values.split()] for name, values in row.findall(printed)}


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_is_printed_with_three_numbers_above_zero(printed: str, figure: str) -> None:
    low, middle, high = rows(printed)[figure]
    assert 0 < low <= middle <= high


def test_the_machine_and_the_versions_stand_first(printed: str) -> None:
    machine, libraries = printed.split("\n", 1)
    assert "cores" in machine and f"Python {sys.version_info.major}.{sys.version_info.minor}" in machine
    assert "ccxt 4." in libraries and "python-telegram-bot 2" in libraries


def test_engine_and_plain_loop_trade_equally_often(printed: str) -> None:
    engine, plain = re.findall(r"(?:engine|plain loop): ([\d,]+) fills", printed)
    assert engine == plain


def test_no_line_is_wider_than_a_hundred_columns(printed: str) -> None:
    assert max(map(len, printed.splitlines())) <= 100

"""A run over recorded candles, to its end: reports, a summary, books that close, and answers afterwards."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from tests.candles import SHARED_CANDLES, needs_shared_candles
from tests.flows.books import Books
from tests.flows.figures import change, standing
from tests.flows.program import command
from tests.flows.recording import START, SYMBOLS, record

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAYS = 6


@dataclass(frozen=True)
class Run:
    """A run that is over."""

    folder: Path
    candles: Path
    code: int
    printed: str
    errors: str

    @property
    def books(self) -> Books:
        return Books(self.folder / "state")

    def exported(self, name: str) -> list[dict[str, str]]:
        with (self.folder / "state" / "exports" / name).open(newline="") as file:
            return list(csv.DictReader(file))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("recorded")
    candles = folder / "candles"
    settings = record(candles, DAYS)
    code, printed, errors = await command(folder, "run", "--from", f"{START:%Y-%m-%d}", "--day", "0.3", **settings)
    return Run(folder, candles, code, printed, errors)


class TestTheRun:
    async def test_ends_by_itself_without_a_complaint(self, run: Run) -> None:
        assert (run.code, run.errors) == (0, "")

    async def test_traded(self, run: Run) -> None:
        assert len(run.books.fills) > 3

    async def test_makes_one_report_for_each_local_day(self, run: Run) -> None:
        due = [event["local_date"] for event in run.books.events("report_due")]
        assert due == [day.isoformat() for day in _days()]

    async def test_tells_every_report(self, run: Run) -> None:
        for day in _days():
            assert re.search(rf"Report {day.day} {day:%b} · PAPER", run.printed), f"no report of {day}"

    async def test_rebalances_once_on_each_local_day(self, run: Run) -> None:
        slots = [row["slot"] for row in run.books.rows("slots") if row["job"] == "rebalance"]
        assert len(slots) == len(set(slots)) == DAYS
        assert len(run.books.rows("cycles")) == DAYS


class TestTheSummary:
    async def test_tells_the_result_against_bitcoin_and_ether(self, run: Run) -> None:
        ours, theirs = _returns(run)
        summary = run.printed[run.printed.index("Run ended") :]
        assert standing(ours, theirs["BTC"], "BTC") in summary
        assert f"You {change(ours)}, BTC {change(theirs['BTC'])}, ETH {change(theirs['ETH'])}." in summary

    async def test_tells_figures_that_the_candle_files_bear_out(self, run: Run) -> None:
        ours, theirs = _returns(run)
        closes = {base: _prices(run.candles, base) for base in ("BTC", "ETH", "SOL")}
        for base, growth in theirs.items():
            opened, closed = closes[base]
            assert abs(closed / opened - 1 - growth) < Decimal("0.0001")
        held = run.books.close().held
        equity = sum((held.get(base, Decimal(0)) * closed for base, (_, closed) in closes.items()), held["USDT"])
        assert abs(equity / 10_000 - 1 - ours) < Decimal("0.0001")

    async def test_has_books_that_close_exactly(self, run: Run) -> None:
        assert "Ledger residual 0." in run.printed
        assert run.books.close().agrees()
        assert [Decimal(event["residual"]) for event in run.books.events("run_ended")] == [0]


class TestTheExports:
    async def test_have_every_trade(self, run: Run) -> None:
        exported = [(row["trade_id"], Decimal(row["quantity"])) for row in run.exported("trades.csv")]
        assert exported == [(fill["trade_id"], Decimal(fill["quantity"])) for fill in run.books.fills]

    async def test_have_every_point_of_the_equity_curve(self, run: Run) -> None:
        exported = [Decimal(row["equity"]) for row in run.exported("equity.csv")]
        assert exported == [Decimal(point["equity"]) for point in run.books.rows("equity_points")]

    async def test_have_every_thesis(self, run: Run) -> None:
        log = (run.folder / "state" / "exports" / "thesis_log.md").read_text()
        assert log.startswith("# Thesis log")
        for thesis in run.books.rows("theses"):
            assert thesis["text"] in log


async def test_afterwards_the_state_directory_answers_by_itself_and_does_not_change(run: Run) -> None:
    before = run.books.rows("journal"), run.books.rows("equity_points")
    code, printed, _ = await command(run.folder, "ask", "how did we do vs BTC?", "--json")
    reply = json.loads(printed)
    ours, theirs = _returns(run)
    assert code == 0
    assert standing(ours, theirs["BTC"], "BTC") in reply["text"]
    (picture,) = map(Path, reply["pictures"])
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert (run.books.rows("journal"), run.books.rows("equity_points")) == before


def _days() -> list[date]:
    """The local days of the run."""
    return [(START + timedelta(days=day)).date() for day in range(DAYS)]


def _returns(run: Run) -> tuple[Decimal, dict[str, Decimal]]:
    """Growth from the first to the last equity point, ours and each benchmark's."""
    points = run.books.rows("equity_points")
    before, after = (json.loads(points[place]["benchmarks"]) for place in (0, -1))
    theirs = {asset: Decimal(after[asset]) / Decimal(before[asset]) - 1 for asset in before}
    return Decimal(points[-1]["equity"]) / Decimal(points[0]["equity"]) - 1, theirs


def _prices(folder: Path, base: str) -> tuple[Decimal, Decimal]:
    """The price at the start of the run and the last close."""
    with (folder / f"BINANCE_{base}_USDT_1h.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    start = next(row for row in rows if int(row["timestamp"]) == int(START.timestamp() * 1000))
    return Decimal(start["open"]), Decimal(rows[-1]["close"])


@needs_shared_candles
async def test_ten_real_days_run_to_the_end_with_books_that_close(tmp_path: Path) -> None:
    settings = {"MARKET": "recorded", "CANDLES_DIR": str(SHARED_CANDLES), "SYMBOLS": SYMBOLS, "TIMEFRAME": "1h"}
    code, printed, errors = await command(
        tmp_path, "run", "--from", "2025-01-01", "--to", "2025-01-11", "--day", "0", **settings
    )
    books = Books(tmp_path / "state")
    assert (code, errors) == (0, "")
    assert "Ledger residual 0." in printed
    assert len(books.events("report_due")) == 10
    assert len([row for row in books.rows("slots") if row["job"] == "rebalance"]) == 10
    assert books.close().agrees()
    assert books.fills, "January 2025 had trends to follow"

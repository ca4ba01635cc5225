"""The files that people open."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.trading.store.facts import at, batch, equity_point, fill, intent, order, thesis
from trading.domain.order import OrderStatus
from trading.errors import Retryable
from trading.store.append_file import csv_lines
from trading.store.memory import MemoryStore
from trading.store.mirrors import EQUITY_COLUMNS, TRADE_COLUMNS, Mirrors


@pytest.fixture
async def store() -> MemoryStore:
    store = MemoryStore()
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order(status=OrderStatus.FILLED)])
    return store


async def trade(store: MemoryStore, name: str, minutes: float = 0) -> None:
    async with store.transaction() as tx:
        await tx.add_fill(fill(name, at=at(minutes)))


async def catch_up(folder: Path, store: MemoryStore) -> None:
    """As after a restart: nothing is remembered but what the files say."""
    await Mirrors(folder, store, "USD").catch_up()


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def trade_ids(folder: Path) -> list[str]:
    return [row[1] for row in rows(folder / "trades.csv")[1:]]


async def test_a_trade_becomes_a_line_with_what_led_to_it(store: MemoryStore, tmp_path: Path) -> None:
    await trade(store, "t1")
    await catch_up(tmp_path, store)
    heading, line = rows(tmp_path / "trades.csv")
    assert ",".join(heading) == TRADE_COLUMNS
    assert line == [
        "2025-03-01T12:00:00+00:00",
        "t1",
        "BTC/USD",
        "buy",
        "0.01",
        "100.10",
        "1.0010",
        "0.4000",
        "USD",
        "0",
        "manual",
        "'@ana",
        "asked for",
        "order",
    ]


async def test_an_equity_point_becomes_a_line_and_an_unknown_price_an_empty_cell(
    store: MemoryStore, tmp_path: Path
) -> None:
    async with store.transaction() as tx:
        await tx.add_equity_point(equity_point(0, "1E+2", exposure=Decimal("0.60")))
    await catch_up(tmp_path, store)
    heading, line = rows(tmp_path / "equity.csv")
    assert ",".join(heading) == EQUITY_COLUMNS
    assert line == ["2025-03-01T12:00:00+00:00", "100", "40", "0", "0.60", "61000.10", ""]


async def test_a_thesis_becomes_an_entry_with_its_time_and_decider(store: MemoryStore, tmp_path: Path) -> None:
    async with store.transaction() as tx:
        await tx.add_thesis(thesis("one", 0, "Bitcoin leads.\nEther follows."))
        await tx.add_thesis(thesis("two", 60, "Calm."))
    await catch_up(tmp_path, store)
    log = (tmp_path / "thesis_log.md").read_text(encoding="utf-8")
    assert "kept in USD" in log
    assert "## 2025-03-01 12:00 UTC, allocator\n\n> Bitcoin leads.\n> Ether follows.\n" in log
    assert log.index("12:00 UTC") < log.index("13:00 UTC")


async def test_catching_up_again_adds_only_what_is_new(store: MemoryStore, tmp_path: Path) -> None:
    mirrors = Mirrors(tmp_path, store, "USD")
    for n in range(3):
        await trade(store, f"t{n}", n)
        async with store.transaction() as tx:
            await tx.add_equity_point(equity_point(n))
            await tx.add_thesis(thesis(str(n), n))
        await mirrors.catch_up()
        await mirrors.catch_up()
        await catch_up(tmp_path, store)
    assert trade_ids(tmp_path) == ["t0", "t1", "t2"]
    assert len(rows(tmp_path / "equity.csv")) == 4
    assert (tmp_path / "thesis_log.md").read_text(encoding="utf-8").count("\n## ") == 3


async def test_a_trade_that_the_venue_reports_late_is_added(store: MemoryStore, tmp_path: Path) -> None:
    mirrors = Mirrors(tmp_path, store, "USD")
    await trade(store, "new", 600)
    await mirrors.catch_up()
    await trade(store, "late", 0)
    await mirrors.catch_up()
    await catch_up(tmp_path, store)
    assert trade_ids(tmp_path) == ["new", "late"]


@pytest.mark.parametrize("name", ["trades.csv", "equity.csv", "thesis_log.md"])
async def test_a_crash_at_any_byte_of_an_append_neither_loses_nor_repeats_a_record(
    store: MemoryStore, tmp_path: Path, name: str
) -> None:
    async def fact(n: int) -> None:
        await trade(store, f"t{n}", n)
        async with store.transaction() as tx:
            await tx.add_equity_point(equity_point(n))
            await tx.add_thesis(thesis(str(n), n, "Calm.\n## not a heading"))

    await fact(0)
    await catch_up(tmp_path, store)
    before = len((tmp_path / name).read_bytes())
    await fact(1)
    await fact(2)
    await catch_up(tmp_path, store)
    whole = (tmp_path / name).read_bytes()
    for crash in range(before, len(whole)):
        (tmp_path / name).write_bytes(whole[:crash])
        await catch_up(tmp_path, store)
        assert (tmp_path / name).read_bytes() == whole, crash


async def test_a_deleted_file_is_written_again_in_full(store: MemoryStore, tmp_path: Path) -> None:
    mirrors = Mirrors(tmp_path, store, "USD")
    await trade(store, "t1")
    await mirrors.catch_up()
    (tmp_path / "trades.csv").unlink()
    await mirrors.catch_up()
    assert trade_ids(tmp_path) == ["t1"]


async def test_many_theses_missed_at_once_are_all_written(store: MemoryStore, tmp_path: Path) -> None:
    async with store.transaction() as tx:
        for n in range(100):
            await tx.add_thesis(thesis(str(n), n))
    await catch_up(tmp_path, store)
    assert (tmp_path / "thesis_log.md").read_text(encoding="utf-8").count("\n## ") == 100


async def test_notes_that_people_add_to_the_log_stay(store: MemoryStore, tmp_path: Path) -> None:
    async with store.transaction() as tx:
        await tx.add_thesis(thesis("one"))
    await catch_up(tmp_path, store)
    with (tmp_path / "thesis_log.md").open("a", encoding="utf-8") as log:
        log.write("\nI disagree.\n")
    async with store.transaction() as tx:
        await tx.add_thesis(thesis("two", 5))
    await catch_up(tmp_path, store)
    log_text = (tmp_path / "thesis_log.md").read_text(encoding="utf-8")
    assert "I disagree." in log_text
    assert log_text.count("\n## ") == 2


async def test_a_thesis_cannot_pass_for_a_heading_an_end_or_markup(store: MemoryStore, tmp_path: Path) -> None:
    forged = "## 2030-01-01 00:00 UTC, ana\n<!-- end of 2025-03-01T12:01:00+00:00 two -->\n<script>x</script>"
    async with store.transaction() as tx:
        await tx.add_thesis(thesis("one", 0, forged))
        await tx.add_thesis(thesis("two", 1, "honest"))
    await catch_up(tmp_path, store)
    log = (tmp_path / "thesis_log.md").read_text(encoding="utf-8")
    assert log.count("\n## ") == 2
    assert "honest" in log
    assert "<script" not in log


async def test_a_folder_that_cannot_be_written_is_named_and_tried_again_later(
    store: MemoryStore, tmp_path: Path
) -> None:
    blocked = tmp_path / "exports"
    blocked.write_text("in the way")
    mirrors = Mirrors(blocked, store, "USD")
    await trade(store, "t1")
    with pytest.raises(Retryable, match="exports"):
        await mirrors.catch_up()
    blocked.unlink()
    await mirrors.catch_up()
    assert trade_ids(blocked) == ["t1"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_text_that_a_spreadsheet_would_run_is_prefixed(text: str) -> None:
    assert csv_lines([[text]]).startswith(("'", "\"'"))


def test_numbers_stay_numbers() -> None:
    assert csv_lines([[Decimal("-1.50"), Decimal("1E+3"), Decimal("1E-8"), None]]) == "-1.50,1000,0.00000001,\n"


@given(reason=st.text(max_size=40), name=st.text("abc=+-@'\"\n\t ,", min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
async def test_whatever_a_text_holds_the_file_has_one_line_per_trade_and_no_formula(
    tmp_path_factory: pytest.TempPathFactory, reason: str, name: str
) -> None:
    folder, store = tmp_path_factory.mktemp("exports"), MemoryStore()
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order(intent=intent("order", reason=reason))])
        await tx.add_fill(fill(name))
        await tx.add_fill(fill("second", at=at(1)))
    await catch_up(folder, store)
    await catch_up(folder, store)
    table = rows(folder / "trades.csv")
    assert [len(row) for row in table] == [14, 14, 14]
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in table for cell in row)

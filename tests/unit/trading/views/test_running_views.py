"""Health, version, reports of a span, and the books as files."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.trading.views.test_money_views import months_of_trading
from tests.world import START, SmallWorld, limits, rules, started
from trading.contract.books import Export
from trading.domain.order import Side
from trading.domain.plan import Hold
from trading.store.backup import make_backup
from trading.store.sql import SqlStore
from trading.views.export import ExportViews
from trading.views.process import store_file


async def test_health_tells_prices_orders_and_the_decider(world: SmallWorld) -> None:
    world.clock.advance(300)
    world.tell("BTC/USD", 100)
    health = await world.desk.books.health()
    assert health.late_symbols == ("ETH/USD", "SOL/USD") and health.price_ages["BTC/USD"] == timedelta(0)
    assert (health.orders_open, health.orders_in_doubt, health.compared_at) == (0, 0, None)
    assert (health.decider, health.decided_at, health.failed) == ("fixed plan", None, "")
    assert health.store.size is None and (health.memory or 0) > 1_000_000
    assert health.uptime == timedelta(0)
    world.people.advance(90)
    assert (await world.desk.books.health()).uptime == timedelta(seconds=90)


async def test_what_waits_for_a_press_is_no_open_order() -> None:
    world = await started(None, rules(limits=limits(approval_threshold=Decimal(50))))
    await world.submit(world.intent(Side.BUY, "1"))
    assert len(await world.desk.books.open_orders(None)) == 1
    assert (await world.desk.books.health()).orders_open == 0


async def test_a_decision_that_could_not_be_made_is_told(world: SmallWorld) -> None:
    world.planner.outcome = Hold("fixed plan", "held because the model did not answer", False)  # type: ignore[attr-defined]
    await world.core.rebalance.run("a test")
    health = await world.desk.books.health()
    assert health.decided_at == START
    assert "did not answer" in health.failed


async def test_version_names_program_and_libraries(world: SmallWorld) -> None:
    version = await world.desk.books.version()
    assert version.program and version.python.startswith("3.") and version.schema
    assert "ccxt" in version.libraries


async def test_a_database_tells_its_size_and_newest_backup(tmp_path: Path) -> None:
    file = tmp_path / "purser.db"
    store = SqlStore(f"sqlite+aiosqlite:///{file}")
    await store.open()
    assert (store_file(file).size or 0) > 0 and store_file(file).backed_up_at is None
    make_backup(file, START)
    assert store_file(file).backed_up_at == START
    await store.close()
    assert store_file(None).size is None


@pytest.mark.parametrize(("name", "parts"), [("daily", 0), ("weekly", 8), ("monthly", 5)])
async def test_a_report_says_what_status_and_profit_say(name: str, parts: int) -> None:
    world = await months_of_trading()
    report, status = await world.desk.books.report(name), await world.desk.status()
    assert (report.equity, report.cash, report.holdings) == (status.equity, status.cash, status.holdings)
    assert report.whole == await world.desk.pnl(report.whole.window)
    assert len(report.parts) == parts
    if parts:
        assert sum((part.change or Decimal(0) for part in report.parts), Decimal(0)) == report.whole.change


async def test_there_is_no_report_of_another_span(world: SmallWorld) -> None:
    with pytest.raises(KeyError):
        await world.desk.books.report("hourly")


def rows(export: Export, name: str) -> list[dict[str, str]]:
    (file,) = [file for file in export.files if file.name == f"purser-{name}.csv"]
    found = list(csv.DictReader(io.StringIO(file.data.decode())))
    assert len(found) == file.rows
    return found


async def test_an_export_holds_every_fact_and_adds_up_to_the_ledger() -> None:
    world = await months_of_trading()
    window = world.desk.window("all")
    assert window is not None
    export = await world.desk.books.export(window)
    async with world.store.reading() as read:
        fills, totals, flows = await read.fills(), await read.account_totals(), await read.cash_flows()
    assert [row["trade_id"] for row in rows(export, "trades")] == [fill.trade_id for fill in fills]
    assert [Decimal(row["fee_worth"]) for row in rows(export, "trades")] == [fill.fee_worth for fill in fills]
    assert [row["id"] for row in rows(export, "cash-flows")] == [flow.id for flow in flows]
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows(export, "ledger"):
        sums[row["account"], row["currency"]] += Decimal(row["amount"])
    assert dict(sums) == totals
    assert len(rows(export, "equity")) == len(world.core.curve.points)


async def test_two_windows_side_by_side_export_each_fact_once() -> None:
    world = await months_of_trading()
    names: list[str] = []
    for words in ("march", "april", "may", "june"):
        window = world.desk.window(words)
        if window is not None:
            names += [row["trade_id"] for row in rows(await world.desk.books.export(window), "trades")]
    async with world.store.reading() as read:
        assert sorted(names) == sorted(fill.trade_id for fill in await read.fills())


async def test_too_large_an_export_has_no_files_but_names_the_years() -> None:
    world = await months_of_trading()
    small = ExportViews(lambda: world.desk.world, world.store, world.core.curve, world.clock, most_bytes=500)
    window = world.desk.window("all")
    assert window is not None
    export = await small.export(window)
    assert export.too_large and export.files == () and export.years == (2025,)


async def test_an_empty_portfolio_exports_headings() -> None:
    world = await started()
    window = world.desk.window("today")
    assert window is not None
    found = {file.name: file.rows for file in (await world.desk.books.export(window)).files}
    assert (found["purser-trades.csv"], found["purser-cash-flows.csv"]) == (0, 1)

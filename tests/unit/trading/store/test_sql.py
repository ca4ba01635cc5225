"""What only the durable store promises: it reopens, migrates, survives cancellation and stops on a broken disk."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from tests.unit.trading.store.facts import (
    BTC,
    START,
    approval,
    batch,
    cash_flow,
    cycle,
    equity_point,
    fill,
    order,
    posting,
    thesis,
)
from trading.domain.event import BatchCompleted
from trading.domain.order import Fill
from trading.errors import Fatal, SettingsError
from trading.store import migrations
from trading.store.codec import INSTRUMENTS
from trading.store.sql import SqlStore
from trading.store.sql_engine import label, parse_url
from trading.store.sql_transaction import SqlTransaction
from trading.store.tables import metadata

DATABASE = "state/purser.db"


def store_in(folder: Path) -> SqlStore:
    return SqlStore(f"sqlite+aiosqlite:///{folder / DATABASE}")


def run_sql(folder: Path, *statements: str) -> list[object]:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        found = [database.execute(statement).fetchall() for statement in statements]
        database.commit()
        return list(found)


async def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    first = store_in(tmp_path)
    await first.open()
    async with first.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order()])
        await tx.add_fill(fill())
        await tx.add_postings([posting("cash", "1.10")])
        await tx.add_approval(approval())
        await tx.add_cycle(cycle())
        await tx.add_thesis(thesis())
        await tx.add_equity_point(equity_point())
        await tx.append(BatchCompleted(START, "batch"))
    await first.close()

    second = store_in(tmp_path)
    await second.open()
    async with second.reading() as queries:
        assert await queries.order("order") == order()
        assert list(await queries.fills()) == [fill()]
        assert await queries.approval("card") == approval()
        assert await queries.cycle("cycle") == cycle()
        assert list(await queries.theses(1)) == [thesis()]
        assert list(await queries.equity_points()) == [equity_point()]
        assert list(map(str, (await queries.account_totals()).values())) == ["1.10"]
    await asyncio.wait_for(second.wait_for_events(0), 5)
    async with second.transaction() as tx:
        assert await tx.append(BatchCompleted(START, "batch")) == 2
    await second.close()


async def test_the_file_is_in_wal_mode_and_holds_no_floats(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    await store.open()
    async with store.transaction() as tx:
        await tx.add_postings([posting("cash", "0.10")])
    await store.close()
    mode, amounts = run_sql(tmp_path, "PRAGMA journal_mode", "SELECT amount, typeof(amount) FROM postings")
    assert mode == [("wal",)]
    assert amounts == [("0.10", "text")]


async def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    await store.open()
    async with store.transaction() as tx:
        level = await tx._connection.exec_driver_sql("PRAGMA synchronous")
        assert level.scalar_one() == 2  # FULL
    await store.close()


async def test_writers_take_turns_and_lose_no_update(tmp_path: Path) -> None:
    async def count_up(store: SqlStore) -> None:
        async with store.transaction() as tx:
            count = int(await tx.meta("count") or 0)
            await asyncio.sleep(0)
            await tx.put_meta("count", str(count + 1))
            await tx.append(BatchCompleted(START, str(count)))

    store = store_in(tmp_path)
    await store.open()
    await asyncio.gather(*(count_up(store) for _ in range(30)))
    async with store.reading() as queries:
        assert await queries.meta("count") == "30"
        assert [entry.seq for entry in await queries.events(0, 99)] == list(range(1, 31))
    await store.close()


async def test_readers_cannot_write(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    await store.open()
    async with store.reading() as queries:
        sneaky = SqlTransaction(queries._connection, "store")
        with pytest.raises(Fatal, match="readonly"):
            await sneaky.put_meta("state", "HALTED")
    await store.close()


async def test_a_commit_that_is_cancelled_completes_and_tells_the_waiters(tmp_path: Path) -> None:
    committing = asyncio.Event()

    class Announcing(SqlStore):
        async def _commit(self, *arguments: object) -> None:
            committing.set()
            await super()._commit(*arguments)  # type: ignore[arg-type]

    store = Announcing(f"sqlite:///{tmp_path / DATABASE}")
    await store.open()

    async def write() -> None:
        async with store.transaction() as tx:
            await tx.append(BatchCompleted(START, "batch"))

    writing = asyncio.ensure_future(write())
    await asyncio.wait_for(committing.wait(), 5)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await asyncio.wait_for(store.wait_for_events(0), 5)
    async with store.reading() as queries:
        assert await queries.last_seq() == 1
    await store.close()


async def test_a_store_that_is_not_open_says_so(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    with pytest.raises(RuntimeError, match="not open"):
        async with store.reading():
            pass
    await store.close()


async def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / DATABASE).write_bytes(b"this was a database once" * 400)
    store = store_in(tmp_path)
    with pytest.raises(Fatal, match="no backup of it, so move it aside"):
        await store.open()


async def test_a_file_with_a_damaged_page_is_refused(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    await store.open()
    async with store.transaction() as tx:
        await tx.add_postings([posting("cash", str(n)) for n in range(2_000)])
    await store.close()
    content = bytearray((tmp_path / DATABASE).read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    (tmp_path / DATABASE).write_bytes(content)
    with pytest.raises(Fatal, match="damaged"):
        await store_in(tmp_path).open()


async def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    await store.open()
    await store.close()
    run_sql(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Fatal, match="newer version"):
        await store_in(tmp_path).open()
    assert run_sql(tmp_path, "SELECT version_num FROM alembic_version") == [[("9999",)]]


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file is in the way")
    with pytest.raises(Fatal, match="STATE_DIR"):
        await store_in(tmp_path).open()


async def test_a_failed_open_can_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / DATABASE).write_bytes(b"this was a database once" * 400)
    store = store_in(tmp_path)
    with pytest.raises(Fatal):
        await store.open()
    (tmp_path / DATABASE).unlink()
    await store.open()
    await store.close()


def test_the_migrations_end_at_the_tables_this_program_uses(tmp_path: Path) -> None:
    async def create() -> None:
        store = store_in(tmp_path)
        await store.open()
        await store.close()

    asyncio.run(create())
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD
    engine = create_engine(f"sqlite:///{tmp_path / DATABASE}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


OLD_ROWS = (
    "INSERT INTO batches VALUES ('b', 'manual', '@ana', 'asked', '2025-03-01T12:00:00.000000+00:00', NULL)",
    "INSERT INTO orders VALUES (1, 'o', 'i', 'b', '{instrument}', 'buy', '1', 'market', 'manual', 'asked', NULL, 0, 0, "
    "'FILLED', '{at}', '{at}', 'v', '1', '100', '0.4', '')",
    "INSERT INTO fills VALUES (1, 't', 'o', 'BTC/USD', 'buy', '100', '1', '0.4', 'USD', '{at}', '0')",
    "INSERT INTO cash_flows VALUES (1, 'f', '1000', 'USD', '{at}', 'starting cash')",
)
"""A funded portfolio with one trade, as the first version of this program wrote it."""


async def test_a_database_of_the_first_version_keeps_its_facts_and_books_flows_first(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    engine = create_engine(f"sqlite:///{tmp_path / DATABASE}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    at, market = "2025-03-01T12:00:00.000000+00:00", INSTRUMENTS.dump(BTC)
    run_sql(tmp_path, *(row.replace("{at}", at).replace("{instrument}", market) for row in OLD_ROWS))

    store = store_in(tmp_path)
    await store.open()
    async with store.reading() as queries:
        flow, trade = await queries.booked()
        assert (flow, (await queries.cash_flows())[0].worth) == (cash_flow("f", "1000", note="starting cash"), 1000)
        assert isinstance(trade, Fill)
        assert (trade.trade_id, trade.fee_worth, trade.margin) == ("t", Decimal("0.4"), False)
        kept = await queries.order("o")
        assert kept is not None
        assert kept.intent.margin is False
    async with store.transaction() as tx:
        await tx.add_cash_flow(cash_flow("later"))
        assert list(await tx.booked()) == [flow, trade, cash_flow("later")]
    await store.close()


# The process may write no byte beyond the limit, as on a full disk.
FULL_DISK = """
import asyncio, resource, sys
from trading.errors import Fatal
from trading.store.sql import SqlStore

async def main(url):
    store = SqlStore(url)
    await store.open()
    async with store.transaction() as tx:
        await tx.put_meta("kept", "yes")
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
    try:
        async with store.transaction() as tx:
            for n in range(20):
                await tx.put_meta(str(n), "x" * 400_000)
    except Fatal as fault:
        print(fault)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    async with store.reading() as queries:
        print(await queries.meta("kept"), await queries.meta("0"))
    await store.close()

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_full_disk_stops_the_program_and_keeps_what_was_committed(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, f"sqlite:///{tmp_path / DATABASE}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    sentence, kept = run.stdout.splitlines()
    assert "check the disk" in sentence or "disk is full" in sentence
    assert kept == "yes None"


@pytest.mark.parametrize("text", ["nonsense", "mysql://localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_an_address_we_cannot_use_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError, match=r"sqlite\+aiosqlite:///path/to/file\.db"):
        SqlStore(text)


def test_plain_addresses_get_the_driver_and_passwords_stay_hidden() -> None:
    assert parse_url("postgres://ana:secret@db/purser").drivername == "postgresql+asyncpg"
    assert label(parse_url("postgresql://ana:secret@db/purser")) == "postgresql+asyncpg://ana:***@db/purser"
    assert label(parse_url("sqlite:///data/state/purser.db")) == "data/state/purser.db"

"""Promise 29: a full disk or a corrupt file stops orders. Nothing reaches the venue that is not safely recorded."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.failing_disk import Disk, Kind, disk
from tests.proof import Proof
from tests.world import SmallWorld, small_world, started
from trading.domain.order import Order, OrderStatus, Side
from trading.errors import Fatal
from trading.exchange.ports import VenueOrder
from trading.store.sql import SqlStore

__all__ = ["disk"]
PAGES = 14
"""How many pages the database may still grow by in the roomiest of the full disks."""

AT_LENGTH = "Momentum, breadth and funding agree. " * 200
"""A reason that takes two pages of its own."""


@dataclass(slots=True)
class Watched:
    """A world whose venue looks into the database file, as a stranger would, whenever an order arrives."""

    world: SmallWorld
    database: Path
    faults: list[str] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)
    sent_after_a_fault: list[str] = field(default_factory=list)

    async def place_order(self, order: Order) -> VenueOrder:
        if self.faults:
            self.sent_after_a_fault.append(order.client_order_id)
        if self.recorded(order) != OrderStatus.SUBMITTED:
            self.unrecorded.append(order.client_order_id)
        self.world.venue.placed.append(order)
        return await self.world.venue.paper.place_order(order)

    def recorded(self, order: Order) -> str | None:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as stranger:
            row = stranger.execute(
                "SELECT status FROM orders WHERE client_order_id = ?", (order.client_order_id,)
            ).fetchone()
        return row[0] if row else None

    async def trade(self) -> None:
        """Two entries and an exit; each goes on after a fault, as people and prices do."""
        world = self.world
        await self._try(world.intent(Side.BUY, "2"), world.intent(Side.BUY, "5", "ETH/USD"))
        await self._try(world.intent(Side.SELL, "1"))

    async def trade_at_length(self) -> None:
        """The same with so many words that the file has to grow."""
        for quantity in ("1", "2"):
            await self._try(self.world.intent(Side.BUY, quantity, reason=AT_LENGTH))

    async def _try(self, *intents: object) -> None:
        try:
            await self.world.submit(*intents)  # type: ignore[arg-type]
        except Fatal as fault:
            self.faults.append(str(fault))


@pytest.fixture
async def beginning(tmp_path: Path) -> Path:
    """The database of a world that has just been funded."""
    path = tmp_path / "beginning.db"
    store = SqlStore(f"sqlite:///{path}")
    await store.open()
    await started(store)
    await store.close()
    return path


@asynccontextmanager
async def trading_on(beginning: Path, path: Path) -> AsyncIterator[Watched]:
    for leftover in path.parent.glob(f"{path.name}*"):
        leftover.unlink()
    shutil.copy(beginning, path)
    store = SqlStore(f"sqlite:///{path}")
    await store.open()
    world = await small_world(store)
    await world.core.start()
    watched = Watched(world, path)
    world.venue.place_order = watched.place_order  # type: ignore[method-assign]
    try:
        yield watched
    finally:
        await store.close()


def sound_and_complete(watched: Watched) -> bool:
    """Whether what is left is a sound database that knows every order the venue has as sent."""
    with closing(sqlite3.connect(watched.database)) as left:
        sound = left.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        statuses = dict(left.execute("SELECT client_order_id, status FROM orders"))
    return sound and all(
        statuses.get(order.client_order_id, "INTENDED") != OrderStatus.INTENDED for order in watched.world.venue.placed
    )


@pytest.mark.parametrize("kind", Kind, ids=[kind.value for kind in Kind])
async def test_a_fault_at_every_write_sends_nothing_unrecorded_and_nothing_more(
    kind: Kind, disk: Disk, beginning: Path, tmp_path: Path, proof: Proof
) -> None:
    violations, fail_at, placed = list[int](), 0, 0
    while True:
        fail_at += 1
        async with trading_on(beginning, tmp_path / "purser.db") as watched:
            disk.begin(fail_at, kind)
            await watched.trade()
            failed = disk.failed
            disk.begin(0, kind)
        placed = max(placed, len(watched.world.venue.placed))
        if not failed:
            break
        wrong = watched.unrecorded or watched.sent_after_a_fault or not watched.faults
        if wrong or not sound_and_complete(watched):
            violations.append(fail_at)
    assert violations == [], "numbers of the failing write"
    assert placed == 3, "without a fault every order goes out"
    proof(29, cases=fail_at - 1)


async def test_a_full_disk_sends_nothing_unrecorded_and_nothing_more(
    beginning: Path, tmp_path: Path, proof: Proof
) -> None:
    """SQLite's own SQLITE_FULL: the file may grow by so many pages and no further."""
    violations, stopped = list[int](), 0
    for room in range(PAGES):
        async with trading_on(beginning, tmp_path / "purser.db") as watched:
            await _leave_room(watched, room)
            await watched.trade_at_length()
        stopped += bool(watched.faults)
        told = all("the disk is full; free some space" in fault for fault in watched.faults)
        if not told or watched.unrecorded or watched.sent_after_a_fault or not sound_and_complete(watched):
            violations.append(room)
    assert violations == [], "pages of room"
    assert 0 < stopped < PAGES, "the disk was never full, or always"
    proof(29, cases=PAGES)


async def test_a_file_that_is_damaged_while_orders_run_stops_them_and_the_next_start(
    beginning: Path, tmp_path: Path, proof: Proof, scale: int
) -> None:
    rng, violations, stopped, rounds = random.Random(29), list[int](), 0, 10 * scale
    for number in range(rounds):
        async with trading_on(beginning, tmp_path / "purser.db") as watched:
            _damage(watched.database, rng)
            await watched.world.store.close()
            try:
                await watched.world.store.open()
                await watched.trade()
            except Fatal as fault:
                watched.faults.append(str(fault))
        stopped += bool(watched.faults)
        if watched.unrecorded or watched.sent_after_a_fault:
            violations.append(number)
    assert violations == []
    assert stopped > rounds // 2, "most damage is noticed at the start or at the next write"
    proof(29, cases=rounds)


async def _leave_room(watched: Watched, pages: int) -> None:
    async with watched.world.store.transaction() as tx:
        connection = tx._connection  # type: ignore[attr-defined]
        size = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count={size + pages}")


def _damage(database: Path, rng: random.Random) -> None:
    """Overwrite some pages after the first, in the file and in its log."""
    for path in (database, database.with_name(f"{database.name}-wal")):
        content = bytearray(path.read_bytes()) if path.exists() else bytearray()
        for _ in range(6):
            if len(content) > 8192:
                page = rng.randrange(1, len(content) // 4096) * 4096
                content[page : page + 4096] = rng.randbytes(4096)
        if content:
            path.write_bytes(content)

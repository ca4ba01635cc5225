"""The facts once more, as files that people open: trades.csv, equity.csv and thesis_log.md.

Each file is its own bookmark: what it holds already tells what is missing. So a crash between two lines can neither
lose nor repeat one, and a file that was deleted is written again in full.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trading.domain.order import Batch, Fill, Order
from trading.domain.portfolio import EquityPoint
from trading.errors import Retryable
from trading.store.append_file import Cell, append, csv_lines, read_csv, repair, text_cell
from trading.store.port import Queries, Store
from trading.store.thesis_log import ThesisLog

TRADE_COLUMNS = (
    "at,trade_id,symbol,side,quantity,price,notional,fee,fee_currency,realized,source,decided_by,reason,order_id"
)
EQUITY_COLUMNS = "at,equity,cash,flows,exposure,BTC,ETH"

LATE = timedelta(days=1)
"""How far behind the newest mirrored trade a venue may still report an older one."""


class Mirrors:
    """Keeps the three files in `folder` up with `store`. Amounts are in `quote`, times in UTC."""

    def __init__(self, folder: Path, store: Store, quote: str) -> None:
        self._store = store
        self._trades = _TradesFile(folder / "trades.csv")
        self._equity = _EquityFile(folder / "equity.csv")
        self._theses = ThesisLog(folder / "thesis_log.md", quote)
        self._catching_up = asyncio.Lock()

    async def catch_up(self) -> None:
        """Append everything not yet mirrored. Raises Retryable when a file cannot be written; call again later."""
        async with self._catching_up:
            try:
                for mirror in (self._trades, self._equity, self._theses):
                    await asyncio.to_thread(mirror.load)
                    async with self._store.reading() as queries:
                        text = await mirror.missing(queries)
                    if text:
                        await asyncio.to_thread(append, mirror.path, text)
                        mirror.remember()
            except OSError as fault:
                raise Retryable(
                    f"The export {fault.filename or ''} cannot be written ({fault.strerror}); close programs that hold "
                    "it and check the disk."
                ) from fault


class _TradesFile:
    """One line per fill. Fills are known by trade id, because venues report some of them late."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[str, datetime] = {}
        self._newest: datetime | None = None
        self._pending: Sequence[Fill] = ()

    def load(self) -> None:
        """Read which trades the file holds, unless we know that and the file is still there."""
        if self._newest is not None and self.path.exists():
            return
        repair(self.path, TRADE_COLUMNS + "\n")
        self._known = {row[1]: time for row in read_csv(self.path) if (time := _time(row))}
        self._newest = max(self._known.values(), default=None)

    async def missing(self, queries: Queries) -> str:
        since = self._newest - LATE if self._newest else None
        self._pending = [f for f in await queries.fills(since=since) if text_cell(f.trade_id) not in self._known]
        orders = await queries.orders_by_id([fill.client_order_id for fill in self._pending])
        by_id = {order.client_order_id: order for order in orders}
        batches = {order.intent.batch_id: await queries.batch(order.intent.batch_id) for order in orders}
        return csv_lines(_trade(fill, by_id, batches) for fill in self._pending)

    def remember(self) -> None:
        """The pending lines are written. Trades too old to come again are forgotten."""
        self._known |= {text_cell(fill.trade_id): fill.at for fill in self._pending}
        self._newest = newest = max(self._known.values())
        self._known = {name: time for name, time in self._known.items() if time >= newest - LATE}


class _EquityFile:
    """One line per point of the equity curve; a point that is replaced later keeps its first line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._newest: datetime | None = None
        self._pending: Sequence[EquityPoint] = ()

    def load(self) -> None:
        if self._newest is not None and self.path.exists():
            return
        repair(self.path, EQUITY_COLUMNS + "\n")
        self._newest = max((time for row in read_csv(self.path) if (time := _time(row))), default=None)

    async def missing(self, queries: Queries) -> str:
        newest = self._newest
        points = await queries.equity_points(since=newest)
        self._pending = [point for point in points if newest is None or point.at > newest]
        return csv_lines(map(_point, self._pending))

    def remember(self) -> None:
        self._newest = self._pending[-1].at


def _trade(fill: Fill, orders: dict[str, Order], batches: dict[str, Batch | None]) -> Sequence[Cell]:
    order = orders.get(fill.client_order_id)
    batch = batches.get(order.intent.batch_id) if order else None
    return (
        _iso(fill.at),
        fill.trade_id,
        fill.symbol,
        fill.side.value,
        fill.quantity,
        fill.price,
        fill.notional,
        fill.fee.amount,
        fill.fee.currency,
        fill.realized,
        order.intent.source.value if order else None,
        batch.decided_by if batch else None,
        order.intent.reason if order else None,
        fill.client_order_id,
    )


def _point(point: EquityPoint) -> Sequence[Cell]:
    prices = point.benchmarks
    return (
        _iso(point.at),
        point.equity,
        point.cash,
        point.flows,
        point.exposure,
        prices.get("BTC"),
        prices.get("ETH"),
    )


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _time(row: Sequence[str]) -> datetime | None:
    """The row's first cell as a time; None for a line that somebody else wrote."""
    try:
        at = datetime.fromisoformat(row[0])
    except ValueError:
        return None
    return at if at.tzinfo and len(row) > 1 else None

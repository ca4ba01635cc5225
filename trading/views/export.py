"""The books as CSV files: trades, ledger, money that came and went, equity. For spreadsheets and tax programs.

Built week by week and off the event loop. Names are ours alone; text can neither break a line nor start a formula.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from trading.clock import Clock
from trading.contract import Window, World
from trading.contract.books import Export, ExportFile
from trading.domain.order import Fill, Order
from trading.domain.portfolio import CashFlow, Posting
from trading.portfolio.equity import EquityCurve
from trading.portfolio.ledger import fill_postings, flow_postings
from trading.store.append_file import csv_lines
from trading.store.port import Store
from trading.views.export_rows import (
    FLOWS,
    LEDGER,
    TRADES,
    Row,
    equity_heading,
    flow_row,
    point_row,
    posting_rows,
    trade_rows,
)
from trading.views.portions import portions

MOST_BYTES = 20 * 1024 * 1024
"""Beyond this an export is asked for by year: what is built here is held in memory."""


class _TooLargeError(Exception):
    """The files would exceed what one export may hold."""


@dataclass(slots=True)
class _Growing:
    """A file in the making."""

    name: str
    parts: list[bytes] = field(default_factory=list)
    rows: int = 0

    async def add(self, rows: Sequence[Row]) -> None:
        self.parts.append(await asyncio.to_thread(_written, rows))
        self.rows += len(rows)

    @property
    def size(self) -> int:
        return sum(map(len, self.parts))

    def done(self) -> ExportFile:
        # The first row is the heading.
        return ExportFile(self.name, b"".join(self.parts), self.rows - 1)


class _Files:
    """The four files of one export, never larger together than `most` bytes."""

    def __init__(self, most: int) -> None:
        self.trades, self.ledger = _Growing("purser-trades.csv"), _Growing("purser-ledger.csv")
        self.flows, self.equity = _Growing("purser-cash-flows.csv"), _Growing("purser-equity.csv")
        self._most = most

    async def add(self, file: _Growing, rows: Iterable[Row]) -> None:
        """Raises _TooLargeError."""
        found = list(rows)
        if found:
            await file.add(found)
        if sum(each.size for each in self._all()) > self._most:
            raise _TooLargeError

    def done(self) -> tuple[ExportFile, ...]:
        return tuple(file.done() for file in self._all())

    def _all(self) -> tuple[_Growing, ...]:
        return self.trades, self.ledger, self.flows, self.equity


class ExportViews:
    """Writes the books of a window. Every row is a stored fact; a ledger row is a posting that its fact made."""

    def __init__(
        self,
        world: Callable[[], World],
        store: Store,
        curve: EquityCurve,
        clock: Clock,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._world = world
        self._store = store
        self._curve = curve
        self._clock = clock
        self._most = most_bytes

    async def export(self, window: Window) -> Export:
        """All files of `window`; none, and `too_large`, where they exceed the limit."""
        try:
            files = await self._files(window)
        except _TooLargeError:
            return Export(self._world(), window, (), self._years(), too_large=True)
        return Export(self._world(), window, files, self._years())

    async def _files(self, window: Window) -> tuple[ExportFile, ...]:
        files = _Files(self._most)
        await self._equity(files, window)
        for file, heading in ((files.trades, TRADES), (files.ledger, LEDGER), (files.flows, FLOWS)):
            await files.add(file, [heading])
        async with self._store.reading() as read:
            flows = await read.cash_flows()
        for start, end in portions(window.start, window.end):
            last = end >= self._clock.now()  # What happened at this very instant has happened.
            async with self._store.reading() as read:
                fills = await read.fills(since=start, until=None if last else end)
                found = await read.orders_by_id([fill.client_order_id for fill in fills])
                batches = {name: await read.batch(name) for name in {order.intent.batch_id for order in found}}
            orders = {order.client_order_id: order for order in found}
            moved = [flow for flow in flows if start <= flow.at and (last or flow.at < end)]
            await files.add(files.trades, trade_rows(fills, orders, batches))
            await files.add(files.flows, map(flow_row, moved))
            await files.add(files.ledger, posting_rows(_postings([*moved, *fills], orders)))
        return files.done()

    async def _equity(self, files: _Files, window: Window) -> None:
        points = [point for point in self._curve.points if window.start <= point.at <= window.end]
        assets = sorted({asset for point in points for asset in point.benchmarks})
        await files.add(files.equity, [equity_heading(assets)])
        await files.add(files.equity, (point_row(point, assets) for point in points))

    def _years(self) -> tuple[int, ...]:
        """Local years with a point of the curve, oldest first."""
        zone = self._world().timezone
        if not self._curve.points:
            return ()
        first, last = (self._curve.points[i].at.astimezone(zone).year for i in (0, -1))
        return tuple(range(first, last + 1))


def _postings(facts: Sequence[CashFlow | Fill], orders: Mapping[str, Order]) -> Iterator[Posting]:
    """What these facts moved in the ledger, oldest first."""
    for fact in sorted(facts, key=lambda fact: fact.at):
        if isinstance(fact, Fill):
            yield from fill_postings(fact, orders[fact.client_order_id].intent.instrument)
        else:
            yield from flow_postings(fact)


def _written(rows: Sequence[Row]) -> bytes:
    return csv_lines(rows).encode()

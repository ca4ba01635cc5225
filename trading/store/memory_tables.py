"""The memory store's tables: plain dicts and sorted lists, a log of changes to undo, and copies for readers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Protocol, TypeVar

from trading.domain.event import JournalEntry
from trading.domain.order import Batch, Fill, Order
from trading.domain.outcome import ScoredPrediction, TradeReview
from trading.domain.plan import Cycle, Thesis
from trading.domain.portfolio import CashFlow, EquityPoint, Protection
from trading.domain.risk import Approval
from trading.domain.usage import ModelCall

ABSENT: Any = object()
"""Stands in the log of changes for "there was nothing here"."""

Change = tuple[str, Any, Any]
"""A table's name, the key or index that was written, and what stood there before."""

when = attrgetter("at")


class Dated(Protocol):
    @property
    def at(self) -> datetime: ...


D = TypeVar("D", bound=Dated)


class MemoryTables:
    """Every fact by reference. Values are immutable, so that a shallow copy of each table is a snapshot."""

    __slots__ = (
        "approvals",
        "approvals_of_batch",
        "batches",
        "booked",
        "cash_flows",
        "cycles",
        "equity_points",
        "fills",
        "fills_of_order",
        "journal",
        "meta",
        "model_calls",
        "open_orders",
        "orders",
        "orders_of_batch",
        "places",
        "predictions",
        "protections",
        "reviews",
        "slots",
        "theses",
        "totals",
        "trade_ids",
    )

    def __init__(self) -> None:
        self.meta: dict[str, str] = {}
        self.slots: dict[tuple[str, str], datetime] = {}
        self.batches: dict[str, Batch] = {}
        self.orders: dict[str, Order] = {}
        self.places: dict[str, int] = {}
        """The order of insertion by client order id."""
        self.open_orders: dict[str, int] = {}
        """The same, of the orders that are not final."""
        self.orders_of_batch: dict[str, tuple[str, ...]] = {}
        self.fills: list[Fill] = []
        self.trade_ids: dict[str, None] = {}
        self.fills_of_order: dict[str, tuple[Fill, ...]] = {}
        self.totals: dict[tuple[str, str], Decimal] = {}
        """Sums of the postings; nobody asks for a single posting."""
        self.cash_flows: dict[str, CashFlow] = {}
        self.booked: list[CashFlow | Fill] = []
        """Flows and fills as they came."""
        self.protections: dict[str, Protection] = {}
        self.approvals: dict[str, Approval] = {}
        self.approvals_of_batch: dict[str, tuple[str, ...]] = {}
        self.cycles: dict[str, Cycle] = {}
        self.theses: list[Thesis] = []
        self.predictions: dict[str, ScoredPrediction] = {}
        self.reviews: dict[str, TradeReview] = {}
        self.model_calls: dict[str, ModelCall] = {}
        self.equity_points: list[EquityPoint] = []
        self.journal: list[JournalEntry] = []

    def copy(self) -> MemoryTables:
        """A snapshot: later changes here do not show there."""
        twin = MemoryTables()
        for name in self.__slots__:
            setattr(twin, name, getattr(self, name).copy())
        return twin

    def undo(self, changes: Sequence[Change]) -> None:
        """Take `changes` back, the newest first."""
        for name, key, before in reversed(changes):
            table = getattr(self, name)
            if before is ABSENT:
                del table[key]
            else:
                table[key] = before


def place(facts: list[D], fact: D) -> int:
    """Insert by time, behind those of the same instant; returns the index."""
    if not facts or facts[-1].at <= fact.at:
        facts.append(fact)
        return len(facts) - 1
    index = bisect_right(facts, fact.at, key=when)
    facts.insert(index, fact)
    return index


class MemoryState:
    """The committed tables, plus what the open transaction changed in them.

    Readers share the tables until somebody writes: the first write under a reader's eyes goes to a copy.
    """

    __slots__ = ("changes", "commits", "readers", "tables")

    def __init__(self) -> None:
        self.tables = MemoryTables()
        self.changes: list[Change] = []
        self.commits = 0
        self.readers = Readers()

    def writable(self) -> MemoryTables:
        if self.readers.count:
            self.tables, self.readers = self.tables.copy(), Readers()
        return self.tables

    def committed(self) -> MemoryTables:
        """A copy without the open transaction's changes."""
        tables = self.tables.copy()
        tables.undo(self.changes)
        return tables

    def roll_back(self) -> None:
        self.tables.undo(self.changes)
        self.changes = []


class Readers:
    """How many readers look at one set of tables."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

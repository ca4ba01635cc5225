"""The store's port: one writer at a time, readers beside it.

State and its journal entry change in one transaction: everything done inside one
`async with store.transaction()` block is kept together or not at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from trading.domain.event import Event, JournalEntry
from trading.domain.order import Batch, Fill, Order, OrderStatus, Side
from trading.domain.outcome import PredictionStatus, ScoredPrediction, TradeReview
from trading.domain.plan import Cycle, Thesis
from trading.domain.portfolio import CashFlow, EquityPoint, Posting, Protection, Traded
from trading.domain.risk import Approval, ApprovalStatus
from trading.domain.usage import ModelCall


class Queries(Protocol):
    """Reads. Times are aware UTC; sequences are oldest first; `limit` keeps the newest."""

    async def meta(self, key: str) -> str | None: ...

    async def slot_taken(self, job: str, slot: str) -> bool:
        """Whether (job, slot) has been claimed."""
        ...

    async def batch(self, batch_id: str) -> Batch | None: ...

    async def batches_by_id(self, batch_ids: Sequence[str]) -> Sequence[Batch]:
        """The batches among these ids, any order."""
        ...

    async def order(self, client_order_id: str) -> Order | None: ...

    async def orders_of_batch(self, batch_id: str) -> Sequence[Order]:
        """In the order in which they were added."""
        ...

    async def open_orders(self) -> Sequence[Order]:
        """Orders whose status is not final, INTENDED ones included."""
        ...

    async def fills(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        side: Side | None = None,
        limit: int | None = None,
    ) -> Sequence[Fill]:
        """Fills with since <= at < until."""
        ...

    async def count_fills(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        side: Side | None = None,
    ) -> int:
        """How many `fills` would bring."""
        ...

    async def traded(self, *, since: datetime | None = None, until: datetime | None = None) -> Sequence[Traded]:
        """What the fills with since <= at < until add up to, in any order."""
        ...

    async def traded_by_day(self, *, since: datetime, until: datetime) -> Mapping[date, Sequence[Traded]]:
        """`traded` of each UTC day that has fills with since <= at < until."""
        ...

    async def best_sales(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        limit: int,
    ) -> Sequence[Fill]:
        """Sales with since <= at < until that realized a profit, the largest first."""
        ...

    async def worst_sales(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        limit: int,
    ) -> Sequence[Fill]:
        """Sales with since <= at < until that realized no profit, the largest loss first."""
        ...

    async def fills_of_order(self, client_order_id: str) -> Sequence[Fill]: ...

    async def orders_by_id(self, client_order_ids: Sequence[str]) -> Sequence[Order]:
        """The orders among these ids, any order."""
        ...

    async def newest_orders(self, limit: int) -> Sequence[Order]:
        """Of every status, in the order in which they were added."""
        ...

    async def orders_named(self, prefix: str, limit: int) -> Sequence[Order]:
        """Orders whose client order id or venue order id begins with `prefix`, whatever its case."""
        ...

    async def fills_named(self, prefix: str, limit: int) -> Sequence[Fill]:
        """Fills whose trade id begins with `prefix`, whatever its case."""
        ...

    async def cash_flows(self) -> Sequence[CashFlow]: ...

    async def booked(self, *, fills: int = 0, flows: int = 0, limit: int | None = None) -> Sequence[CashFlow | Fill]:
        """Every flow and fill in the order in which they were booked, which need not be that of their times.

        Without the first `fills` fills and `flows` flows, where that many came first; at most `limit` fills.
        """
        ...

    async def protections(self) -> Sequence[Protection]: ...

    async def approval(self, approval_id: str) -> Approval | None: ...

    async def approvals(self, status: ApprovalStatus | None = None, limit: int | None = None) -> Sequence[Approval]: ...

    async def approval_of_batch(self, batch_id: str) -> Approval | None:
        """The newest approval that was raised for the batch."""
        ...

    async def cycle(self, cycle_id: str) -> Cycle | None: ...

    async def cycles(self, limit: int) -> Sequence[Cycle]: ...

    async def cycles_named(self, prefix: str, limit: int) -> Sequence[Cycle]:
        """Cycles whose id begins with `prefix`, whatever its case; the newest `limit`."""
        ...

    async def theses(self, limit: int) -> Sequence[Thesis]: ...

    async def predictions(
        self, status: PredictionStatus | None = None, limit: int | None = None
    ) -> Sequence[ScoredPrediction]: ...

    async def reviews(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int | None = None
    ) -> Sequence[TradeReview]:
        """Reviews of trades that closed with since <= closed_at < until."""
        ...

    async def model_calls(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int | None = None
    ) -> Sequence[ModelCall]:
        """Calls with since <= at < until."""
        ...

    async def model_cost(self, *, since: datetime | None = None, until: datetime | None = None) -> Decimal:
        """What the calls with since <= at < until cost together, in US dollars; those without a price count nothing."""
        ...

    async def equity_points(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[EquityPoint]:
        """Points with since <= at <= until."""
        ...

    async def account_totals(self) -> dict[tuple[str, str], Decimal]:
        """Exact sums of the ledger's postings by (account, currency)."""
        ...

    async def events(self, after: int, limit: int) -> Sequence[JournalEntry]:
        """The first `limit` entries with seq > after."""
        ...

    async def last_seq(self) -> int:
        """The newest entry's seq; 0 for an empty journal."""
        ...


class Transaction(Queries, Protocol):
    """Reads see this transaction's own writes."""

    async def put_meta(self, key: str, value: str) -> None: ...

    async def claim_slot(self, job: str, slot: str, at: datetime) -> bool:
        """True for the first caller ever to claim (job, slot)."""
        ...

    async def add_batch(self, batch: Batch) -> None: ...

    async def add_orders(self, orders: Sequence[Order]) -> None: ...

    async def update_order(self, order: Order, expected: OrderStatus) -> None:
        """Replace the stored order if its status is still `expected`; raises ConcurrentUpdate otherwise."""
        ...

    async def add_fill(self, fill: Fill) -> bool:
        """False, and nothing written, when the trade id is known already."""
        ...

    async def add_postings(self, postings: Sequence[Posting]) -> None: ...

    async def add_cash_flow(self, flow: CashFlow) -> bool:
        """False, and nothing written, when the id is known already."""
        ...

    async def set_protection(self, protection: Protection) -> None:
        """Insert or replace by symbol."""
        ...

    async def clear_protection(self, symbol: str) -> None: ...

    async def add_approval(self, approval: Approval) -> None: ...

    async def decide_approval(
        self,
        approval_id: str,
        status: ApprovalStatus,
        *,
        at: datetime,
        by: str = "",
        on: str = "",
        outcome: str = "",
        revision: int | None = None,
    ) -> bool:
        """Compare-and-set on PENDING, and on `revision` where one is given; True when this call decided it.

        APPROVED also requires `at` < expires_at.
        """
        ...

    async def revise_approval(self, approval: Approval, expected: int, *, at: datetime) -> bool:
        """Replace what may change while a card waits: revision, orders left out, figures, why it asks, first consent.

        Compare-and-set on PENDING and on the `expected` revision, and `at` < expires_at; True when this call wrote.
        """
        ...

    async def set_approval_outcome(self, approval_id: str, outcome: str) -> None: ...

    async def add_cycle(self, cycle: Cycle) -> None: ...

    async def update_cycle(self, cycle: Cycle) -> None:
        """Replace by id."""
        ...

    async def add_thesis(self, thesis: Thesis) -> None: ...

    async def add_predictions(self, made: Sequence[ScoredPrediction]) -> None: ...

    async def settle_prediction(self, prediction: ScoredPrediction) -> bool:
        """Replace one that is still OPEN in the store; False, and nothing written, when it was settled before."""
        ...

    async def add_review(self, review: TradeReview) -> bool:
        """False, and nothing written, when the id is known already."""
        ...

    async def add_model_call(self, call: ModelCall) -> None: ...

    async def add_equity_point(self, point: EquityPoint) -> None:
        """A second point at the same instant replaces the first."""
        ...

    async def append(self, event: Event) -> int:
        """Add to the journal; returns the entry's seq."""
        ...


REVISED = ("revision", "excluded", "warning", "needed", "notional", "fees", "weights_after", "people", "consent")
"""The fields of an approval that may change while it waits."""


Claim = Callable[[Transaction], Awaitable[None]]
"""Joins a transaction: takes a turn together with its result. Raises ConcurrentUpdate when it was taken."""


async def unclaimed(tx: Transaction) -> None:
    """No turn to take."""


class Store(Protocol):
    """Durable state. `transaction` commits at the end of its block and rolls back on any exception, cancellation too.

    Cancellation during the commit itself waits for the commit. A disk fault raises `Fatal`.
    """

    @property
    def commits(self) -> int:
        """How many transactions have been committed here: what was read since the newest one still holds."""
        ...

    async def open(self) -> None:
        """Create or migrate what is needed. Raises Fatal with one sentence when that cannot be done."""
        ...

    async def close(self) -> None: ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """One writer at a time; others wait."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Queries]:
        """A consistent view; never blocks a writer."""
        ...

    async def wait_for_events(self, after: int) -> None:
        """Return once the journal holds an entry with seq > after."""
        ...

    async def until_broken(self) -> None:
        """Wait for the first fault of the disk or the server and raise it as Fatal: then nothing more is written."""
        ...

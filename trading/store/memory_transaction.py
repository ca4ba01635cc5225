"""The memory store's writes. Checks come before writes, so that a refused call leaves nothing behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from trading.domain.event import Event, JournalEntry
from trading.domain.order import FINAL, Batch, Fill, Order, OrderStatus
from trading.domain.outcome import PredictionStatus, ScoredPrediction, TradeReview
from trading.domain.plan import Cycle, Thesis
from trading.domain.portfolio import CashFlow, EquityPoint, Posting, Protection
from trading.domain.risk import Approval, ApprovalStatus
from trading.domain.usage import ModelCall
from trading.errors import ConcurrentUpdate
from trading.store.exact import EXACT
from trading.store.memory_queries import MemoryQueries
from trading.store.memory_tables import ABSENT, MemoryState, MemoryTables, place, when
from trading.store.port import REVISED

_ZERO = Decimal(0)


class MemoryTransaction(MemoryQueries):
    """Writes in place, and logs each change for the rollback."""

    __slots__ = ("_changes", "_state")

    def __init__(self, state: MemoryState) -> None:
        self._state = state
        self._tables = state.tables
        self._changes = state.changes

    async def put_meta(self, key: str, value: str) -> None:
        self._put("meta", key, value)

    async def claim_slot(self, job: str, slot: str, at: datetime) -> bool:
        if (job, slot) in self._tables.slots:
            return False
        self._put("slots", (job, slot), at)
        return True

    async def add_batch(self, batch: Batch) -> None:
        if batch.id in self._tables.batches:
            raise ConcurrentUpdate(f"batch {batch.id} is stored already")
        self._put("batches", batch.id, batch)

    async def add_orders(self, orders: Sequence[Order]) -> None:
        self._check_new(orders)
        for order in orders:
            self._add_order(order)

    async def update_order(self, order: Order, expected: OrderStatus) -> None:
        tables, name = self._writable(), order.client_order_id
        stored = tables.orders.get(name)
        if stored is None or stored.status is not expected:
            raise ConcurrentUpdate(f"order {name} is not {expected} any more; read it again")
        tables.orders[name] = order
        self._changes.append(("orders", name, stored))
        if order.status in FINAL:
            if (before := tables.open_orders.pop(name, ABSENT)) is not ABSENT:
                self._changes.append(("open_orders", name, before))
        elif name not in tables.open_orders:
            self._put("open_orders", name, tables.places[name])

    async def add_fill(self, fill: Fill) -> bool:
        tables, name = self._writable(), fill.client_order_id
        if fill.trade_id in tables.trade_ids:
            return False
        if name not in tables.orders:
            raise ConcurrentUpdate(f"order {name} of fill {fill.trade_id} is not stored; add the order first")
        tables.trade_ids[fill.trade_id] = None
        changes = self._changes
        changes.append(("trade_ids", fill.trade_id, ABSENT))
        changes.append(("fills", place(tables.fills, fill), ABSENT))
        changes.append(("booked", len(tables.booked), ABSENT))
        tables.booked.append(fill)
        before = tables.fills_of_order.get(name)
        tables.fills_of_order[name] = (fill,) if before is None else tuple(sorted((*before, fill), key=when))
        changes.append(("fills_of_order", name, ABSENT if before is None else before))
        return True

    async def add_postings(self, postings: Sequence[Posting]) -> None:
        totals, changes, add = self._writable().totals, self._changes, EXACT.add
        for posting in postings:
            money = posting.money
            key = (posting.account, money.currency)
            before = totals.get(key, ABSENT)
            totals[key] = add(_ZERO if before is ABSENT else before, money.amount)
            changes.append(("totals", key, before))

    async def add_cash_flow(self, flow: CashFlow) -> bool:
        if flow.id in self._tables.cash_flows:
            return False
        self._put("cash_flows", flow.id, flow)
        self._changes.append(("booked", len(self._tables.booked), ABSENT))
        self._tables.booked.append(flow)
        return True

    async def set_protection(self, protection: Protection) -> None:
        self._put("protections", protection.symbol, protection)

    async def clear_protection(self, symbol: str) -> None:
        before = self._writable().protections.pop(symbol, ABSENT)
        if before is not ABSENT:
            self._changes.append(("protections", symbol, before))

    async def add_approval(self, approval: Approval) -> None:
        tables, batch_id = self._tables, approval.batch_id
        if approval.id in tables.approvals:
            raise ConcurrentUpdate(f"approval {approval.id} is stored already")
        if batch_id not in tables.batches:
            raise ConcurrentUpdate(f"batch {batch_id} of approval {approval.id} is not stored; add the batch first")
        self._put("approvals", approval.id, approval)
        self._put("approvals_of_batch", batch_id, (*tables.approvals_of_batch.get(batch_id, ()), approval.id))

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
        approval = self._tables.approvals.get(approval_id)
        if approval is None or approval.status is not ApprovalStatus.PENDING:
            return False
        if revision not in (None, approval.revision):
            return False
        if status is ApprovalStatus.APPROVED and at >= approval.expires_at:
            return False
        decided = replace(approval, status=status, decided_at=at, decided_by=by, decided_on=on, outcome=outcome)
        self._put("approvals", approval_id, decided)
        return True

    async def revise_approval(self, approval: Approval, expected: int, *, at: datetime) -> bool:
        stored = self._tables.approvals.get(approval.id)
        if stored is None or stored.status is not ApprovalStatus.PENDING:
            return False
        if stored.revision != expected or at >= stored.expires_at:
            return False
        changes = {name: getattr(approval, name) for name in REVISED}
        self._put("approvals", approval.id, replace(stored, **changes))
        return True

    async def set_approval_outcome(self, approval_id: str, outcome: str) -> None:
        approval = self._tables.approvals.get(approval_id)
        if approval is None:
            raise ConcurrentUpdate(f"approval {approval_id} is not stored; add it first")
        self._put("approvals", approval_id, replace(approval, outcome=outcome))

    async def add_cycle(self, cycle: Cycle) -> None:
        if cycle.id in self._tables.cycles:
            raise ConcurrentUpdate(f"cycle {cycle.id} is stored already")
        self._put("cycles", cycle.id, cycle)

    async def update_cycle(self, cycle: Cycle) -> None:
        if cycle.id not in self._tables.cycles:
            raise ConcurrentUpdate(f"cycle {cycle.id} is not stored; add it first")
        self._put("cycles", cycle.id, cycle)

    async def add_thesis(self, thesis: Thesis) -> None:
        self._changes.append(("theses", place(self._writable().theses, thesis), ABSENT))

    async def add_predictions(self, made: Sequence[ScoredPrediction]) -> None:
        for prediction in made:
            if prediction.id in self._tables.predictions:
                raise ConcurrentUpdate(f"prediction {prediction.id} is stored already")
            self._put("predictions", prediction.id, prediction)

    async def settle_prediction(self, prediction: ScoredPrediction) -> bool:
        stored = self._tables.predictions.get(prediction.id)
        if stored is None or stored.status is not PredictionStatus.OPEN:
            return False
        self._put("predictions", prediction.id, prediction)
        return True

    async def add_review(self, review: TradeReview) -> bool:
        if review.id in self._tables.reviews:
            return False
        self._put("reviews", review.id, review)
        return True

    async def add_model_call(self, call: ModelCall) -> None:
        if call.id in self._tables.model_calls:
            raise ConcurrentUpdate(f"model call {call.id} is stored already")
        self._put("model_calls", call.id, call)

    async def add_equity_point(self, point: EquityPoint) -> None:
        points = self._writable().equity_points
        index = place(points, point)
        if index and points[index - 1].at == point.at:
            del points[index]
            self._changes.append(("equity_points", index - 1, points[index - 1]))
            points[index - 1] = point
        else:
            self._changes.append(("equity_points", index, ABSENT))

    async def append(self, event: Event) -> int:
        journal = self._writable().journal
        seq = len(journal) + 1
        journal.append(JournalEntry(seq, event))
        self._changes.append(("journal", seq - 1, ABSENT))
        return seq

    def _writable(self) -> MemoryTables:
        """The tables to write to: a copy where a reader holds them."""
        self._tables = tables = self._state.writable()
        return tables

    def _put(self, table: str, key: Any, value: Any) -> None:
        rows = getattr(self._writable(), table)
        self._changes.append((table, key, rows.get(key, ABSENT)))
        rows[key] = value

    def _check_new(self, orders: Sequence[Order]) -> None:
        tables = self._tables
        for order in orders:
            if order.client_order_id in tables.orders:
                raise ConcurrentUpdate(f"order {order.client_order_id} is stored already")
            if order.intent.batch_id not in tables.batches:
                raise ConcurrentUpdate(
                    f"batch {order.intent.batch_id} of order {order.client_order_id} is not stored; add the batch first"
                )
        if len({order.client_order_id for order in orders}) < len(orders):
            raise ConcurrentUpdate("one client order id is given twice; give each order its own")

    def _add_order(self, order: Order) -> None:
        tables, changes = self._writable(), self._changes
        name, batch_id = order.client_order_id, order.intent.batch_id
        number = len(tables.orders)
        tables.orders[name] = order
        tables.places[name] = number
        changes.append(("orders", name, ABSENT))
        changes.append(("places", name, ABSENT))
        before = tables.orders_of_batch.get(batch_id, ABSENT)
        tables.orders_of_batch[batch_id] = (name,) if before is ABSENT else (*before, name)
        changes.append(("orders_of_batch", batch_id, before))
        if order.status not in FINAL:
            tables.open_orders[name] = number
            changes.append(("open_orders", name, ABSENT))

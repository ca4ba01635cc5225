"""The store's writes in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from trading.domain.event import Event
from trading.domain.order import Batch, Fill, Order, OrderStatus
from trading.domain.outcome import PredictionStatus, ScoredPrediction, TradeReview
from trading.domain.plan import Cycle, Thesis
from trading.domain.portfolio import CashFlow, EquityPoint, Posting, Protection
from trading.domain.risk import Approval, ApprovalStatus
from trading.domain.usage import ModelCall
from trading.errors import ConcurrentUpdate
from trading.store import rows
from trading.store.port import REVISED
from trading.store.sql_queries import SqlQueries
from trading.store.tables import (
    approvals,
    batches,
    cash_flows,
    cycles,
    equity_points,
    fills,
    journal,
    meta,
    model_calls,
    orders,
    postings,
    predictions,
    protections,
    reviews,
    slots,
    theses,
)


class SqlTransaction(SqlQueries):
    """Writes on one connection that holds the database's write lock. `appended` is the newest seq it gave out."""

    appended: int | None = None

    async def put_meta(self, key: str, value: str) -> None:
        await self._put(meta, {"key": key, "value": value})

    async def claim_slot(self, job: str, slot: str, at: datetime) -> bool:
        return await self._add_once(slots, {"job": job, "slot": slot, "claimed_at": at})

    async def add_batch(self, batch: Batch) -> None:
        await self._add(batches, [rows.fact_row(batch)], f"batch {batch.id}")

    async def add_orders(self, orders_: Sequence[Order]) -> None:
        named = ", ".join(f"order {order.client_order_id} of batch {order.intent.batch_id}" for order in orders_)
        await self._add(orders, [rows.order_row(order) for order in orders_], named)

    async def update_order(self, order: Order, expected: OrderStatus) -> None:
        same = (orders.c.client_order_id == order.client_order_id) & (orders.c.status == expected)
        if not await self._changed(update(orders).where(same).values(rows.order_row(order))):
            raise ConcurrentUpdate(f"order {order.client_order_id} is not {expected} any more; read it again")

    async def add_fill(self, fill: Fill) -> bool:
        named = f"fill {fill.trade_id} of order {fill.client_order_id}"
        with _broken_rules(named):
            return await self._add_once(fills, rows.fill_row(fill), "trade_id")

    async def add_postings(self, postings_: Sequence[Posting]) -> None:
        await self._add(postings, [rows.posting_row(posting) for posting in postings_], "postings")

    async def add_cash_flow(self, flow: CashFlow) -> bool:
        newest = await self._one(select(func.coalesce(func.max(fills.c.position), 0).label("fill")))
        row = rows.cash_flow_row(flow, after_fill=0 if newest is None else newest.fill)
        return await self._add_once(cash_flows, row, "id")

    async def set_protection(self, protection: Protection) -> None:
        await self._put(protections, rows.fact_row(protection))

    async def clear_protection(self, symbol: str) -> None:
        await self._execute(delete(protections).where(protections.c.symbol == symbol))

    async def add_approval(self, approval: Approval) -> None:
        named = f"approval {approval.id} of batch {approval.batch_id}"
        await self._add(approvals, [rows.fact_row(approval)], named)

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
        undecided = (approvals.c.id == approval_id) & (approvals.c.status == ApprovalStatus.PENDING)
        if revision is not None:
            undecided &= approvals.c.revision == revision
        if status is ApprovalStatus.APPROVED:
            undecided &= approvals.c.expires_at > at
        decision = {"status": status, "decided_at": at, "decided_by": by, "decided_on": on, "outcome": outcome}
        return await self._changed(update(approvals).where(undecided).values(decision))

    async def revise_approval(self, approval: Approval, expected: int, *, at: datetime) -> bool:
        same = (approvals.c.id == approval.id) & (approvals.c.revision == expected)
        same &= (approvals.c.status == ApprovalStatus.PENDING) & (approvals.c.expires_at > at)
        changes = {name: getattr(approval, name) for name in REVISED}
        return await self._changed(update(approvals).where(same).values(changes))

    async def set_approval_outcome(self, approval_id: str, outcome: str) -> None:
        if not await self._changed(update(approvals).where(approvals.c.id == approval_id).values(outcome=outcome)):
            raise ConcurrentUpdate(f"approval {approval_id} is not stored; add it first")

    async def add_cycle(self, cycle: Cycle) -> None:
        await self._add(cycles, [_cycle_row(cycle)], f"cycle {cycle.id}")

    async def update_cycle(self, cycle: Cycle) -> None:
        if not await self._changed(update(cycles).where(cycles.c.id == cycle.id).values(_cycle_row(cycle))):
            raise ConcurrentUpdate(f"cycle {cycle.id} is not stored; add it first")

    async def add_thesis(self, thesis: Thesis) -> None:
        await self._add(theses, [rows.fact_row(thesis)], f"thesis of {thesis.at}")

    async def add_predictions(self, made: Sequence[ScoredPrediction]) -> None:
        named = ", ".join(f"prediction {prediction.id}" for prediction in made)
        await self._add(predictions, [rows.fact_row(prediction) for prediction in made], named)

    async def settle_prediction(self, prediction: ScoredPrediction) -> bool:
        still_open = (predictions.c.id == prediction.id) & (predictions.c.status == PredictionStatus.OPEN)
        return await self._changed(update(predictions).where(still_open).values(rows.fact_row(prediction)))

    async def add_review(self, review: TradeReview) -> bool:
        return await self._add_once(reviews, rows.fact_row(review), "id")

    async def add_model_call(self, call: ModelCall) -> None:
        await self._add(model_calls, [rows.fact_row(call)], f"model call {call.id}")

    async def add_equity_point(self, point: EquityPoint) -> None:
        await self._put(equity_points, rows.fact_row(point))

    async def append(self, event: Event) -> int:
        seq = (self.appended or await self.last_seq()) + 1
        row = {"seq": seq, "kind": event.kind, "at": event.at, "event": event}
        await self._add(journal, [row], f"journal entry {seq}")
        self.appended = seq
        return seq

    async def _add(self, table: Table, new: Sequence[dict[str, Any]], named: str) -> None:
        if not new:
            return
        with _broken_rules(named):
            await self._execute(insert(table), new)

    async def _add_once(self, table: Table, row: dict[str, Any], *unique: str) -> bool:
        """Insert unless a row with the same key is there. True when it was inserted."""
        statement = self._insert(table).values(row).on_conflict_do_nothing(index_elements=unique or _key(table))
        return await self._changed(statement)

    async def _put(self, table: Table, row: dict[str, Any]) -> None:
        """Insert, or replace the row with the same primary key."""
        statement = self._insert(table).values(row)
        await self._execute(statement.on_conflict_do_update(index_elements=_key(table), set_=row))

    async def _changed(self, statement: Executable) -> bool:
        return (await self._execute(statement)).rowcount > 0

    def _insert(self, table: Table) -> Any:
        """The dialect's own insert: both know ON CONFLICT, standard SQL does not."""
        return sqlite.insert(table) if self._connection.dialect.name == "sqlite" else postgresql.insert(table)


class _broken_rules:
    """Names the fact whose key is taken or whose parent is missing."""

    def __init__(self, named: str) -> None:
        self._named = named

    def __enter__(self) -> None: ...

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, IntegrityError):
            missing = "foreign key" in str(error.orig).lower()
            what = "refers to something that is not stored; add that first" if missing else "is stored already"
            raise ConcurrentUpdate(f"{self._named} {what}") from error


def _cycle_row(cycle: Cycle) -> dict[str, Any]:
    return {"id": cycle.id, "at": cycle.at, "body": cycle}


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]

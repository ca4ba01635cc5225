"""The store's reads in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from heapq import merge
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Executable, Label, Row, Select, Table, func, or_, select, type_coerce
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Double, Text

from trading.domain.event import JournalEntry
from trading.domain.money import ZERO
from trading.domain.order import FINAL, Batch, Fill, Order, OrderStatus, Side
from trading.domain.outcome import PredictionStatus, ScoredPrediction, TradeReview
from trading.domain.plan import Cycle, Thesis
from trading.domain.portfolio import CashFlow, EquityPoint, Protection, Traded
from trading.domain.risk import Approval, ApprovalStatus
from trading.domain.usage import ModelCall
from trading.store import rows
from trading.store.exact import exact_sum
from trading.store.interruption import uninterrupted
from trading.store.sql_faults import faults_are_fatal
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
from trading.store.traded import best_first, traded_of, worst_first

_BATCHES = select(*rows.fact_columns(Batch, batches))
_APPROVALS = select(*rows.fact_columns(Approval, approvals)).order_by(
    approvals.c.created_at.desc(), approvals.c.position.desc()
)
_FILLS = select(fills).order_by(fills.c.at.desc(), fills.c.position.desc())
_SALES = select(fills)
_REALIZED = type_coerce(fills.c.realized, Text).cast(Double)
"""Near enough to choose the largest; their order among themselves is told in Decimals."""

_OPEN = [status for status in OrderStatus if status not in FINAL]
"""Named one by one: what a status is not, no index finds."""

_BOOKED_FILLS = select(fills).order_by(fills.c.position)
_BOOKED_FLOWS = select(cash_flows).order_by(cash_flows.c.position)

Placed = tuple[int, bool, CashFlow | Fill]
"""The newest fill's position, whether it was booked behind that, and the fact."""


class SqlQueries:
    """Reads on one connection, inside its transaction."""

    def __init__(self, connection: AsyncConnection, database: str) -> None:
        self._connection = connection
        self._database = database

    async def meta(self, key: str) -> str | None:
        row = await self._one(select(meta.c.value).where(meta.c.key == key))
        return None if row is None else str(row.value)

    async def slot_taken(self, job: str, slot: str) -> bool:
        row = await self._one(select(slots.c.job).where(slots.c.job == job, slots.c.slot == slot))
        return row is not None

    async def batch(self, batch_id: str) -> Batch | None:
        row = await self._one(_BATCHES.where(batches.c.id == batch_id))
        return None if row is None else rows.fact_of(Batch, row)

    async def batches_by_id(self, batch_ids: Sequence[str]) -> Sequence[Batch]:
        found: list[Batch] = []
        for some in _portions(batch_ids):
            found += [rows.fact_of(Batch, row) for row in await self._rows(_BATCHES.where(batches.c.id.in_(some)))]
        return found

    async def order(self, client_order_id: str) -> Order | None:
        row = await self._one(select(orders).where(orders.c.client_order_id == client_order_id))
        return None if row is None else rows.order_of(row)

    async def orders_of_batch(self, batch_id: str) -> Sequence[Order]:
        return await self._orders(select(orders).where(orders.c.batch_id == batch_id))

    async def open_orders(self) -> Sequence[Order]:
        return await self._orders(select(orders).where(orders.c.status.in_(_OPEN)))

    async def orders_by_id(self, client_order_ids: Sequence[str]) -> Sequence[Order]:
        found: list[Order] = []
        for some in _portions(client_order_ids):
            found += await self._orders(select(orders).where(orders.c.client_order_id.in_(some)))
        return found

    async def newest_orders(self, limit: int) -> Sequence[Order]:
        statement = select(orders).order_by(orders.c.position.desc()).limit(limit)
        return [rows.order_of(row) for row in await self._newest_last(statement)]

    async def orders_named(self, prefix: str, limit: int) -> Sequence[Order]:
        begins = or_(_begins(orders.c.client_order_id, prefix), _begins(orders.c.venue_order_id, prefix))
        statement = select(orders).where(begins).order_by(orders.c.position.desc()).limit(limit)
        return [rows.order_of(row) for row in await self._newest_last(statement)]

    async def fills_named(self, prefix: str, limit: int) -> Sequence[Fill]:
        statement = _FILLS.where(_begins(fills.c.trade_id, prefix)).limit(limit)
        return [rows.fill_of(row) for row in await self._newest_last(statement)]

    async def fills(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        side: Side | None = None,
        limit: int | None = None,
    ) -> Sequence[Fill]:
        statement = _FILLS.where(*_among(since, until, symbol, side)).limit(limit)
        return [rows.fill_of(row) for row in await self._newest_last(statement)]

    async def count_fills(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        side: Side | None = None,
    ) -> int:
        counted = select(func.count().label("trades")).select_from(fills)
        row = await self._one(counted.where(*_among(since, until, symbol, side)))
        return 0 if row is None else int(row.trades)

    async def traded(self, *, since: datetime | None = None, until: datetime | None = None) -> Sequence[Traded]:
        realized = _gathered(fills.c.realized, "realized")
        fees = _gathered(func.coalesce(fills.c.fee_value, fills.c.fee), "fees")
        group = fills.c.symbol, fills.c.side
        statement = select(*group, realized, fees).where(*_among(since, until)).group_by(*group).order_by(*group)
        found = await self._rows(statement)
        return [traded_of(row.symbol, row.side, _figures(row.realized), _figures(row.fees)) for row in found]

    async def traded_by_day(self, *, since: datetime, until: datetime) -> Mapping[date, Sequence[Traded]]:
        day = func.substr(type_coerce(fills.c.at, Text), 1, 10).label("day")
        realized = _gathered(fills.c.realized, "realized")
        fees = _gathered(func.coalesce(fills.c.fee_value, fills.c.fee), "fees")
        group = day, fills.c.symbol, fills.c.side
        statement = select(*group, realized, fees).where(*_among(since, until)).group_by(*group).order_by(*group)
        found: dict[date, list[Traded]] = {}
        for row in await self._rows(statement):
            traded = traded_of(row.symbol, row.side, _figures(row.realized), _figures(row.fees))
            found.setdefault(date.fromisoformat(row.day), []).append(traded)
        return found

    async def best_sales(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        limit: int,
    ) -> Sequence[Fill]:
        sales = _SALES.where(*_among(since, until, symbol, Side.SELL), _REALIZED > 0)
        found = await self._rows(sales.order_by(_REALIZED.desc(), fills.c.position.desc()).limit(limit))
        return best_first([rows.fill_of(row) for row in found])

    async def worst_sales(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        limit: int,
    ) -> Sequence[Fill]:
        sales = _SALES.where(*_among(since, until, symbol, Side.SELL), _REALIZED <= 0)
        found = await self._rows(sales.order_by(_REALIZED, fills.c.position.desc()).limit(limit))
        return worst_first([rows.fill_of(row) for row in found])

    async def fills_of_order(self, client_order_id: str) -> Sequence[Fill]:
        statement = _FILLS.where(fills.c.client_order_id == client_order_id)
        return [rows.fill_of(row) for row in await self._newest_last(statement)]

    async def cash_flows(self) -> Sequence[CashFlow]:
        statement = select(cash_flows).order_by(cash_flows.c.at, cash_flows.c.position)
        return [rows.cash_flow_of(row) for row in await self._rows(statement)]

    async def booked(self, *, fills: int = 0, flows: int = 0, limit: int | None = None) -> Sequence[CashFlow | Fill]:
        traded = await self._rows(_BOOKED_FILLS.offset(fills).limit(limit))
        last = traded[-1].position if traded and len(traded) == limit else None
        came = await self._rows(_BOOKED_FLOWS.offset(flows))
        # Merging keeps flows that came after the same fill in their own order.
        placed_flows: list[Placed] = [
            (row.after_fill, True, rows.cash_flow_of(row)) for row in came if last is None or row.after_fill < last
        ]
        placed_fills: list[Placed] = [(row.position, False, rows.fill_of(row)) for row in traded]
        return [fact for _, _, fact in merge(placed_fills, placed_flows, key=itemgetter(0, 1))]

    async def protections(self) -> Sequence[Protection]:
        statement = select(*rows.fact_columns(Protection, protections)).order_by(protections.c.symbol)
        return [rows.fact_of(Protection, row) for row in await self._rows(statement)]

    async def approval(self, approval_id: str) -> Approval | None:
        row = await self._one(_APPROVALS.where(approvals.c.id == approval_id))
        return None if row is None else rows.fact_of(Approval, row)

    async def approvals(self, status: ApprovalStatus | None = None, limit: int | None = None) -> Sequence[Approval]:
        statement = _APPROVALS if status is None else _APPROVALS.where(approvals.c.status == status)
        return [rows.fact_of(Approval, row) for row in await self._newest_last(statement.limit(limit))]

    async def approval_of_batch(self, batch_id: str) -> Approval | None:
        row = await self._one(_APPROVALS.where(approvals.c.batch_id == batch_id).limit(1))
        return None if row is None else rows.fact_of(Approval, row)

    async def cycle(self, cycle_id: str) -> Cycle | None:
        row = await self._one(select(cycles.c.body).where(cycles.c.id == cycle_id))
        return None if row is None else row.body

    async def cycles(self, limit: int) -> Sequence[Cycle]:
        statement = select(cycles.c.body).order_by(cycles.c.at.desc(), cycles.c.position.desc()).limit(limit)
        return [row.body for row in await self._newest_last(statement)]

    async def cycles_named(self, prefix: str, limit: int) -> Sequence[Cycle]:
        named = select(cycles.c.body).where(_begins(cycles.c.id, prefix))
        statement = named.order_by(cycles.c.at.desc(), cycles.c.position.desc()).limit(limit)
        return [row.body for row in await self._newest_last(statement)]

    async def theses(self, limit: int) -> Sequence[Thesis]:
        statement = select(*rows.fact_columns(Thesis, theses)).order_by(theses.c.at.desc(), theses.c.position.desc())
        return [rows.fact_of(Thesis, row) for row in await self._newest_last(statement.limit(limit))]

    async def predictions(
        self, status: PredictionStatus | None = None, limit: int | None = None
    ) -> Sequence[ScoredPrediction]:
        statement = _newest_first(ScoredPrediction, predictions, predictions.c.at)
        statement = statement if status is None else statement.where(predictions.c.status == status)
        return [rows.fact_of(ScoredPrediction, row) for row in await self._newest_last(statement.limit(limit))]

    async def reviews(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int | None = None
    ) -> Sequence[TradeReview]:
        statement = _within(_newest_first(TradeReview, reviews, reviews.c.closed_at), reviews.c.closed_at, since, until)
        return [rows.fact_of(TradeReview, row) for row in await self._newest_last(statement.limit(limit))]

    async def model_calls(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int | None = None
    ) -> Sequence[ModelCall]:
        statement = _within(_newest_first(ModelCall, model_calls, model_calls.c.at), model_calls.c.at, since, until)
        return [rows.fact_of(ModelCall, row) for row in await self._newest_last(statement.limit(limit))]

    async def model_cost(self, *, since: datetime | None = None, until: datetime | None = None) -> Decimal:
        statement = select(_gathered(model_calls.c.cost, "costs"))
        row = await self._one(_within(statement, model_calls.c.at, since, until))
        return exact_sum(_figures(row.costs)) if row is not None and row.costs else ZERO

    async def equity_points(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[EquityPoint]:
        statement = select(*rows.fact_columns(EquityPoint, equity_points)).order_by(equity_points.c.at)
        if since is not None:
            statement = statement.where(equity_points.c.at >= since)
        if until is not None:
            statement = statement.where(equity_points.c.at <= until)
        return [rows.fact_of(EquityPoint, row) for row in await self._rows(statement)]

    async def account_totals(self) -> dict[tuple[str, str], Decimal]:
        gathered = _gathered(postings.c.amount, "amounts")
        statement = select(postings.c.account, postings.c.currency, gathered).group_by(
            postings.c.account, postings.c.currency
        )
        return {(row.account, row.currency): exact_sum(_figures(row.amounts)) for row in await self._rows(statement)}

    async def events(self, after: int, limit: int) -> Sequence[JournalEntry]:
        statement = select(journal.c.seq, journal.c.event).where(journal.c.seq > after).order_by(journal.c.seq)
        return [JournalEntry(row.seq, row.event) for row in await self._rows(statement.limit(limit))]

    async def last_seq(self) -> int:
        row = await self._one(select(func.coalesce(func.max(journal.c.seq), 0).label("seq")))
        return 0 if row is None else int(row.seq)

    async def _orders(self, statement: Select[Any]) -> list[Order]:
        return [rows.order_of(row) for row in await self._rows(statement.order_by(orders.c.position))]

    async def _one(self, statement: Select[Any]) -> Row[Any] | None:
        return (await self._execute(statement)).one_or_none()

    async def _rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        return (await self._execute(statement)).all()

    async def _newest_last(self, statement: Select[Any]) -> list[Row[Any]]:
        """The rows of a newest-first statement, turned round: so that a limit keeps the newest."""
        return list(reversed(await self._rows(statement)))

    async def _execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Run to the end even when cancelled: a statement cut off would cost us the connection."""
        with faults_are_fatal(self._database):
            return await uninterrupted(self._connection.execute(statement, values))


def _portions(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Databases limit the parameters of one statement."""
    return (names[start : start + 500] for start in range(0, len(names), 500))


def _among(
    since: datetime | None, until: datetime | None, symbol: str | None = None, side: Side | None = None
) -> list[ColumnElement[bool]]:
    """What a fill must fulfil."""
    return [
        *([] if since is None else [fills.c.at >= since]),
        *([] if until is None else [fills.c.at < until]),
        *([] if symbol is None else [fills.c.symbol == symbol]),
        *([] if side is None else [fills.c.side == side]),
    ]


def _gathered(amount: ColumnElement[Any], name: str) -> Label[str]:
    """All amounts of a group: SQLite would sum them in floats."""
    return func.aggregate_strings(type_coerce(amount, Text), " ").label(name)


def _figures(gathered: str) -> list[Decimal]:
    return [Decimal(word) for word in gathered.split()]


def _newest_first(fact_type: Any, table: Table, time: ColumnElement[Any]) -> Select[Any]:
    return select(*rows.fact_columns(fact_type, table)).order_by(time.desc(), table.c.position.desc())


def _within(
    statement: Select[Any], time: ColumnElement[Any], since: datetime | None, until: datetime | None
) -> Select[Any]:
    """Those with since <= time < until."""
    statement = statement if since is None else statement.where(time >= since)
    return statement if until is None else statement.where(time < until)


def _begins(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    return func.lower(column).startswith(prefix.lower(), autoescape=True)

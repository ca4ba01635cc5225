"""The memory store's reads."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import TypeVar

from trading.domain.event import JournalEntry
from trading.domain.order import Batch, Fill, Order, Side
from trading.domain.outcome import PredictionStatus, ScoredPrediction, TradeReview
from trading.domain.plan import Cycle, Thesis
from trading.domain.portfolio import CashFlow, EquityPoint, Protection, Traded
from trading.domain.risk import Approval, ApprovalStatus
from trading.domain.usage import ModelCall
from trading.store.exact import exact_sum
from trading.store.memory_tables import MemoryTables, when
from trading.store.traded import best_first, traded_of, worst_first

T = TypeVar("T")

_created = attrgetter("created_at")
_closed = attrgetter("closed_at")


class MemoryQueries:
    """Reads of one set of tables."""

    __slots__ = ("_tables",)

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables

    async def meta(self, key: str) -> str | None:
        return self._tables.meta.get(key)

    async def slot_taken(self, job: str, slot: str) -> bool:
        return (job, slot) in self._tables.slots

    async def batch(self, batch_id: str) -> Batch | None:
        return self._tables.batches.get(batch_id)

    async def batches_by_id(self, batch_ids: Sequence[str]) -> Sequence[Batch]:
        batches = self._tables.batches
        return [batches[name] for name in dict.fromkeys(batch_ids) if name in batches]

    async def order(self, client_order_id: str) -> Order | None:
        return self._tables.orders.get(client_order_id)

    async def orders_of_batch(self, batch_id: str) -> Sequence[Order]:
        orders = self._tables.orders
        return [orders[name] for name in self._tables.orders_of_batch.get(batch_id, ())]

    async def open_orders(self) -> Sequence[Order]:
        orders, places = self._tables.orders, self._tables.open_orders
        return [orders[name] for name in sorted(places, key=places.__getitem__)]

    async def orders_by_id(self, client_order_ids: Sequence[str]) -> Sequence[Order]:
        orders = self._tables.orders
        return [orders[name] for name in dict.fromkeys(client_order_ids) if name in orders]

    async def newest_orders(self, limit: int) -> Sequence[Order]:
        return _newest(list(self._tables.orders.values()), limit)

    async def orders_named(self, prefix: str, limit: int) -> Sequence[Order]:
        names = ((order, (order.client_order_id, order.venue_order_id or "")) for order in self._tables.orders.values())
        return _newest([order for order, ids in names if any(_begins(id_, prefix) for id_ in ids)], limit)

    async def fills_named(self, prefix: str, limit: int) -> Sequence[Fill]:
        return _newest([fill for fill in self._tables.fills if _begins(fill.trade_id, prefix)], limit)

    async def fills(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        side: Side | None = None,
        limit: int | None = None,
    ) -> Sequence[Fill]:
        fills = self._between(since, until)
        if symbol is not None:
            fills = [fill for fill in fills if fill.symbol == symbol]
        if side is not None:
            fills = [fill for fill in fills if fill.side is side]
        return _newest(fills, limit)

    async def count_fills(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        side: Side | None = None,
    ) -> int:
        return len(await self.fills(since=since, until=until, symbol=symbol, side=side))

    async def traded(self, *, since: datetime | None = None, until: datetime | None = None) -> Sequence[Traded]:
        groups: dict[tuple[str, Side], list[Fill]] = {}
        for fill in self._between(since, until):
            groups.setdefault((fill.symbol, fill.side), []).append(fill)
        return [
            traded_of(symbol, side, [fill.realized for fill in group], [fill.fee_worth for fill in group])
            for (symbol, side), group in sorted(groups.items())
        ]

    async def traded_by_day(self, *, since: datetime, until: datetime) -> Mapping[date, Sequence[Traded]]:
        days = sorted({fill.at.astimezone(UTC).date() for fill in self._between(since, until)})
        spans = {day: datetime.combine(day, time(), UTC) for day in days}
        return {
            day: await self.traded(since=max(since, start), until=min(until, start + timedelta(days=1)))
            for day, start in spans.items()
        }

    async def best_sales(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        limit: int,
    ) -> Sequence[Fill]:
        sales = await self.fills(since=since, until=until, symbol=symbol, side=Side.SELL)
        return best_first([sale for sale in sales if sale.realized > 0])[:limit]

    async def worst_sales(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        symbol: str | None = None,
        limit: int,
    ) -> Sequence[Fill]:
        sales = await self.fills(since=since, until=until, symbol=symbol, side=Side.SELL)
        return worst_first([sale for sale in sales if sale.realized <= 0])[:limit]

    def _between(self, since: datetime | None, until: datetime | None) -> list[Fill]:
        fills = self._tables.fills
        first = 0 if since is None else bisect_left(fills, since, key=when)
        last = len(fills) if until is None else bisect_left(fills, until, key=when)
        return fills[first:last]

    async def fills_of_order(self, client_order_id: str) -> Sequence[Fill]:
        return self._tables.fills_of_order.get(client_order_id, ())

    async def cash_flows(self) -> Sequence[CashFlow]:
        return sorted(self._tables.cash_flows.values(), key=when)

    async def booked(self, *, fills: int = 0, flows: int = 0, limit: int | None = None) -> Sequence[CashFlow | Fill]:
        first = fills + flows
        return self._tables.booked[first : None if limit is None else first + limit]

    async def protections(self) -> Sequence[Protection]:
        return [protection for _, protection in sorted(self._tables.protections.items())]

    async def approval(self, approval_id: str) -> Approval | None:
        return self._tables.approvals.get(approval_id)

    async def approvals(self, status: ApprovalStatus | None = None, limit: int | None = None) -> Sequence[Approval]:
        stored = self._tables.approvals.values()
        wanted = [approval for approval in stored if status is None or approval.status is status]
        return _newest(sorted(wanted, key=_created), limit)

    async def approval_of_batch(self, batch_id: str) -> Approval | None:
        raised = [self._tables.approvals[name] for name in self._tables.approvals_of_batch.get(batch_id, ())]
        return sorted(raised, key=_created)[-1] if raised else None

    async def cycle(self, cycle_id: str) -> Cycle | None:
        return self._tables.cycles.get(cycle_id)

    async def cycles(self, limit: int) -> Sequence[Cycle]:
        return _newest(sorted(self._tables.cycles.values(), key=when), limit)

    async def cycles_named(self, prefix: str, limit: int) -> Sequence[Cycle]:
        named = [cycle for cycle in self._tables.cycles.values() if _begins(cycle.id, prefix)]
        return _newest(sorted(named, key=when), limit)

    async def theses(self, limit: int) -> Sequence[Thesis]:
        return _newest(self._tables.theses, limit)

    async def predictions(
        self, status: PredictionStatus | None = None, limit: int | None = None
    ) -> Sequence[ScoredPrediction]:
        wanted = [made for made in self._tables.predictions.values() if status is None or made.status is status]
        return _newest(sorted(wanted, key=when), limit)

    async def reviews(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int | None = None
    ) -> Sequence[TradeReview]:
        return _newest(_within(self._tables.reviews.values(), _closed, since, until), limit)

    async def model_calls(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int | None = None
    ) -> Sequence[ModelCall]:
        return _newest(_within(self._tables.model_calls.values(), when, since, until), limit)

    async def model_cost(self, *, since: datetime | None = None, until: datetime | None = None) -> Decimal:
        calls = _within(self._tables.model_calls.values(), when, since, until)
        return exact_sum(call.cost for call in calls if call.cost is not None)

    async def equity_points(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[EquityPoint]:
        points = self._tables.equity_points
        first = 0 if since is None else bisect_left(points, since, key=when)
        last = len(points) if until is None else bisect_right(points, until, key=when)
        return points[first:last]

    async def account_totals(self) -> dict[tuple[str, str], Decimal]:
        return self._tables.totals.copy()

    async def events(self, after: int, limit: int) -> Sequence[JournalEntry]:
        first = max(after, 0)  # seq n stands at index n - 1
        return self._tables.journal[first : first + limit]

    async def last_seq(self) -> int:
        return len(self._tables.journal)


def _newest(facts: Sequence[T], limit: int | None) -> Sequence[T]:
    """A copy of the last `limit` of `facts`."""
    return facts[len(facts) - min(limit, len(facts)) :] if limit is not None else facts[:]


def _within(
    facts: Iterable[T], time_of: Callable[[T], datetime], since: datetime | None, until: datetime | None
) -> Sequence[T]:
    """The facts with since <= their time < until, by that time."""
    inside = [f for f in facts if (since is None or time_of(f) >= since) and (until is None or time_of(f) < until)]
    return sorted(inside, key=time_of)


def _begins(text: str, prefix: str) -> bool:
    return text.lower().startswith(prefix.lower())

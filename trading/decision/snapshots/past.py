"""What came of earlier decisions: clamped, refused, waiting, and sold with what profit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trading.brain.facts_table import FactTable
from trading.decision.snapshots.numbers import plain, rounded, significant
from trading.decision.snapshots.outcomes import outcome_tables, outcome_words
from trading.decision.track_record import track_record
from trading.domain.order import FINAL, Order, OrderStatus, Side
from trading.domain.plan import Clamp, Cycle
from trading.domain.portfolio import Traded
from trading.domain.risk import ApprovalStatus
from trading.store.port import Queries

CYCLES = 5


@dataclass(frozen=True, slots=True)
class Past:
    """Figures as tables; words, by what they are, to be read as words only."""

    tables: tuple[FactTable, ...]
    quoted: Mapping[str, str] = field(default_factory=dict)


async def past(read: Queries, at: datetime, traded: Sequence[Traded]) -> Past:
    """Earlier cycles, orders that wait for a person, and closed trades, all as known at `at`.

    `traded` is what the fills before `at` add up to.
    """
    # One more of each: what was decided after `at` is not known yet.
    cycles = [cycle for cycle in await read.cycles(2 * CYCLES) if cycle.at < at][-CYCLES:]
    refused = {cycle.id: await _refused(read, cycle) for cycle in cycles if cycle.batch_id}
    record = await track_record(read, at)
    tables = (
        _cycles(cycles, refused, at),
        _clamps(cycles),
        await _waiting(read, at),
        _sales(traded),
        *outcome_tables(record),
    )
    words = {"what came of the last rebalances": _reasons(cycles, refused), **outcome_words(record)}
    return Past(tables, {name: text for name, text in words.items() if text})


async def _refused(read: Queries, cycle: Cycle) -> Sequence[Order]:
    orders = await read.orders_of_batch(cycle.batch_id or "")
    return [order for order in orders if order.status in FINAL - {OrderStatus.FILLED}]


def _cycles(cycles: Sequence[Cycle], refused: Mapping[str, Sequence[Order]], at: datetime) -> FactTable:
    """Newest first: cycle.1 is the last one."""
    rows = {
        f"cycle.{number}": (
            rounded((at - cycle.at) / timedelta(hours=1), 1),
            cycle.outcome.value,
            str(len(cycle.intents)),
            str(len(cycle.clamps)),
            str(len(refused.get(cycle.id, ()))),
        )
        for number, cycle in enumerate(reversed(cycles), 1)
    }
    return FactTable.of("Last rebalances", ("hours_ago", "outcome", "orders", "clamps", "orders_not_filled"), rows)


def _clamps(cycles: Sequence[Cycle]) -> FactTable:
    rows: dict[str, tuple[str | None, ...]] = {}
    for number, cycle in enumerate(reversed(cycles), 1):
        for clamp in cycle.clamps:
            rows[f"cycle.{number}.{_place(clamp)}"] = (rounded(clamp.before, 4), rounded(clamp.after, 4), clamp.unit)
    return FactTable.of("What guards changed then", ("before", "after", "unit"), rows)


def _place(clamp: Clamp) -> str:
    return f"{clamp.symbol}.{clamp.guard}" if clamp.symbol else clamp.guard


async def _waiting(read: Queries, at: datetime) -> FactTable:
    """Orders on cards that nobody has decided: base, side. They hold their cash or coins already."""
    rows: dict[str, tuple[str | None, ...]] = {}
    for number, approval in enumerate(await read.approvals(ApprovalStatus.PENDING), 1):
        batch = await read.batch(approval.batch_id)
        # A card lives by the people's clock, its orders by the market's.
        if batch is None or batch.created_at > at:
            continue
        for order in await read.orders_of_batch(batch.id):
            if approval.includes(order.client_order_id):
                row = f"approval.{number}.{order.symbol}.{order.side.value}"
                rows[row] = (plain(order.intent.quantity), rounded((at - batch.created_at) / timedelta(minutes=1), 0))
    return FactTable.of("Orders that wait for a person", ("quantity", "minutes"), rows)


def _sales(traded: Sequence[Traded]) -> FactTable:
    """Sales since inception by symbol; profit after fees, in quote."""
    rows: dict[str, tuple[str | None, ...]] = {
        one.symbol: (str(one.trades), str(one.wins), significant(one.realized))
        for one in sorted(traded, key=lambda one: one.symbol)
        if one.side is Side.SELL
    }
    return FactTable.of("Sales", ("sales", "sales_won", "sales_profit"), rows)


def _reasons(cycles: Sequence[Cycle], refused: Mapping[str, Sequence[Order]]) -> str:
    lines: list[str] = []
    for number, cycle in enumerate(reversed(cycles), 1):
        lines.append(f"cycle.{number}, {cycle.outcome.value}: {cycle.reason}")
        lines.extend(
            f"cycle.{number}, {order.side.value} {order.symbol} {order.status.value}: {order.detail}"
            for order in refused.get(cycle.id, ())
        )
    return "\n".join(lines)

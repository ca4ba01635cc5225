"""Facts as rows of the exported files, amounts exact, times in UTC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from trading.domain.order import Batch, Fill, Order
from trading.domain.portfolio import CashFlow, EquityPoint, Posting
from trading.store.append_file import Cell

Row = Sequence[Cell]

TRADES: Row = (
    *("at", "trade_id", "symbol", "side", "quantity", "price", "notional", "fee", "fee_currency", "fee_worth"),
    *("realized", "source", "decided_by", "reason", "order_id", "venue_order_id"),
)
LEDGER: Row = ("at", "entry_id", "account", "amount", "currency")
FLOWS: Row = ("at", "id", "amount", "currency", "worth", "kind", "note")


def equity_heading(assets: Sequence[str]) -> Row:
    return ("at", "equity", "cash", "flows", "invested_share", *assets)


def trade_rows(
    fills: Sequence[Fill], orders: Mapping[str, Order], batches: Mapping[str, Batch | None]
) -> Iterator[Row]:
    """Fills with the orders and batches they came from."""
    return (_trade(fill, orders[fill.client_order_id], batches) for fill in fills)


def posting_rows(postings: Iterator[Posting]) -> Iterator[Row]:
    return ((iso(p.at), p.entry_id, p.account, p.money.amount, p.money.currency) for p in postings)


def flow_row(flow: CashFlow) -> Row:
    kind = "borrowing" if flow.rollover_of else "in" if flow.money.amount > 0 else "out"
    return (iso(flow.at), flow.id, flow.money.amount, flow.money.currency, flow.worth, kind, flow.note)


def point_row(point: EquityPoint, assets: Sequence[str]) -> Row:
    prices = [point.benchmarks.get(asset) for asset in assets]
    return (iso(point.at), point.equity, point.cash, point.flows, round(point.exposure, 10), *prices)


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _trade(fill: Fill, order: Order, batches: Mapping[str, Batch | None]) -> Row:
    batch = batches.get(order.intent.batch_id)
    return (
        iso(fill.at),
        fill.trade_id,
        fill.symbol,
        fill.side.value,
        fill.quantity,
        fill.price,
        fill.notional,
        fill.fee.amount,
        fill.fee.currency,
        fill.fee_worth,
        fill.realized,
        order.intent.source.value,
        batch.decided_by if batch else None,
        order.intent.reason,
        fill.client_order_id,
        order.venue_order_id,
    )

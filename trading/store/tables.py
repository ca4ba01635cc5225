"""The tables. `position` is the order of insertion; money and times have the types of :mod:`trading.store.columns`.

`migrations/` builds the same schema step by step; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, MetaData, Table, Text

from trading.domain.order import OrderStatus, OrderType, Side, Source
from trading.domain.outcome import PredictionStatus
from trading.domain.risk import ApprovalKind, ApprovalStatus
from trading.domain.usage import Purpose
from trading.store.codec import (
    CONSENT,
    CYCLES,
    ESTIMATES,
    EVENTS,
    FIGURES,
    INSTRUMENTS,
    NAMES,
    NEEDED,
    NOTES,
    PREDICTIONS,
)
from trading.store.columns import Exact, Instant, JsonFact, Word

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _position() -> Column[int]:
    return Column("position", Integer, primary_key=True, autoincrement=True)


meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

slots = Table(
    "slots",
    metadata,
    Column("job", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("claimed_at", Instant, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Word(Source), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("cycle_id", Text),
)

orders = Table(
    "orders",
    metadata,
    _position(),
    Column("client_order_id", Text, nullable=False, unique=True),
    Column("intent_id", Text, nullable=False),
    Column("batch_id", Text, ForeignKey(batches.c.id), nullable=False, index=True),
    Column("instrument", JsonFact(INSTRUMENTS), nullable=False),
    Column("side", Word(Side), nullable=False),
    Column("quantity", Exact, nullable=False),
    Column("type", Word(OrderType), nullable=False),
    Column("source", Word(Source), nullable=False),
    Column("reason", Text, nullable=False),
    Column("limit_price", Exact),
    Column("reduce_only", Boolean, nullable=False),
    Column("protective", Boolean, nullable=False),
    Column("margin", Boolean, nullable=False),
    Column("expected_move", Exact),
    Column("status", Word(OrderStatus), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("venue_order_id", Text),
    Column("filled_quantity", Exact, nullable=False),
    Column("average_price", Exact),
    Column("fee", Exact, nullable=False),
    Column("detail", Text, nullable=False),
)

fills = Table(
    "fills",
    metadata,
    _position(),
    Column("trade_id", Text, nullable=False, unique=True),
    Column("client_order_id", Text, ForeignKey(orders.c.client_order_id), nullable=False, index=True),
    Column("symbol", Text, nullable=False),
    Column("side", Word(Side), nullable=False),
    Column("price", Exact, nullable=False),
    Column("quantity", Exact, nullable=False),
    Column("fee", Exact, nullable=False),
    Column("fee_currency", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("realized", Exact, nullable=False),
    Column("fee_value", Exact),
    Column("margin", Boolean, nullable=False),
    Column("cost", Exact),
)

postings = Table(
    "postings",
    metadata,
    _position(),
    Column("entry_id", Text, nullable=False, index=True),
    Column("account", Text, nullable=False),
    Column("amount", Exact, nullable=False),
    Column("currency", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

cash_flows = Table(
    "cash_flows",
    metadata,
    _position(),
    Column("id", Text, nullable=False, unique=True),
    Column("amount", Exact, nullable=False),
    Column("currency", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False),
    Column("value", Exact),
    Column("rollover_of", Text),
    # The position of the newest fill when the flow was booked: flows and fills share one order of booking.
    Column("after_fill", Integer, nullable=False),
)

protections = Table(
    "protections",
    metadata,
    Column("symbol", Text, primary_key=True),
    Column("stop", Exact),
    Column("target", Exact),
    Column("basis", Exact, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    _position(),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Word(ApprovalKind), nullable=False),
    Column("batch_id", Text, ForeignKey(batches.c.id), nullable=False, index=True),
    Column("notional", Exact, nullable=False),
    Column("quoted_prices", JsonFact(FIGURES), nullable=False),
    Column("status", Word(ApprovalStatus), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_on", Text, nullable=False),
    Column("decided_at", Instant),
    Column("outcome", Text, nullable=False),
    Column("fees", Exact, nullable=False),
    Column("weights_now", JsonFact(FIGURES), nullable=False),
    Column("weights_after", JsonFact(FIGURES), nullable=False),
    Column("notes", JsonFact(NOTES), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("excluded", JsonFact(NAMES), nullable=False),
    Column("warning", Text, nullable=False),
    Column("estimates", JsonFact(ESTIMATES), nullable=False),
    Column("needed", JsonFact(NEEDED)),
    Column("people", Integer, nullable=False),
    Column("proposer", Text, nullable=False),
    Column("consent", JsonFact(CONSENT)),
)

cycles = Table(
    "cycles",
    metadata,
    _position(),
    Column("id", Text, nullable=False, unique=True),
    Column("at", Instant, nullable=False, index=True),
    Column("body", JsonFact(CYCLES), nullable=False),
)

theses = Table(
    "theses",
    metadata,
    _position(),
    Column("at", Instant, nullable=False, index=True),
    Column("decided_by", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("cycle_id", Text, nullable=False),
)

predictions = Table(
    "predictions",
    metadata,
    _position(),
    Column("id", Text, nullable=False, unique=True),
    Column("cycle_id", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("decided_by", Text, nullable=False),
    Column("regime", Text, nullable=False),
    Column("price", Exact, nullable=False),
    Column("prediction", JsonFact(PREDICTIONS), nullable=False),
    Column("until", Instant, nullable=False),
    Column("watched_until", Instant, nullable=False),
    Column("status", Word(PredictionStatus), nullable=False, index=True),
    Column("settled_at", Instant),
    Column("settled_price", Exact),
)

reviews = Table(
    "reviews",
    metadata,
    _position(),
    Column("id", Text, nullable=False, unique=True),
    Column("symbol", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant, nullable=False, index=True),
    Column("quantity", Exact, nullable=False),
    Column("entry_price", Exact, nullable=False),
    Column("exit_price", Exact, nullable=False),
    Column("fees", Exact, nullable=False),
    Column("slippage", Exact),
    Column("realized", Exact, nullable=False),
    Column("planned_stop", Exact),
    Column("planned_target", Exact),
    Column("best", Exact),
    Column("worst", Exact),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("regime", Text, nullable=False),
    Column("cycle_id", Text, nullable=False),
)

model_calls = Table(
    "model_calls",
    metadata,
    _position(),
    Column("id", Text, nullable=False, unique=True),
    Column("at", Instant, nullable=False, index=True),
    Column("purpose", Word(Purpose), nullable=False),
    Column("cycle_id", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cost", Exact),
    Column("seconds", Float, nullable=False),
    Column("outcome", Text, nullable=False),
)

equity_points = Table(
    "equity_points",
    metadata,
    Column("at", Instant, primary_key=True),
    Column("equity", Exact, nullable=False),
    Column("cash", Exact, nullable=False),
    Column("flows", Exact, nullable=False),
    Column("exposure", Exact, nullable=False),
    Column("benchmarks", JsonFact(FIGURES), nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("event", JsonFact(EVENTS), nullable=False),
)

"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    _settings()
    _orders()
    _executions()
    _ledger()
    _approvals()
    _decisions()
    _journal()


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _position() -> sa.Column[int]:
    return sa.Column("position", sa.Integer(), autoincrement=True, nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _unique(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=f"uq_{table}_{column}")


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _settings() -> None:
    op.create_table("meta", _text("key"), _text("value"), _key("meta", "key"))
    op.create_table("slots", _text("job"), _text("slot"), _text("claimed_at"), _key("slots", "job", "slot"))


def _orders() -> None:
    op.create_table(
        "batches",
        *map(_text, ("id", "source", "decided_by", "reason", "created_at")),
        _text("cycle_id", null=True),
        _key("batches", "id"),
    )
    op.create_table(
        "orders",
        _position(),
        *map(_text, ("client_order_id", "intent_id", "batch_id", "instrument", "side", "quantity", "type", "source")),
        _text("reason"),
        _text("limit_price", null=True),
        _flag("reduce_only"),
        _flag("protective"),
        *map(_text, ("status", "created_at", "updated_at")),
        _text("venue_order_id", null=True),
        _text("filled_quantity"),
        _text("average_price", null=True),
        *map(_text, ("fee", "detail")),
        _key("orders", "position"),
        _unique("orders", "client_order_id"),
        _reference("orders", "batch_id", "batches.id"),
    )
    op.create_index("ix_orders_batch_id", "orders", ["batch_id"])
    op.create_index("ix_orders_status", "orders", ["status"])


def _executions() -> None:
    op.create_table(
        "fills",
        _position(),
        *map(_text, ("trade_id", "client_order_id", "symbol", "side", "price", "quantity", "fee", "fee_currency")),
        *map(_text, ("at", "realized")),
        _key("fills", "position"),
        _unique("fills", "trade_id"),
        _reference("fills", "client_order_id", "orders.client_order_id"),
    )
    op.create_index("ix_fills_client_order_id", "fills", ["client_order_id"])
    op.create_index("ix_fills_at", "fills", ["at"])
    op.create_table(
        "protections",
        _text("symbol"),
        _text("stop", null=True),
        _text("target", null=True),
        _text("basis"),
        _key("protections", "symbol"),
    )


def _ledger() -> None:
    op.create_table(
        "postings",
        _position(),
        *map(_text, ("entry_id", "account", "amount", "currency", "at")),
        _key("postings", "position"),
    )
    op.create_index("ix_postings_entry_id", "postings", ["entry_id"])
    op.create_table(
        "cash_flows",
        _position(),
        *map(_text, ("id", "amount", "currency", "at", "note")),
        _key("cash_flows", "position"),
        _unique("cash_flows", "id"),
    )
    op.create_table(
        "equity_points",
        *map(_text, ("at", "equity", "cash", "flows", "exposure", "benchmarks")),
        _key("equity_points", "at"),
    )


def _approvals() -> None:
    op.create_table(
        "approvals",
        _position(),
        *map(_text, ("id", "kind", "batch_id", "notional", "quoted_prices", "status", "created_at", "expires_at")),
        *map(_text, ("actor", "decided_by", "decided_on")),
        _text("decided_at", null=True),
        *map(_text, ("outcome", "fees", "weights_now", "weights_after")),
        _key("approvals", "position"),
        _unique("approvals", "id"),
        _reference("approvals", "batch_id", "batches.id"),
    )
    op.create_index("ix_approvals_batch_id", "approvals", ["batch_id"])
    op.create_index("ix_approvals_status", "approvals", ["status"])


def _decisions() -> None:
    op.create_table(
        "cycles",
        _position(),
        *map(_text, ("id", "at", "body")),
        _key("cycles", "position"),
        _unique("cycles", "id"),
    )
    op.create_index("ix_cycles_at", "cycles", ["at"])
    op.create_table(
        "theses",
        _position(),
        *map(_text, ("at", "decided_by", "text", "cycle_id")),
        _key("theses", "position"),
    )
    op.create_index("ix_theses_at", "theses", ["at"])


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        *map(_text, ("kind", "at", "event")),
        _key("journal", "seq"),
    )

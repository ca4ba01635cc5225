"""Predictions with what became of them, reviews of closed trades, and what models took."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and an index on each that is read by time or by status."""
    _table(
        "predictions",
        *_texts("id", "cycle_id", "at", "decided_by", "regime", "price", "prediction", "until", "watched_until"),
        *_texts("status"),
        *_optional_texts("settled_at", "settled_price"),
    )
    _table(
        "reviews",
        *_texts("id", "symbol", "opened_at", "closed_at", "quantity", "entry_price", "exit_price", "fees"),
        *_optional_texts("slippage"),
        *_texts("realized"),
        *_optional_texts("planned_stop", "planned_target", "best", "worst"),
        *_texts("source", "reason", "regime", "cycle_id"),
    )
    _table(
        "model_calls",
        *_texts("id", "at", "purpose", "cycle_id", "model"),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        *_optional_texts("cost"),
        sa.Column("seconds", sa.Float(), nullable=False),
        *_texts("outcome"),
    )
    for table, column in (("predictions", "at"), ("predictions", "status"), ("reviews", "closed_at")):
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_model_calls_at", "model_calls", ["at"])


def _table(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("position", name=f"pk_{name}"),
        sa.UniqueConstraint("id", name=f"uq_{name}_id"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _optional_texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text()) for name in names]

"""Fees and flows in any currency, the order in which facts were booked, and what orders say of margin and moves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. What is stored already is in quote, not on margin, and was booked flows first."""
    # Never by copying a table: dropping the old one would break what refers to it.
    with op.batch_alter_table("orders", recreate="never") as orders:
        orders.add_column(_flag("margin"))
        orders.add_column(sa.Column("expected_move", sa.Text()))
    with op.batch_alter_table("fills", recreate="never") as fills:
        fills.add_column(sa.Column("fee_value", sa.Text()))
        fills.add_column(_flag("margin"))
        fills.add_column(sa.Column("cost", sa.Text()))
    with op.batch_alter_table("cash_flows", recreate="never") as flows:
        flows.add_column(sa.Column("value", sa.Text()))
        flows.add_column(sa.Column("rollover_of", sa.Text()))
        flows.add_column(sa.Column("after_fill", sa.Integer(), nullable=False, server_default=sa.text("0")))
    with op.batch_alter_table("approvals", recreate="never") as approvals:
        approvals.add_column(sa.Column("notes", sa.Text(), nullable=False, server_default="[]"))


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())

"""Cards whose orders can be left out, that say why they ask, and that two people may have to approve."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. A card that is stored already has all its orders in, and one person decides it."""
    with op.batch_alter_table("approvals", recreate="never") as approvals:
        approvals.add_column(_number("revision", "0"))
        approvals.add_column(_text("excluded", "{}"))
        approvals.add_column(_text("warning", ""))
        approvals.add_column(_text("estimates", "{}"))
        approvals.add_column(sa.Column("needed", sa.Text()))
        approvals.add_column(_number("people", "1"))
        approvals.add_column(_text("proposer", ""))
        approvals.add_column(sa.Column("consent", sa.Text()))


def _text(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _number(name: str, default: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text(default))

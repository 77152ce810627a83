"""The value that each decision was about: tolerances are measured against the first approval.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Decisions given before have no value, so no change is within a tolerance of them."""
    with op.batch_alter_table("decisions") as table:
        table.add_column(sa.Column("value", sa.BigInteger()))
        table.add_column(sa.Column("currency", sa.String(3)))


def downgrade() -> None:
    """Forget the values."""
    with op.batch_alter_table("decisions") as table:
        table.drop_column("currency")
        table.drop_column("value")

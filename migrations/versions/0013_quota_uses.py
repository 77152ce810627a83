"""How much rules that approve alone have used up of their quotas.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table: the previous release does not know it."""
    op.create_table(
        "quota_uses",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "day", "person", "currency", name=op.f("pk_quota_uses")),
    )
    op.create_index("ix_quota_uses_day", "quota_uses", ["day"], unique=False)


def downgrade() -> None:
    """Quotas begin anew."""
    op.drop_table("quota_uses")

"""Buckets of Slack's pace, shared by replicas.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every bucket begins full."""
    op.create_table(
        "paces",
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_paces"),
    )
    op.create_index("ix_paces_free_at", "paces", ["free_at"])


def downgrade() -> None:
    """What was taken is forgotten; Slack's own limits remain."""
    op.drop_index("ix_paces_free_at", table_name="paces")
    op.drop_table("paces")

"""When a case is due: expiry, and whatever else time brings about.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TIMED = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """Must work while the previous release is still running."""
    op.add_column("cases", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_cases_due_at", "cases", ["due_at"], sqlite_where=_TIMED, postgresql_where=_TIMED)


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_index("ix_cases_due_at", table_name="cases")
    op.drop_column("cases", "due_at")

"""How an exception is being looked after: its owner, until when, and how it was resolved.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cases of before are approvals, which nobody looks after in this way."""
    op.add_column("cases", sa.Column("care", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget it; the audit trail still tells."""
    op.drop_column("cases", "care")

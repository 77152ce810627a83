"""The clock of a case: how long it has been waiting, and how far its escalation has got.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Must work while the previous release is still running."""
    op.add_column("cases", sa.Column("chase", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back to the schema before."""
    op.drop_column("cases", "chase")

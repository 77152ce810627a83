"""Of whom the admins were told that Slack does not reach them.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody was told of anybody before."""
    op.create_table(
        "unreachable",
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("email", name="pk_unreachable"),
    )


def downgrade() -> None:
    """Forget it; the audit trail still has who could not be reached."""
    op.drop_table("unreachable")

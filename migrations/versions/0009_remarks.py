"""What people say about a case, and the chosen reasons of rejections.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was said and nothing chosen so far."""
    op.add_column("cases", sa.Column("remarks", sa.Text()))
    op.add_column("decisions", sa.Column("code", sa.String(75)))


def downgrade() -> None:
    """Forget both."""
    with op.batch_alter_table("decisions") as table:
        table.drop_column("code")
    with op.batch_alter_table("cases") as table:
        table.drop_column("remarks")

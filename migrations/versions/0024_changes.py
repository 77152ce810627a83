"""What an approval made smaller.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was approved with changes so far."""
    op.add_column("decisions", sa.Column("changes", sa.Text()))


def downgrade() -> None:
    """Forget what was changed."""
    with op.batch_alter_table("decisions") as table:
        table.drop_column("changes")

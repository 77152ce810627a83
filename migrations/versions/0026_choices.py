"""What an approval chose.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """There was nothing to choose so far."""
    op.add_column("decisions", sa.Column("choice", sa.Text()))


def downgrade() -> None:
    """Forget what was chosen."""
    with op.batch_alter_table("decisions") as table:
        table.drop_column("choice")

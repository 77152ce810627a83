"""The answer that is held while whoever gave it can take it back.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was held so far."""
    op.add_column("cases", sa.Column("intended", sa.Text()))


def downgrade() -> None:
    """What is held then is lost, and asked again."""
    with op.batch_alter_table("cases") as table:
        table.drop_column("intended")

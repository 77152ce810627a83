"""Channels that cannot be written to are told of like people, so what is kept is a place.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An address is a place too."""
    with op.batch_alter_table("unreachable") as table:
        table.alter_column("email", new_column_name="place", existing_type=sa.String(254), existing_nullable=False)


def downgrade() -> None:
    """A channel's name stands where an address did, and is never asked for."""
    with op.batch_alter_table("unreachable") as table:
        table.alter_column("place", new_column_name="email", existing_type=sa.String(254), existing_nullable=False)

"""Up to which audit entry the thread below a card was told; targets as long as an address.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A thread that was told of nothing yet is told of everything."""
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("told", sa.BigInteger(), nullable=False, server_default="0"))
        messages.alter_column("channel", type_=sa.String(200), existing_type=sa.String(128), existing_nullable=False)
    with op.batch_alter_table("messages") as messages:
        messages.alter_column("told", server_default=None, existing_type=sa.BigInteger(), existing_nullable=False)


def downgrade() -> None:
    """Threads are told again from their beginning after the next upgrade."""
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("told")
        messages.alter_column("channel", type_=sa.String(128), existing_type=sa.String(200), existing_nullable=False)

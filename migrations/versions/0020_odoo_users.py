"""Which user of Odoo each address was found to be.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is known before the first reading; the release before remembers nobody."""
    op.create_table(
        "odoo_users",
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("uid", sa.BigInteger()),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", "email", name=op.f("pk_odoo_users")),
    )


def downgrade() -> None:
    """Forget them; the next reading counts as the first."""
    op.drop_table("odoo_users")

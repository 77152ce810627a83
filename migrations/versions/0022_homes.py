"""Who has opened the App Home and what it shows; and whose an open exception is, found without going through all.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_OWNED = sa.text("closed_at IS NULL AND owner IS NOT NULL")


def upgrade() -> None:
    """Nobody's Home is known; each is drawn when it is opened."""
    op.create_table(
        "homes",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_homes")),
    )
    op.create_index("ix_homes_opened_at", "homes", ["opened_at"], unique=False)
    op.create_index("ix_cases_open_owner", "cases", ["owner"], sqlite_where=_OWNED, postgresql_where=_OWNED)


def downgrade() -> None:
    """Forget the Homes."""
    op.drop_index("ix_cases_open_owner", table_name="cases")
    op.drop_index("ix_homes_opened_at", table_name="homes")
    op.drop_table("homes")

"""Lists of approvals that came in a burst.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_OPEN_LIST = sa.text("closed_at IS NULL AND kind = 'list'")


def upgrade() -> None:
    """Nothing was listed so far."""
    op.add_column("cases", sa.Column("listed", sa.Text(), nullable=True))
    op.create_index(
        "uq_cases_open_list",
        "cases",
        ["source", "model", "record_id"],
        unique=True,
        sqlite_where=_OPEN_LIST,
        postgresql_where=_OPEN_LIST,
    )
    op.create_table(
        "arrivals",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_arrivals_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "channel", name=op.f("pk_arrivals")),
    )
    op.create_index("ix_arrivals_channel_at", "arrivals", ["channel", "at"])
    op.create_index("ix_arrivals_at", "arrivals", ["at"])


def downgrade() -> None:
    """Forget the lists."""
    op.drop_table("arrivals")
    op.drop_index("uq_cases_open_list", table_name="cases")
    op.drop_column("cases", "listed")

"""What cases repeat about beside their one product, place and partner: several products, zones, who counted.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_STUCK = sa.text("closed_at IS NULL AND write_back IN ('failed', 'uncertain')")


def upgrade() -> None:
    """Cases of before are about nothing more than their rows say."""
    op.create_table(
        "case_subjects",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_subjects_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "kind", "name", name=op.f("pk_case_subjects")),
    )
    op.create_index("ix_case_subjects_name", "case_subjects", ["source", "kind", "name", "opened_at"], unique=False)
    op.create_index("ix_cases_stuck", "cases", ["decided_at"], sqlite_where=_STUCK, postgresql_where=_STUCK)


def downgrade() -> None:
    """Forget it; the events of the cases still tell."""
    op.drop_index("ix_cases_stuck", table_name="cases")
    op.drop_table("case_subjects")

"""What a case is about, so that those that repeat or come in a storm are found.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_SUBJECTS = ("partner", "product", "place")


def upgrade() -> None:
    """Cases of before are about nothing that is known: they do not count as repeats."""
    for name in _SUBJECTS:
        op.add_column("cases", sa.Column(name, sa.String(200), nullable=True))
        known = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_cases_{name}_opened_at", "cases", [name, "opened_at"], sqlite_where=known, postgresql_where=known
        )


def downgrade() -> None:
    """Forget it; the events of the cases still tell."""
    for name in _SUBJECTS:
        op.drop_index(f"ix_cases_{name}_opened_at", table_name="cases")
        op.drop_column("cases", name)

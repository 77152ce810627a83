"""Who a decision was for, every role it could answer for, and the stand-ins of a single case.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_DECISIONS = ("roles", "behalf", "behalf_name")


def upgrade() -> None:
    """Must work while the previous release is still running: it writes rows without the new columns."""
    for name in _DECISIONS:
        op.add_column("decisions", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("cases", sa.Column("forwards", sa.Text(), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    """Takes the columns away again."""
    op.drop_column("cases", "forwards")
    for name in reversed(_DECISIONS):
        op.drop_column("decisions", name)

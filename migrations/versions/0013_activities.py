"""Whose activities in Odoo stand in for a case's cards.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cases of before have none; the release before writes none."""
    op.add_column("cases", sa.Column("activities", sa.Text()))


def downgrade() -> None:
    """Forget whose they are; in Odoo they stay."""
    op.drop_column("cases", "activities")

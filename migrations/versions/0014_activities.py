"""Whose activities in Odoo stand in for a case's cards.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cases of before have none; the release before writes none."""
    op.add_column("cases", sa.Column("activities", sa.Text()))


def downgrade() -> None:
    """Forget whose they are; in Odoo they stay."""
    op.drop_column("cases", "activities")

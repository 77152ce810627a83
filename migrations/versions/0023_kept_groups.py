"""User groups of Slack are kept beside the groups of Odoo, each with the id by which all of it is mentioned.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was read stays known, so that nobody seems to have come anew."""
    op.rename_table("odoo_groups", "kept_groups")
    op.add_column("kept_groups", sa.Column("mention", sa.String(64)))


def downgrade() -> None:
    """User groups are forgotten; the release before asks for none."""
    op.execute(sa.text("DELETE FROM kept_groups WHERE source = ''"))
    op.drop_column("kept_groups", "mention")
    op.rename_table("kept_groups", "odoo_groups")

"""What files were given for a case as evidence, and their hashes.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cases of before have no files; the release before writes none."""
    op.add_column("cases", sa.Column("files", sa.Text(), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    """Forget the files; the spool and the audit trail still have them."""
    op.drop_column("cases", "files")

"""What supervisors look for: the name of a record, its words, its owner, when its answer is due, and who may see it.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")
_PAGE = 1000
_cases = sa.table(
    "cases", sa.column("id"), sa.column("revision"), sa.column("name_key"), sa.column("care"), sa.column("owner")
)
_revisions = sa.table("revisions", sa.column("case_id"), sa.column("number"), sa.column("event"))
_plans = sa.table("plans", sa.column("hash"), sa.column("body"))
_plan_roles = sa.table("plan_roles", sa.column("hash"), sa.column("role"))


def upgrade() -> None:
    """The previous release may still be running: what it opens is found once it changes."""
    op.add_column("cases", sa.Column("name_key", sa.String(length=100), nullable=False, server_default=sa.text("''")))
    op.add_column("cases", sa.Column("search", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("cases", sa.Column("owner", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "plan_roles",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["plans.hash"], name=op.f("fk_plan_roles_hash_plans")),
        sa.PrimaryKeyConstraint("hash", "role", name=op.f("pk_plan_roles")),
    )
    op.create_index("ix_plan_roles_role", "plan_roles", ["role"], unique=False)
    _name_cases()
    _name_roles()
    op.create_index("ix_cases_open_kind", "cases", ["kind", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index(
        "ix_cases_open_late", "cases", ["kind", "answer_due_at"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_cases_name_key", "cases", ["name_key"], unique=False)


def _name_cases() -> None:
    """A page at a time: the newest revision of each case has the record's name, its care the owner."""
    bind, after = op.get_bind(), 0
    newest = sa.and_(_revisions.c.case_id == _cases.c.id, _revisions.c.number == _cases.c.revision)
    page = sa.select(_cases.c.id, _cases.c.care, _revisions.c.event).join(_revisions, newest).order_by(_cases.c.id)
    named = sa.update(_cases).where(_cases.c.id == sa.bindparam("this"))
    while rows := bind.execute(page.where(_cases.c.id > after).limit(_PAGE)).all():
        bind.execute(
            named.values(name_key=sa.bindparam("name"), owner=sa.bindparam("whose")),
            [{"this": row.id, "name": _name(row.event), "whose": _owner(row.care)} for row in rows],
        )
        after = rows[-1].id


def _name(event: str) -> str:
    return " ".join(str(json.loads(event).get("t", "")).split())[:100].casefold()


def _owner(care: str | None) -> str | None:
    owner = json.loads(care).get("owner") if care else None
    return owner[1] if owner else None


def _name_roles() -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.select(_plans.c.hash, _plans.c.body)).all():
        body = json.loads(row.body)
        stages = [role for stage in body["stages"] for role in stage[0]]
        first = [role for roles in body.get("first", []) for role in roles]
        if roles := sorted({*stages, *first}):
            bind.execute(sa.insert(_plan_roles), [{"hash": row.hash, "role": role} for role in roles])


def downgrade() -> None:
    """Forget what can be told from the cases."""
    for index in ("ix_cases_name_key", "ix_cases_open_late", "ix_cases_open_kind"):
        op.drop_index(index, table_name="cases")
    op.drop_table("plan_roles")
    for column in ("answer_due_at", "owner", "search", "name_key"):
        op.drop_column("cases", column)

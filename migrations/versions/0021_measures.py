"""What reports count of a case, and the steps of escalations by their time.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_ENDED = sa.text("ended_at IS NOT NULL")
_STEPS = sa.text(
    "action IN ('escalation.reminded', 'escalation.messaged', 'escalation.posted', "
    "'escalation.reassigned', 'escalation.widened')"
)
_WAITING = ("pending", "open", "acknowledged")
_ANSWERED = ("approved", "rejected", "resolved")
_MICROSECOND = timedelta(microseconds=1)
_PAGE = 1000

_at = sa.DateTime(timezone=True)
_cases = sa.table(
    "cases",
    *(sa.column(name) for name in ("id", "status", "care", "plan_hash", "ending", "way", "took", "root_cause")),
    *(sa.column(name, _at) for name in ("opened_at", "decided_at", "closed_at", "ended_at")),
)
_plans = sa.table("plans", sa.column("hash"), sa.column("body"))
_decisions = sa.table("decisions", sa.column("case_id"), sa.column("as_role"), sa.column("email"))


def upgrade() -> None:
    """Whether what ended before was in time is not known: it counts in no SLA hit rate."""
    op.add_column("cases", sa.Column("way", sa.String(length=16), nullable=False, server_default=sa.text("'people'")))
    op.add_column("cases", sa.Column("ended_at", _at, nullable=True))
    op.add_column("cases", sa.Column("took", sa.BigInteger(), nullable=True))
    op.add_column("cases", sa.Column("in_time", sa.Boolean(), nullable=True))
    op.add_column("cases", sa.Column("root_cause", sa.String(length=75), nullable=True))
    _measure()
    op.create_index("ix_cases_opened_at", "cases", ["opened_at"])
    op.create_index("ix_cases_ended_at", "cases", ["ended_at"], sqlite_where=_ENDED, postgresql_where=_ENDED)
    op.create_index("ix_audit_entries_steps", "audit_entries", ["at"], sqlite_where=_STEPS, postgresql_where=_STEPS)


def _measure() -> None:
    bind, after = op.get_bind(), 0
    observed = {
        row.hash for row in bind.execute(sa.select(_plans.c.hash, _plans.c.body)) if json.loads(row.body).get("observe")
    }
    page = sa.select(_cases).order_by(_cases.c.id).limit(_PAGE)
    while rows := bind.execute(page.where(_cases.c.id > after)).all():
        roles = _roles(bind, [row.id for row in rows])
        bind.execute(
            sa.update(_cases)
            .where(_cases.c.id == sa.bindparam("this"))
            .values({name: sa.bindparam(f"its_{name}") for name in ("way", "ended_at", "took", "root_cause")}),
            [_measured(row, _way(row, roles.get(row.id, {}), observed=row.plan_hash in observed)) for row in rows],
        )
        after = rows[-1].id


def _roles(bind: sa.Connection, ids: list[int]) -> dict[int, dict[str, str]]:
    """For each case the address behind each role under which somebody or something decided."""
    found: dict[int, dict[str, str]] = {}
    for row in bind.execute(sa.select(_decisions).where(_decisions.c.case_id.in_(ids))):
        found.setdefault(row.case_id, {})[row.as_role] = row.email
    return found


def _way(row: Any, roles: dict[str, str], *, observed: bool) -> str:
    if observed:
        return "observed"
    if row.care and json.loads(row.care).get("gathered"):
        return "together"
    if row.status == "withdrawn" and ", past this case" in row.ending:
        return "breach" if row.ending.endswith(": control breach") else "odoo"
    for role, way in (("break-glass", "break_glass"), ("straight-through", "rule"), ("escalation", "step")):
        if role in roles and (role == "break-glass" or not roles[role]):
            return way
    return "people"


def _measured(row: Any, way: str) -> dict[str, Any]:
    ended = row.closed_at if row.status == "superseded" else row.decided_at or row.closed_at
    ended = None if row.status in _WAITING else ended
    answered = row.status in _ANSWERED and way in {"people", "break_glass", "together"}
    resolved = json.loads(row.care).get("resolved") if row.care and row.status == "resolved" else None
    return {
        "this": row.id,
        "its_way": way,
        "its_ended_at": ended,
        "its_took": (ended - row.opened_at) // _MICROSECOND if ended and answered else None,
        "its_root_cause": resolved[0] if resolved else None,
    }


def downgrade() -> None:
    """Forget what can be told from the cases."""
    op.drop_index("ix_audit_entries_steps", table_name="audit_entries")
    op.drop_index("ix_cases_ended_at", table_name="cases")
    op.drop_index("ix_cases_opened_at", table_name="cases")
    for column in ("root_cause", "in_time", "took", "ended_at", "way"):
        op.drop_column("cases", column)

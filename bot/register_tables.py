"""The tables of the registers: stand-ins, quotas, groups and users of Odoo, App Homes, who may look at what, bursts.
No behaviour.

Each is read and written by its register alone. Imported by ``tables.py``, where everybody else finds them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.columns import Micros, UtcDateTime
from bot.metadata import metadata

delegations = Table(
    "delegations",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("giver", Text, nullable=False),
    Column("giver_name", Text, nullable=False),
    Column("taker", Text, nullable=False),
    Column("taker_name", Text, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("revoked_by", String(128)),
    Index("ix_delegations_ends_at", "ends_at"),
)

#: Which roles a plan asks, now or later: who may look at its cases.
plan_roles = Table(
    "plan_roles",
    metadata,
    Column("hash", String(64), ForeignKey("plans.hash"), primary_key=True),
    Column("role", String(64), primary_key=True),
    Index("ix_plan_roles_role", "role"),
)

#: What cases may repeat about where their own row does not say it, and what cases about repeats are about.
case_subjects = Table(
    "case_subjects",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Index("ix_case_subjects_name", "source", "kind", "name", "opened_at"),
)

quota_uses = Table(
    "quota_uses",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("currency", String(3), primary_key=True),
    Column("used", Integer, nullable=False),
    Column("value", Micros, nullable=False),
    Index("ix_quota_uses_day", "day"),
)

#: Groups of Odoo and user groups of Slack, as they were read; of Slack's the source is empty.
kept_groups = Table(
    "kept_groups",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("members", Text, nullable=False),
    Column("left_out", Text, nullable=False),
    Column("mention", String(64)),
    Column("read_at", UtcDateTime, nullable=False),
)

odoo_users = Table(
    "odoo_users",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("email", Text, primary_key=True),
    Column("uid", BigInteger),
    Column("refused", Text, nullable=False),
    Column("is_told", Boolean, nullable=False),
)

#: Who has opened the App Home, and what it shows.
homes = Table(
    "homes",
    metadata,
    Column("user_id", String(32), primary_key=True),
    Column("team_id", String(32), nullable=False),
    Column("email", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("looked_at", UtcDateTime, nullable=False),
    Column("shown", String(64), nullable=False),
    Index("ix_homes_opened_at", "opened_at"),
)

#: When approvals came into a channel, of policies that look for bursts.
arrivals = Table(
    "arrivals",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("channel", String(200), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("policy", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_arrivals_channel_at", "channel", "at"),
    Index("ix_arrivals_at", "at"),
)

#: How far each bucket of Slack's pace is filled.
paces = Table(
    "paces",
    metadata,
    Column("name", String(300), primary_key=True),
    Column("free_at", UtcDateTime, nullable=False),
    Index("ix_paces_free_at", "free_at"),
)

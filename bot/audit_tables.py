"""The tables of the audit trail. No behaviour.

Read and written by ``audit/log.py``, ``audit/verify.py`` and their neighbours alone. Imported by ``tables.py``, where
everybody else finds them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from bot.columns import UtcDateTime
from bot.metadata import metadata

#: The entries that reports count, written out: only a query that says the same words is answered from their index.
STEPS_DONE = (
    "action IN ('escalation.reminded', 'escalation.messaged', 'escalation.posted', "
    "'escalation.reassigned', 'escalation.widened')"
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("action", String(64), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("case_id", BigInteger),
    Column("revision", Integer),
    Column("fingerprint", String(64)),
    Column("config", String(64)),
    Column("detail_hash", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_entries_case_id", "case_id", "seq"),
    Index("ix_audit_entries_steps", "at", sqlite_where=text(STEPS_DONE), postgresql_where=text(STEPS_DONE)),
)

audit_details = Table(
    "audit_details",
    metadata,
    Column("seq", BigInteger, ForeignKey("audit_entries.seq"), primary_key=True, autoincrement=False),
    Column("body", Text),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("id = 1", name="single"),
)

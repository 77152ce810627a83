"""Every table, and no behaviour.

Rows are read and written by ``cases/store.py``, ``audit/log.py``, ``outbox.py`` and ``inbox.py`` alone. The
migrations make these tables; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.audit_tables import audit_details, audit_entries, audit_head
from bot.columns import Micros, UtcDateTime
from bot.metadata import NAMING, metadata
from bot.register_tables import (
    arrivals,
    case_subjects,
    delegations,
    homes,
    kept_groups,
    odoo_users,
    paces,
    plan_roles,
    quota_uses,
)

#: SQLite counts rows up by itself only for INTEGER primary keys.
_Id = BigInteger().with_variant(Integer, "sqlite")

_OPEN = text("closed_at IS NULL")
_TIMED = text("due_at IS NOT NULL")
_ENDED = text("ended_at IS NOT NULL")
_PARTNER, _PRODUCT, _PLACE = (text(f"{name} IS NOT NULL") for name in ("partner", "product", "place"))
_OWNED = text("closed_at IS NULL AND owner IS NOT NULL")
_STUCK = text("closed_at IS NULL AND write_back IN ('failed', 'uncertain')")
_OPEN_APPROVAL = text("closed_at IS NULL AND kind = 'approval'")
_OPEN_EXCEPTION = text("closed_at IS NULL AND kind = 'exception'")
_OPEN_LIST = text("closed_at IS NULL AND kind = 'list'")

#: Characters of what a case is about, for finding those that repeat.
SUBJECT = 200

cases = Table(
    "cases",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("source", String(64), nullable=False),
    Column("model", String(128), nullable=False),
    Column("record_id", BigInteger, nullable=False),
    Column("event_type", String(64), nullable=False),
    Column("status", String(24), nullable=False),
    Column("write_back", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("plan_hash", String(64), ForeignKey("plans.hash"), nullable=False),
    Column("site", String(64)),
    Column("company", String(200), nullable=False),
    Column("value", Micros),
    Column("currency", String(3)),
    Column("fingerprint", String(64), nullable=False),
    Column("channels", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("settle_until", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("chase", Text),
    Column("predecessor_id", BigInteger),
    Column("successor_id", BigInteger),
    Column("covers", Boolean, nullable=False),
    Column("ending", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("forwards", Text, nullable=False, server_default=text("''")),
    Column("remarks", Text),
    Column("intended", Text),
    Column("activities", Text),
    Column("files", Text, nullable=False, server_default=text("''")),
    Column("care", Text),
    Column("listed", Text),
    Column("partner", String(SUBJECT)),
    Column("product", String(SUBJECT)),
    Column("place", String(SUBJECT)),
    # What supervisors look for; kept beside the case so that a list reads nothing else.
    Column("name_key", String(100), nullable=False, server_default=text("''")),
    Column("search", Text, nullable=False, server_default=text("''")),
    Column("owner", Text),
    Column("answer_due_at", UtcDateTime),
    # What reports count, as ``cases/measures.py`` reads it off the case.
    Column("way", String(16), nullable=False, server_default=text("'people'")),
    Column("ended_at", UtcDateTime),
    Column("took", BigInteger),
    Column("in_time", Boolean),
    Column("root_cause", String(75)),
    # The last line behind "one open case": whoever comes second is told by the database.
    Index(
        "uq_cases_open_approval",
        "source",
        "model",
        "record_id",
        unique=True,
        sqlite_where=_OPEN_APPROVAL,
        postgresql_where=_OPEN_APPROVAL,
    ),
    Index(
        "uq_cases_open_exception",
        "source",
        "model",
        "record_id",
        "event_type",
        unique=True,
        sqlite_where=_OPEN_EXCEPTION,
        postgresql_where=_OPEN_EXCEPTION,
    ),
    Index(
        "uq_cases_open_list",
        "source",
        "model",
        "record_id",
        unique=True,
        sqlite_where=_OPEN_LIST,
        postgresql_where=_OPEN_LIST,
    ),
    Index("ix_cases_partner_opened_at", "partner", "opened_at", sqlite_where=_PARTNER, postgresql_where=_PARTNER),
    Index("ix_cases_product_opened_at", "product", "opened_at", sqlite_where=_PRODUCT, postgresql_where=_PRODUCT),
    Index("ix_cases_place_opened_at", "place", "opened_at", sqlite_where=_PLACE, postgresql_where=_PLACE),
    Index("ix_cases_open_kind", "kind", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_cases_open_late", "kind", "answer_due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_cases_open_owner", "owner", sqlite_where=_OWNED, postgresql_where=_OWNED),
    Index("ix_cases_name_key", "name_key"),
    Index("ix_cases_opened_at", "opened_at"),
    Index("ix_cases_ended_at", "ended_at", sqlite_where=_ENDED, postgresql_where=_ENDED),
    Index("ix_cases_due_at", "due_at", sqlite_where=_TIMED, postgresql_where=_TIMED),
    Index("ix_cases_stuck", "decided_at", sqlite_where=_STUCK, postgresql_where=_STUCK),
    Index("ix_cases_open_event_type", "source", "event_type", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index(
        "ix_cases_covering",
        "source",
        "model",
        "record_id",
        "id",
        sqlite_where=text("covers"),
        postgresql_where=text("covers"),
    ),
)

plans = Table(
    "plans",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("event", Text, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("person", String(64), nullable=False),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("as_role", String(64), nullable=False),
    Column("roles", Text, nullable=False, server_default=text("''")),
    Column("behalf", Text, nullable=False, server_default=text("''")),
    Column("behalf_name", Text, nullable=False, server_default=text("''")),
    Column("verdict", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("value", Micros),
    Column("currency", String(3)),
    Column("code", String(75)),
    Column("changes", Text),
    Column("choice", Text),
    UniqueConstraint("case_id", "revision", "stage", "person"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("case_id", BigInteger, ForeignKey("cases.id"), nullable=False),
    Column("channel", String(200), nullable=False),
    Column("channel_id", String(32), nullable=False),
    Column("ts", String(32), nullable=False),
    Column("drawn_version", Integer, nullable=False),
    Column("told", BigInteger, nullable=False),
    UniqueConstraint("channel_id", "ts"),
    Index("ix_messages_case_id_channel", "case_id", "channel"),
)

unreachable = Table(
    "unreachable",
    metadata,
    Column("place", String(254), primary_key=True),
    Column("told_at", UtcDateTime, nullable=False),
)

_WAITING = text("state = 'pending'")
_LIVE = text("state IN ('pending', 'in_flight')")
_IN_FLIGHT = text("state = 'in_flight'")

effects = Table(
    "effects",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("lane", String(16), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("key", String(250), nullable=False),
    Column("case_id", BigInteger, nullable=False),
    Column("target", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", String(64)),
    Column("lease_until", UtcDateTime),
    Column("error", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("state IN ('pending', 'in_flight', 'dead')", name="state"),
    Index("ix_effects_due", "lane", "due_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    Index("ix_effects_order", "key", "id", sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("uq_effects_in_flight", "key", unique=True, sqlite_where=_IN_FLIGHT, postgresql_where=_IN_FLIGHT),
    Index("ix_effects_lease", "lease_until", sqlite_where=_IN_FLIGHT, postgresql_where=_IN_FLIGHT),
    Index("ix_effects_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
)

signals = Table(
    "signals",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("model", String(128), primary_key=True),
    Column("record_id", BigInteger, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", String(64)),
    Column("lease_until", UtcDateTime),
    Index("ix_signals_due_at", "due_at"),
)

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

__all__ = [
    "NAMING",
    "arrivals",
    "audit_details",
    "audit_entries",
    "audit_head",
    "case_subjects",
    "cases",
    "decisions",
    "delegations",
    "effects",
    "facts",
    "homes",
    "kept_groups",
    "messages",
    "metadata",
    "odoo_users",
    "paces",
    "plan_roles",
    "plans",
    "quota_uses",
    "revisions",
    "signals",
    "unreachable",
]

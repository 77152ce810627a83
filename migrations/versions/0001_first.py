"""Cases, effects, signals and the audit chain.

Entries of the audit chain are only ever added: triggers refuse everything else, on both engines. Of a detail
nothing but its erasure is allowed.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_TRIGGERS = {
    "sqlite": [
        """CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
           BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END""",
        """CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
           BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END""",
        """CREATE TRIGGER audit_details_only_erasure BEFORE UPDATE ON audit_details
           WHEN NEW.body IS NOT NULL OR NEW.seq <> OLD.seq
           BEGIN SELECT RAISE(ABORT, 'an audit detail can only be erased'); END""",
        """CREATE TRIGGER audit_details_no_delete BEFORE DELETE ON audit_details
           BEGIN SELECT RAISE(ABORT, 'an audit detail can only be erased'); END""",
        """CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
           BEGIN SELECT RAISE(ABORT, 'the audit head stays'); END""",
        """CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head WHEN NEW.seq <= OLD.seq
           BEGIN SELECT RAISE(ABORT, 'the audit head only moves forward'); END""",
        # INSERT OR REPLACE takes the old row away without asking the triggers on deletion.
        """CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
           WHEN EXISTS (SELECT 1 FROM audit_entries WHERE seq = NEW.seq)
           BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END""",
        """CREATE TRIGGER audit_details_no_replace BEFORE INSERT ON audit_details
           WHEN EXISTS (SELECT 1 FROM audit_details WHERE seq = NEW.seq)
           BEGIN SELECT RAISE(ABORT, 'an audit detail can only be erased'); END""",
        """CREATE TRIGGER audit_head_no_replace BEFORE INSERT ON audit_head
           WHEN EXISTS (SELECT 1 FROM audit_head)
           BEGIN SELECT RAISE(ABORT, 'the audit head stays'); END""",
    ],
    "postgresql": [
        """CREATE FUNCTION signoff_append_only() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'audit entries are only ever added'; END $$""",
        """CREATE FUNCTION signoff_only_erasure() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN
             IF NEW.body IS NOT NULL OR NEW.seq <> OLD.seq THEN
               RAISE EXCEPTION 'an audit detail can only be erased';
             END IF;
             RETURN NEW;
           END $$""",
        """CREATE FUNCTION signoff_forward() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN
             IF NEW.seq <= OLD.seq THEN RAISE EXCEPTION 'the audit head only moves forward'; END IF;
             RETURN NEW;
           END $$""",
        """CREATE TRIGGER audit_entries_fixed BEFORE UPDATE OR DELETE ON audit_entries
           FOR EACH ROW EXECUTE FUNCTION signoff_append_only()""",
        """CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
           FOR EACH STATEMENT EXECUTE FUNCTION signoff_append_only()""",
        """CREATE TRIGGER audit_details_only_erasure BEFORE UPDATE ON audit_details
           FOR EACH ROW EXECUTE FUNCTION signoff_only_erasure()""",
        """CREATE TRIGGER audit_details_no_delete BEFORE DELETE ON audit_details
           FOR EACH ROW EXECUTE FUNCTION signoff_append_only()""",
        """CREATE TRIGGER audit_details_no_truncate BEFORE TRUNCATE ON audit_details
           FOR EACH STATEMENT EXECUTE FUNCTION signoff_append_only()""",
        """CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
           FOR EACH ROW EXECUTE FUNCTION signoff_append_only()""",
        """CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head
           FOR EACH STATEMENT EXECUTE FUNCTION signoff_append_only()""",
        """CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
           FOR EACH ROW EXECUTE FUNCTION signoff_forward()""",
    ],
}


def upgrade() -> None:
    """Must work while the previous release is still running."""
    op.create_table(
        "audit_entries",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("config", sa.String(length=64), nullable=True),
        sa.Column("detail_hash", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_case_id", "audit_entries", ["case_id", "seq"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "effects",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("key", sa.String(length=250), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'in_flight', 'dead')", name=op.f("ck_effects_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effects")),
    )
    op.create_index(
        "ix_effects_dead",
        "effects",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_effects_due",
        "effects",
        ["lane", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_effects_lease",
        "effects",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state = 'in_flight'"),
        postgresql_where=sa.text("state = 'in_flight'"),
    )
    op.create_index(
        "ix_effects_order",
        "effects",
        ["key", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'in_flight')"),
        postgresql_where=sa.text("state IN ('pending', 'in_flight')"),
    )
    op.create_index(
        "uq_effects_in_flight",
        "effects",
        ["key"],
        unique=True,
        sqlite_where=sa.text("state = 'in_flight'"),
        postgresql_where=sa.text("state = 'in_flight'"),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "plans",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_plans")),
    )
    op.create_table(
        "signals",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=128), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source", "model", "record_id", name=op.f("pk_signals")),
    )
    op.create_index("ix_signals_due_at", "signals", ["due_at"], unique=False)
    op.create_table(
        "audit_details",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["audit_entries.seq"], name=op.f("fk_audit_details_seq_audit_entries")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_details")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=128), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("event_type", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("write_back", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=True),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settle_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("predecessor_id", sa.BigInteger(), nullable=True),
        sa.Column("successor_id", sa.BigInteger(), nullable=True),
        sa.Column("covers", sa.Boolean(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_hash"], ["plans.hash"], name=op.f("fk_cases_plan_hash_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(
        "ix_cases_covering",
        "cases",
        ["source", "model", "record_id", "id"],
        unique=False,
        sqlite_where=sa.text("covers"),
        postgresql_where=sa.text("covers"),
    )
    op.create_index(
        "ix_cases_open_event_type",
        "cases",
        ["source", "event_type"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_cases_open_approval",
        "cases",
        ["source", "model", "record_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL AND kind = 'approval'"),
        postgresql_where=sa.text("closed_at IS NULL AND kind = 'approval'"),
    )
    op.create_index(
        "uq_cases_open_exception",
        "cases",
        ["source", "model", "record_id", "event_type"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL AND kind = 'exception'"),
        postgresql_where=sa.text("closed_at IS NULL AND kind = 'exception'"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("as_role", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint(
            "case_id", "revision", "stage", "person", name=op.f("uq_decisions_case_id_revision_stage_person")
        ),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=128), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("ts", sa.String(length=32), nullable=False),
        sa.Column("drawn_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_messages_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("channel_id", "ts", name=op.f("uq_messages_channel_id_ts")),
    )
    op.create_index("ix_messages_case_id_channel", "messages", ["case_id", "channel"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_revisions_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_revisions")),
    )
    op.execute("INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '" + "0" * 64 + "')")
    for statement in _TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take everything away."""
    op.drop_table("revisions")
    op.drop_index("ix_messages_case_id_channel", table_name="messages")
    op.drop_table("messages")
    op.drop_table("decisions")
    op.drop_index(
        "uq_cases_open_exception",
        table_name="cases",
        sqlite_where=sa.text("closed_at IS NULL AND kind = 'exception'"),
        postgresql_where=sa.text("closed_at IS NULL AND kind = 'exception'"),
    )
    op.drop_index(
        "uq_cases_open_approval",
        table_name="cases",
        sqlite_where=sa.text("closed_at IS NULL AND kind = 'approval'"),
        postgresql_where=sa.text("closed_at IS NULL AND kind = 'approval'"),
    )
    op.drop_index(
        "ix_cases_open_event_type",
        table_name="cases",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(
        "ix_cases_covering", table_name="cases", sqlite_where=sa.text("covers"), postgresql_where=sa.text("covers")
    )
    op.drop_table("cases")
    op.drop_table("audit_details")
    op.drop_index("ix_signals_due_at", table_name="signals")
    op.drop_table("signals")
    op.drop_table("plans")
    op.drop_table("facts")
    op.drop_index(
        "uq_effects_in_flight",
        table_name="effects",
        sqlite_where=sa.text("state = 'in_flight'"),
        postgresql_where=sa.text("state = 'in_flight'"),
    )
    op.drop_index(
        "ix_effects_order",
        table_name="effects",
        sqlite_where=sa.text("state IN ('pending', 'in_flight')"),
        postgresql_where=sa.text("state IN ('pending', 'in_flight')"),
    )
    op.drop_index(
        "ix_effects_lease",
        table_name="effects",
        sqlite_where=sa.text("state = 'in_flight'"),
        postgresql_where=sa.text("state = 'in_flight'"),
    )
    op.drop_index(
        "ix_effects_due",
        table_name="effects",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index(
        "ix_effects_dead",
        table_name="effects",
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.drop_table("effects")
    op.drop_table("audit_head")
    op.drop_index("ix_audit_entries_case_id", table_name="audit_entries")
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION signoff_append_only()")
        op.execute("DROP FUNCTION signoff_only_erasure()")
        op.execute("DROP FUNCTION signoff_forward()")

"""PostgreSQL with two roles: the program can do its work, and cannot touch what the audit trail holds."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from bot.audit.erasure import Which, erase
from bot.cases.answers import Transition
from bot.cases.commands import Observed
from bot.db import require_schema
from bot.errors import ConfigError
from bot.tables import metadata
from tests.factories import NOW, a_decide, a_record, an_event
from tests.integration.stack import stack

pytestmark = pytest.mark.postgres

ROLES = Path(__file__).resolve().parents[2] / "deploy" / "roles.sql"


@pytest.fixture
async def program_url(postgres_url: str) -> str:
    """The database as the program's own role sees it."""
    owner = await asyncpg.connect(
        make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    )
    try:
        await owner.execute(ROLES.read_text())
        await owner.execute(ROLES.read_text())  # after an upgrade it is run again
    finally:
        await owner.close()
    url = make_url(postgres_url).set(username="signoff_app")
    return url.render_as_string(hide_password=False)


async def test_the_programs_role_opens_decides_and_audits(program_url: str) -> None:
    async with stack(program_url) as program:
        await require_schema(program.database)
        assert isinstance(await program.service.execute(Observed(a_record(), an_event())), Transition)
        assert isinstance(await program.service.execute(a_decide()), Transition)
        verdict = await program.audit()
        assert (verdict.entries, verdict.problems) == (2, ())


async def test_the_programs_role_may_write_every_other_table(program_url: str) -> None:
    others = {table.name for table in metadata.sorted_tables if not table.name.startswith("audit_")}
    program = await asyncpg.connect(
        make_url(program_url).set(drivername="postgresql").render_as_string(hide_password=False)
    )
    try:
        every = "SELECT bool_and(has_table_privilege($1, one)) FROM unnest($2::text[]) AS one"
        deeds = ["SELECT", "INSERT", "UPDATE", "DELETE"]
        allowed = {name for name in others if await program.fetchval(every, name, deeds)}
    finally:
        await program.close()
    assert allowed == others


async def test_erasing_is_the_owners(program_url: str, postgres_url: str) -> None:
    async with stack(program_url) as program:
        await program.service.execute(Observed(a_record(), an_event()))
        with pytest.raises(ConfigError, match="may not erase; nothing was erased"):
            await erase(program.database, Which(entries=(1,)), reason="asked for", now=NOW)
        assert (await program.audit()).erased == 0
        async with stack(postgres_url) as owner:
            assert await erase(owner.database, Which(entries=(1,)), reason="asked for", now=NOW) == (1,)
        verdict = await program.audit()
        assert (verdict.entries, verdict.erased, verdict.problems) == (2, 1, ())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor = 'nobody'",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries CASCADE",
        "UPDATE audit_details SET body = NULL",
        "DELETE FROM audit_head",
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_entries_fixed ON audit_entries",
    ],
)
async def test_the_programs_role_cannot_alter_the_trail(program_url: str, statement: str) -> None:
    program = await asyncpg.connect(
        make_url(program_url).set(drivername="postgresql").render_as_string(hide_password=False)
    )
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await program.execute(statement)
    finally:
        await program.close()

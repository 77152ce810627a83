"""The audit trail in the database: it refuses to be changed, and what was changed all the same is found."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.audit import log
from bot.audit.chain import GENESIS, Entry
from bot.audit.erasure import Which, erase
from bot.audit.verify import export_line, verify_lines
from tests.factories import NOW
from tests.integration.stack import Stack, replicas, stack


async def write(replica: Stack, count: int = 5) -> None:
    async with replica.database.write() as session:
        made = [Entry(f"case.step{number}", "admin", NOW, 1, detail={"name": "Ann"}) for number in range(1, count + 1)]
        await log.append(session, made)


async def attempt(url: str, *statements: str) -> None:
    """What somebody with the program's own access to the database tries, past the program."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()


REFUSED = {
    "update of an entry": "UPDATE audit_entries SET actor = 'slack:T1:UEVE' WHERE seq = 3",
    "update of nothing": "UPDATE audit_entries SET actor = actor WHERE seq = 3",
    "delete of an entry": "DELETE FROM audit_entries WHERE seq = 5",
    "delete of all": "DELETE FROM audit_entries",
    "a detail with other words": "UPDATE audit_details SET body = '{}' WHERE seq = 3",
    "a detail of another entry": "UPDATE audit_details SET body = NULL, seq = 9 WHERE seq = 3",
    "delete of a detail": "DELETE FROM audit_details WHERE seq = 3",
    "a head that goes back": "UPDATE audit_head SET seq = 3",
    "a head that stands still": "UPDATE audit_head SET hash = 'forged'",
    "no head": "DELETE FROM audit_head",
}
ONLY_POSTGRES = {
    "truncate of entries": "TRUNCATE audit_entries CASCADE",
    "truncate of details": "TRUNCATE audit_details",
    "truncate of the head": "TRUNCATE audit_head",
    "an entry in another's place": (
        "INSERT INTO audit_entries SELECT * FROM audit_entries WHERE seq = 3 "
        "ON CONFLICT (seq) DO UPDATE SET actor = 'slack:T1:UEVE'"
    ),
}
ONLY_SQLITE = {
    "an entry in another's place": (
        "INSERT OR REPLACE INTO audit_entries SELECT seq, at, action, 'slack:T1:UEVE', origin, case_id, revision, "
        "fingerprint, config, detail_hash, previous, hash FROM audit_entries WHERE seq = 3"
    ),
    "a detail in another's place": "REPLACE INTO audit_details (seq, body) VALUES (3, '{}')",
    "a head in the place of the head": "REPLACE INTO audit_head (id, seq, hash) VALUES (1, 2, 'forged')",
    "an entry that takes another's number": "UPDATE OR REPLACE audit_entries SET seq = 4 WHERE seq = 3",
}


async def refuses(url: str, statement: str) -> None:
    async with stack(url) as one:
        await write(one)
        before = await one.audit()
        with pytest.raises(DBAPIError, match=r"only ever added|only be erased|stays|only moves forward"):
            await attempt(url, statement)
        assert before.sound
        assert await one.audit() == before


@pytest.mark.parametrize("statement", REFUSED.values(), ids=list(REFUSED))
async def test_the_database_refuses(database_url: str, statement: str) -> None:
    await refuses(database_url, statement)


@pytest.mark.postgres
@pytest.mark.parametrize("statement", ONLY_POSTGRES.values(), ids=list(ONLY_POSTGRES))
async def test_postgresql_refuses(postgres_url: str, statement: str) -> None:
    await refuses(postgres_url, statement)


@pytest.mark.parametrize("statement", ONLY_SQLITE.values(), ids=list(ONLY_SQLITE))
async def test_sqlite_refuses(sqlite_url: str, statement: str) -> None:
    await refuses(sqlite_url, statement)


# Whoever owns the database can take the triggers away. What he does then is found.
LOOSE = {
    "sqlite": [
        "DROP TRIGGER audit_entries_no_update",
        "DROP TRIGGER audit_entries_no_delete",
        "DROP TRIGGER audit_details_only_erasure",
        "DROP TRIGGER audit_details_no_delete",
    ],
    "postgresql": ["SET session_replication_role = replica"],
}


@pytest.mark.parametrize(
    ("deeds", "problem"),
    [
        pytest.param(
            ["UPDATE audit_entries SET actor = 'slack:T1:UEVE' WHERE seq = 3"],
            "entry 3 was altered",
            id="altered entry",
        ),
        pytest.param(
            ["UPDATE audit_entries SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 2"],
            "entry 2 was altered",
            id="altered instant",
        ),
        pytest.param(
            ['UPDATE audit_details SET body = \'{"name":"Eve"}\' WHERE seq = 3'],
            "the detail of entry 3 was altered",
            id="altered detail",
        ),
        pytest.param(
            ["UPDATE audit_details SET body = NULL WHERE seq IN (3, 4)"],
            "the details of entries 3 to 4 are gone, and no erasure names them",
            id="details taken away",
        ),
        pytest.param(
            ["DELETE FROM audit_details WHERE seq = 3", "DELETE FROM audit_entries WHERE seq = 3"],
            "entries 3 to 3 are missing",
            id="missing entry",
        ),
        pytest.param(
            ["DELETE FROM audit_details WHERE seq > 3", "DELETE FROM audit_entries WHERE seq > 3"],
            "the head says entry 5, the newest entry is 3: the end was cut or forged",
            id="cut end",
        ),
    ],
)
async def test_what_an_owner_of_the_database_does_is_found(database_url: str, deeds: list[str], problem: str) -> None:
    async with stack(database_url) as one:
        await write(one)
        await attempt(database_url, *LOOSE[one.database.dialect], *deeds)
        assert problem in (await one.audit()).problems


async def test_a_cut_end_with_a_forged_head_shows_against_a_head_kept_elsewhere(database_url: str) -> None:
    async with stack(database_url) as one:
        await write(one)
        kept = await one.audit()
        loose = [*LOOSE[one.database.dialect]]
        if one.database.dialect == "sqlite":
            loose.append("DROP TRIGGER audit_head_forward")
        await attempt(
            database_url,
            *loose,
            "UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit_entries WHERE seq = 3)",
            "DELETE FROM audit_details WHERE seq > 3",
            "DELETE FROM audit_entries WHERE seq > 3",
        )
        found = await one.audit()
        assert found.sound
        assert (found.newest, found.head) != (kept.newest, kept.head)


async def test_an_export_verifies_offline_and_ends_where_the_database_ends(database_url: str) -> None:
    async with stack(database_url) as one:
        await write(one)
        await erase(one.database, Which(entries=(3,)), reason="asked for", now=NOW)
        lines = [export_line(entry) async for entry in log.entries(one.database)]
        assert verify_lines(lines) == await one.audit()


async def test_entries_are_read_across_pages(database_url: str) -> None:
    async with stack(database_url) as one:
        await write(one, 2003)
        found = await one.audit()
        assert (found.entries, found.newest, found.sound) == (2003, 2003, True)
        assert [entry.seq async for entry in log.entries(one.database, until=3)] == [1, 2, 3]
        assert [entry.seq async for entry in log.entries(one.database, case_id=2)] == []


async def test_an_empty_trail_is_sound(database_url: str) -> None:
    async with stack(database_url) as one:
        assert await one.audit() == verify_lines([])
        async with one.database.read() as session:
            assert await log.head(session) == (0, GENESIS)


async def test_four_replicas_append_to_one_chain(database_url: str) -> None:
    async with replicas(database_url) as four:
        await asyncio.gather(*(write(one, 3) for one in four for _ in range(3)))
        found = await four[0].audit()
        assert (found.entries, found.sound) == (36, True)


async def test_a_trail_that_grows_while_it_is_verified_is_sound(database_url: str) -> None:
    async with stack(database_url) as one:
        await write(one)
        async with one.database.read() as session:
            head = await log.head(session)
        await write(one)
        lines = [export_line(entry) async for entry in log.entries(one.database, until=head[0])]
        assert verify_lines(lines).head == head[1]


async def test_a_transaction_that_fails_leaves_no_entry_and_no_gap(database_url: str) -> None:
    async def break_down(one: Stack) -> None:
        async with one.database.write() as session:
            await log.append(session, [Entry("case.opened", "signoff", NOW, 1)])
            raise ZeroDivisionError

    async with stack(database_url) as one:
        await write(one)
        with pytest.raises(ZeroDivisionError):
            await break_down(one)
        await write(one, 1)
        found = await one.audit()
        assert (found.newest, found.sound) == (6, True)


async def test_a_note_in_odoo_names_the_newest_entry_of_its_kind(database_url: str) -> None:
    async with stack(database_url) as one:
        await write(one)
        async with one.database.read() as session:
            mark = await log.mark_of(session, 1, ["case.step2", "case.step4"])
            assert mark is not None
            assert str(mark) == f"[Signoff #4 {mark.hash[:8]}]"
            assert await log.mark_of(session, 1, ["case.approved"]) is None

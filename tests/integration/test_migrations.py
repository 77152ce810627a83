"""The schema: there and back again, the same as bot/tables.py says, and safe to ask for twice at once."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import BigInteger, Connection, DateTime, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.cases.commands import Observed
from bot.columns import Micros, UtcDateTime
from bot.db import upgrade
from bot.tables import metadata
from tests.engines import PostgresEngine
from tests.factories import a_decide, a_record, an_event
from tests.integration.stack import stack

OPEN = Observed(a_record(), an_event())
MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


async def on(url: str, work: Callable[[Connection], Any]) -> Any:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def down(connection: Connection) -> None:
    command.downgrade(alembic(connection), "base")


def revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def leftovers(connection: Connection) -> list[str]:
    """Triggers and functions that outlived their tables."""
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'index') AND name NOT LIKE 'sqlite_%'",
        "postgresql": "SELECT proname FROM pg_proc WHERE proname LIKE 'signoff%'",
    }
    return list(connection.execute(text(asked[connection.dialect.name])).scalars())


async def test_the_schema_goes_down_and_up_again(database_url: str) -> None:
    await on(database_url, down)
    assert await on(database_url, tables) == set()
    assert await on(database_url, leftovers) == []
    await upgrade(database_url)
    assert await on(database_url, tables) == set(metadata.tables)
    async with stack(database_url) as one:
        await one.service.execute(OPEN)
        await one.service.execute(a_decide())
        assert (await one.audit()).entries == 2


async def test_the_migrations_make_what_the_tables_say(database_url: str) -> None:
    assert await on(database_url, differences) == []


def differences(connection: Connection) -> list[Any]:
    options = {"compare_type": _compare_type, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _compare_type(_context: object, _found: object, _column: object, is_type: object, said: object) -> bool | None:
    """True where they differ; None leaves it to Alembic, which cannot look into our own column types."""
    if isinstance(said, UtcDateTime):
        return not isinstance(is_type, DateTime)
    if isinstance(said, Micros):
        return not isinstance(is_type, BigInteger)
    return None


async def test_indexes_are_unique_and_partial_where_the_tables_say_so(database_url: str) -> None:
    """Alembic does not compare conditions, and the promise of one open case is one."""
    made = await on(database_url, definitions)
    for index in (one for table in metadata.tables.values() for one in table.indexes):
        condition = index.dialect_options["sqlite"]["where"]
        assert str(condition) == str(index.dialect_options["postgresql"]["where"])
        written = made[str(index.name)]
        assert ("UNIQUE" in written, "WHERE" in written) == (index.unique, condition is not None), written
        words = re.findall(r"'\w+'|closed_at IS NULL|covers", str(condition))
        assert all(word in written for word in words), written


def definitions(connection: Connection) -> dict[str, str]:
    asked = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }
    return {row[0]: row[1] for row in connection.execute(text(asked[connection.dialect.name]))}


async def test_upgrading_what_is_up_to_date_changes_nothing(database_url: str) -> None:
    async with stack(database_url) as one:
        await one.service.execute(OPEN)
    await upgrade(database_url)
    async with stack(database_url) as one:
        assert (await one.case()).record == a_record()


async def test_there_is_one_newest_migration_and_the_database_is_at_it(database_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert [await on(database_url, revision)] == ScriptDirectory.from_config(config).get_heads()


@pytest.mark.postgres
async def test_replicas_that_start_together_migrate_once(postgres_engine: PostgresEngine) -> None:
    with postgres_engine.fresh_database() as url:
        await on(url, down)
        assert await started_together(url) == [0, 0, 0]
        assert await on(url, tables) == set(metadata.tables)


async def test_a_new_sqlite_file_may_be_started_on_twice(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    assert await started_together(url) == [0, 0, 0]
    assert await on(url, tables) == set(metadata.tables)


async def started_together(url: str) -> list[int]:
    """The exit codes of three processes that upgrade at once."""
    program = "import asyncio, sys; from bot.db import upgrade; asyncio.run(upgrade(sys.argv[1]))"
    started = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, url, cwd=MIGRATIONS.parent)
        for _ in range(3)
    ]
    async with asyncio.timeout(60):
        return [await one.wait() for one in started]

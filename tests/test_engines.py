"""The databases that the tests stand on: migrated, empty, and one for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.engines import DatabaseEngine, PostgresEngine, SqliteEngine


async def _migrate(url: str) -> None:
    """Stands for the product's migrations: what is tested here is the lending."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE thing (name VARCHAR(20))"))
    await engine.dispose()


async def _insert(url: str, name: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO thing VALUES (:name)"), {"name": name})
    await engine.dispose()


async def _names(url: str) -> list[str]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        names = [str(name) for name in await connection.scalars(text("SELECT name FROM thing"))]
    await engine.dispose()
    return names


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def _has_tables(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        return await connection.run_sync(_tables)


async def test_database_arrives_with_the_newest_schema(database_url: str) -> None:
    engine = create_async_engine(database_url)
    try:
        assert "alembic_version" in await _has_tables(engine)
    finally:
        await engine.dispose()


async def test_each_sqlite_loan_is_a_database_of_its_own(tmp_path: Path) -> None:
    await _lend_two(SqliteEngine(tmp_path, _migrate))
    assert [path.name for path in tmp_path.iterdir()] == ["template.db"]


@pytest.mark.postgres
async def test_each_postgres_loan_is_a_database_of_its_own(postgres_server_url: URL) -> None:
    engine = PostgresEngine(postgres_server_url, _migrate)
    await _lend_two(engine)
    engine.close()


async def _lend_two(engine: DatabaseEngine) -> None:
    with engine.fresh_database() as first, engine.fresh_database() as second:
        await _insert(first, "mine")
        assert (await _names(first), await _names(second)) == (["mine"], [])
    with engine.fresh_database() as third:
        assert await _names(third) == []


@pytest.mark.postgres
def test_a_closed_engine_leaves_nothing_on_the_server(postgres_server_url: URL) -> None:
    watching = PostgresEngine(postgres_server_url, _migrate)
    before = watching.databases()
    engine = PostgresEngine(postgres_server_url, _migrate)
    with engine.fresh_database():
        assert len(watching.databases()) == len(before) + 2
    engine.close()
    assert watching.databases() == before
    watching.close()

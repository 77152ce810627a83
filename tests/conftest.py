"""What every test may ask for: a database of its own on either engine.

``database_url`` runs the test twice, once on SQLite and once on PostgreSQL. ``sqlite_url`` and ``postgres_url``
are for what only one engine has (a writer's queue, NOTIFY). The network is closed but for this machine.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy.engine import URL

from tests.engines import DatabaseEngine, PostgresEngine, SqliteEngine, postgres_server
from tests.network import forbid_network

pytest_plugins = ("tests.gates", "pytester")

forbid_network()


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not go through it again and again in thousands of tests."""
    gc.set_threshold(50_000, 20, 50)


async def _migrate(url: str) -> None:
    # Imported when the first database is asked for: a broken adapter must not take the tests of the core with it.
    from bot.db import upgrade  # noqa: PLC0415

    await upgrade(url)


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseEngine]:
    """SQLite files, copied from one that was migrated once."""
    engine = SqliteEngine(tmp_path_factory.mktemp("sqlite"), _migrate)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[URL]:
    """A PostgreSQL server for the whole session, started when the first test needs it."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_engine(postgres_server_url: URL) -> Iterator[DatabaseEngine]:
    """PostgreSQL databases, created from one that was migrated once."""
    engine = PostgresEngine(postgres_server_url, _migrate)
    yield engine
    engine.close()


@pytest.fixture
def sqlite_url(sqlite_engine: DatabaseEngine) -> Iterator[str]:
    """A migrated, empty SQLite database, for what only SQLite has."""
    with sqlite_engine.fresh_database() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_engine: DatabaseEngine) -> Iterator[str]:
    """A migrated, empty PostgreSQL database, for what only PostgreSQL has. Mark such a test ``postgres``."""
    with postgres_engine.fresh_database() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_engine(request: pytest.FixtureRequest) -> DatabaseEngine:
    """Each engine in turn. The server is started only when a test needs it."""
    fixture = {"sqlite": "sqlite_engine", "postgresql": "postgres_engine"}[request.param]
    engine: DatabaseEngine = request.getfixturevalue(fixture)
    return engine


@pytest.fixture
def database_url(database_engine: DatabaseEngine) -> Iterator[str]:
    """A migrated, empty database; the test runs once on each engine."""
    with database_engine.fresh_database() as url:
        yield url


@pytest.fixture(autouse=True)
def usual_logs() -> None:
    """Whatever a test before this one made of the logs (the command line sets them up for its whole process)."""
    structlog.reset_defaults()

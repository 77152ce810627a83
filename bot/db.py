"""The two engines behind one face: connections for reading, one queue for writing, and the schema.

A ``Read`` cannot write by type; a ``Write`` is handed out only inside a transaction of ``Database.write``. No
network call is made while one is open. SQLite has one writer connection (BEGIN IMMEDIATE, WAL,
synchronous=FULL) and read-only readers; on PostgreSQL both come from one pool.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Executable, make_url, text
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import postgres, sqlite
from bot.bell import Bell
from bot.errors import ConfigError

Rows = Sequence[Mapping[str, Any]]

#: Connections for reading: enough for the page loads of a shift beside the workers.
_READERS = 4

#: The PostgreSQL notification channel by which replicas wake each other.
CHANNEL = "signoff"

_FORMS = "it must begin with sqlite+aiosqlite:// or postgresql+asyncpg://"

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class Read:
    """A connection for questions."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.connection.dialect.name

    async def execute(
        self,
        statement: Executable,
        parameters: Rows | Mapping[str, Any] | None = None,
    ) -> CursorResult[Any]:
        """Run one statement, or the same one for many rows."""
        return await self.connection.execute(statement, parameters)


class Write(Read):
    """A connection inside a write transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        #: Topics whose waiters are woken once this transaction has committed.
        self.wakes: set[str] = set()


class Database:
    """Opens connections; knows which engine it is."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.bell = Bell()
        self._reader, self._writer = _engines(url)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._writer.dialect.name

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Read]:
        """A read-only snapshot."""
        async with self._reader.connect() as connection:
            yield Read(connection)  # begins with the first question; what is closed uncommitted is rolled back

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Write]:
        """A write transaction: commits at the end of the block, rolls back if it raises."""
        async with self._writer.begin() as connection:
            session = Write(connection)
            yield session
            if session.wakes and self.dialect == "postgresql":
                topics = ",".join(sorted(session.wakes))
                await session.execute(
                    text("SELECT pg_notify(:channel, :topics)"), {"channel": CHANNEL, "topics": topics}
                )
        self.bell.ring(session.wakes)

    async def reach(self) -> None:
        """Raise ConfigError, in a sentence, when the database cannot be reached or opened."""
        await _reach(self._reader)

    async def close(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        if self._writer is not self._reader:
            await self._writer.dispose()


async def upgrade(url: str) -> None:
    """Bring the schema at ``url`` to the newest migration. Safe to run at every start and by several replicas."""
    engine = _engine(url, size=1, readonly=False, bounded=False)
    try:
        await _reach(engine)
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade)
            await connection.commit()
    finally:
        await engine.dispose()


async def require_schema(database: Database) -> None:
    """Raise ConfigError unless the schema is the one that this release works with."""
    _require_file(database.url)
    await database.reach()
    async with database.read() as session:
        found = await session.connection.run_sync(lambda one: MigrationContext.configure(one).get_current_revision())
    wanted = ScriptDirectory.from_config(_alembic()).get_current_head()
    if found != wanted:
        msg = f"the database schema is {found or 'empty'}, this release needs {wanted}: run signoff db upgrade first"
        raise ConfigError(msg)


def _require_file(url: str) -> None:
    """SQLite would make an empty file rather than say that there is none."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite" and not (parsed.database and Path(parsed.database).exists()):
        msg = f"there is no database file {parsed.database}; signoff serve makes one, or set SIGNOFF_DATABASE_URL"
        raise ConfigError(msg)


async def _reach(engine: AsyncEngine) -> None:
    """Try a connection. Raises ConfigError, which says where to and why not, and never a password."""
    try:
        async with engine.connect():
            return
    except (OSError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        why = getattr(cause, "strerror", "") or str(cause).partition("\n")[0] or type(cause).__name__
        where = engine.url.set(query={}).render_as_string(hide_password=True)
        msg = f"the database {where} cannot be reached: {why}; see SIGNOFF_DATABASE_URL"
        raise ConfigError(msg) from error


def _upgrade(connection: Connection) -> None:
    config = _alembic()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _alembic() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _engines(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    if _parsed(url).get_backend_name() == "sqlite":
        return _engine(url, size=_READERS, readonly=True), _engine(url, size=1, readonly=False)
    both = _engine(url, size=_READERS + 2, readonly=False)
    return both, both


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # its own words would repeat the text, password and all
        msg = f"SIGNOFF_DATABASE_URL is no database URL; {_FORMS}"
        raise ConfigError(msg) from None


def _in_memory(url: URL) -> bool:
    named = url.database in {None, "", ":memory:"} or (url.database or "").startswith("file::memory:")
    return named or url.query.get("mode") == "memory"


def _engine(url: str, *, size: int, readonly: bool, bounded: bool = True) -> AsyncEngine:
    parsed = _parsed(url)
    match parsed.get_driver_name() if "+" in parsed.drivername else "":
        case "aiosqlite" if _in_memory(parsed):
            msg = "SIGNOFF_DATABASE_URL: a database in memory would be gone with each connection; name a file"
            raise ConfigError(msg)
        case "aiosqlite":
            # A reader must never wait, and a writer waits its turn in our own queue, not in SQLite's lottery.
            return sqlite.engine_for(parsed, size=size, readonly=readonly)
        case "asyncpg":
            return postgres.engine_for(parsed, size=size, bounded=bounded)
        case _:
            msg = f"SIGNOFF_DATABASE_URL begins with {parsed.drivername}://; {_FORMS}"
            raise ConfigError(msg)

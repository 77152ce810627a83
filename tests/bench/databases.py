"""Fresh databases for the program under test: an SQLite file, or one created on a PostgreSQL server.

Durable as in production: what an engine promises after a commit is what is measured.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import asyncpg
from sqlalchemy.engine import URL, make_url

from bot.db import upgrade
from tests.engines import private_server


class Database(Protocol):
    """One database."""

    url: str

    async def size(self) -> int:
        """Its bytes on disk, as they are, after a checkpoint and the end of the program."""
        ...


class Databases(Protocol):
    """Lends databases."""

    name: str

    def fresh(self, directory: Path) -> AbstractAsyncContextManager[Database]:
        """An empty one; ``directory`` is for files."""
        ...


class SqliteFile:
    """A file; the last connection that closes moves the write-ahead log into it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.url = f"sqlite+aiosqlite:///{path}"

    async def size(self) -> int:
        """The file and what is left beside it."""
        return sum(one.stat().st_size for one in self._path.parent.glob(f"{self._path.name}*"))


class SqliteFiles:
    """SQLite with synchronous=FULL, as the program opens it."""

    name = "SQLite"

    @asynccontextmanager
    async def fresh(self, directory: Path) -> AsyncIterator[Database]:
        """A file that does not exist yet."""
        yield SqliteFile(directory / "signoff.db")


class PostgresDatabase:
    """A database on a server."""

    def __init__(self, server: URL, name: str) -> None:
        self._server = server
        self._name = name
        self.url = server.set(drivername="postgresql+asyncpg", database=name).render_as_string(hide_password=False)

    async def size(self) -> int:
        """As PostgreSQL counts it, less an empty database."""
        async with _admin(self._server) as admin:
            counted = "SELECT pg_database_size($1) - pg_database_size('template0')"
            return int(await admin.fetchval(counted, self._name))


class PostgresServer:
    """Databases on one server; its role must be allowed to create them."""

    name = "PostgreSQL"

    def __init__(self, server: URL, *, is_private: bool) -> None:
        self._server = server
        self.is_private = is_private  #: started by us, for this run

    @asynccontextmanager
    async def fresh(self, directory: Path) -> AsyncIterator[Database]:
        """One with the schema, which is dropped afterwards."""
        name = f"signoff_bench_{uuid4().hex}"
        async with _admin(self._server) as admin:
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            database = PostgresDatabase(self._server, name)
            await upgrade(database.url)  # SQLite's file is brought up to date by the program itself
            yield database
        finally:
            async with _admin(self._server) as admin:
                await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def make_durable(self) -> None:
        """Undo what the tests' private server forgets for speed."""
        async with _admin(self._server) as admin:
            await admin.execute("ALTER SYSTEM RESET ALL")
            await admin.execute("SELECT pg_reload_conf()")


@contextmanager
def private_postgres() -> Iterator[URL]:
    """A PostgreSQL server of our own, for as long as the bench runs."""
    with private_server() as server:
        yield server


@asynccontextmanager
async def _admin(server: URL) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(server.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        yield connection
    finally:
        await connection.close()


def server_of(url: str) -> URL:
    """A server by a URL of any database on it. Raises ValueError where it is no PostgreSQL."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        msg = "--database-url names a PostgreSQL server, as postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
        raise ValueError(msg)
    return parsed

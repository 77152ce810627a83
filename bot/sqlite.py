"""SQLite as this program uses it: WAL, durable commits, transactions that begin where we say, few trips to a thread.

An aiosqlite connection lives in a thread of its own, and a trip there and back costs more than most statements do.
SQLAlchemy makes four for a question (cursor, execute, fetch, close) and a rollback that ends nothing; here it is one
or two. Only aiosqlite's public API is used, so that a new release of it is no surprise.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import partial
from types import TracebackType
from typing import Any

import aiosqlite
from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

#: How long a statement waits for the file when another process (a verb of the command line) writes, in seconds.
_PATIENCE_S = 30

#: Rows that aiosqlite fetches at a time where it is asked for them one by one; nobody does here.
_CHUNK = 64


def engine_for(url: URL, *, size: int, readonly: bool) -> AsyncEngine:
    """An engine of ``size`` connections to the file in ``url``, all of them readers or all of them writers.

    Parameters are hidden from errors: they hold names, reasons and figures, and errors are logged.
    """
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": _PATIENCE_S, "async_creator_fn": _connect},
    )
    _set_up(engine, readonly=readonly)
    return engine


class _Connection(aiosqlite.Connection):
    """A connection whose questions are one or two trips to its thread, not four."""

    def cursor(self) -> _Cursor:  # type: ignore[override]
        """A cursor; the thread hears of it with its first statement."""
        return _Cursor(self)

    async def commit(self) -> None:
        """Commit, where there is something to commit."""
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Roll back, where there is something to roll back: the pool asks for it after every commit."""
        if self.in_transaction:
            await super().rollback()


class _Cursor:
    """As much of a cursor as SQLAlchemy asks for."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._cursor: aiosqlite.Cursor | None = None

    async def __aenter__(self) -> _Cursor:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> _Cursor:
        """Run one statement."""
        self._cursor = await self._connection.execute(sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> _Cursor:
        """Run one statement for many rows."""
        self._cursor = await self._connection.executemany(sql, parameters)
        return self

    async def fetchall(self) -> Iterable[sqlite3.Row]:
        """Every row of the answer; SQLAlchemy takes all of them at once."""
        return [] if self._cursor is None else await self._cursor.fetchall()

    async def close(self) -> None:
        """Let go of the cursor. Its rows have been fetched, so SQLite has nothing left to end in the thread."""
        self._cursor = None

    @property
    def description(self) -> Any:
        """What the columns are called; None where the statement has no rows."""
        return None if self._cursor is None else self._cursor.description

    @property
    def rowcount(self) -> int:
        """Rows that the statement changed."""
        return -1 if self._cursor is None else self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The number of the row that was inserted last."""
        return None if self._cursor is None else self._cursor.lastrowid


def _connect(database: str, **more: Any) -> aiosqlite.Connection:
    connection = _Connection(partial(sqlite3.connect, database, **more), _CHUNK)
    connection._thread.daemon = True  # as SQLAlchemy has it: a program that dies does not wait for its connections
    return connection


def _set_up(engine: AsyncEngine, *, readonly: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: DBAPIConnection, _record: object) -> None:
        # The driver's own transaction handling would begin too late and too softly; see "begin" below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-16000",
            "temp_store=MEMORY",
            *(("query_only=ON",) if readonly else ()),
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

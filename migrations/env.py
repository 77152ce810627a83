"""Runs migrations on the connection that ``bot.db.upgrade`` hands in, or on SIGNOFF_DATABASE_URL for alembic itself."""

from __future__ import annotations

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.tables import metadata

#: Replicas that start together queue here, so that one of them migrates and the others find it done.
ADVISORY_LOCK = 7_245_601


def run(connection: Connection) -> None:
    """Bring the connected database to the wanted revision, in one transaction."""
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
        context.run_migrations()


async def run_alone() -> None:
    """When the ``alembic`` command itself was called, as for writing a new revision."""
    engine = create_async_engine(os.environ.get("SIGNOFF_DATABASE_URL", "sqlite+aiosqlite:///signoff.db"))
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_alone())

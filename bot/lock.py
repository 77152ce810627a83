"""Who may use a database: one ``serve`` on one SQLite file, and never the sandbox on one that ``serve`` has used.

The lock is an advisory one on a file beside the database, held until the process ends. The purpose stands in the
database itself.
"""

from __future__ import annotations

import fcntl
from enum import StrEnum
from pathlib import Path
from typing import IO

from sqlalchemy import make_url, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.db import Write
from bot.errors import ConfigError
from bot.tables import facts

_USED_BY = "used_by"


class Purpose(StrEnum):
    """What a database is for, from its first use on."""

    SERVE = "serve"  #: real decisions
    SANDBOX = "sandbox"  #: play: the demo and the tests


def hold(database_url: str) -> IO[str] | None:
    """Take the lock; the returned file holds it while it is open. None where the engine needs none.

    Raises ConfigError when another process has it, or where no file can be made.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    path = Path(f"{url.database}.lock")
    try:
        handle = path.open("w", encoding="ascii")
    except OSError as error:
        msg = f"no database can be kept at {url.database}: {error.strerror}; see SIGNOFF_DATABASE_URL"
        raise ConfigError(msg) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        msg = f"another signoff serves {url.database} already; stop it first, or use PostgreSQL for several replicas"
        raise ConfigError(msg) from error
    return handle


async def claim(session: Write, purpose: Purpose) -> None:
    """Keep what the database is for. Raises ConfigError when it has been used for the other purpose."""
    insert = postgresql.insert if session.dialect == "postgresql" else sqlite.insert
    # Replicas that start together on an empty database all come here: one of them is first.
    await session.execute(insert(facts).values(name=_USED_BY, value=purpose).on_conflict_do_nothing())
    found = (await session.execute(select(facts.c.value).where(facts.c.name == _USED_BY))).scalar_one()
    if found != purpose:
        msg = f"this database belongs to signoff {found}; play and real decisions never share one"
        raise ConfigError(msg)

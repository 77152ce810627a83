"""One ``serve`` on one SQLite file: an advisory lock beside the database, held until the process ends."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from sqlalchemy import make_url

from bot.errors import ConfigError


def hold(database_url: str) -> IO[str] | None:
    """Take the lock; the returned file holds it while it is open. None where the engine needs none.

    Raises ConfigError when another process has it.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    path = Path(f"{url.database}.lock")
    handle = path.open("w", encoding="ascii")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        msg = f"another signoff serves {url.database} already; stop it first, or use PostgreSQL for several replicas"
        raise ConfigError(msg) from error
    return handle

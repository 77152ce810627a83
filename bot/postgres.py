"""PostgreSQL as this program uses it: a pool that notices lost connections, and a bound on every wait.

A server that is half dead must not hold the program: connecting, each statement and each lock end in an error, which
the callers survive as they survive any other. Migrations alone may take their time.
"""

from __future__ import annotations

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

#: Longest wait for a connection, in seconds.
_CONNECT_S = 10

#: Longest that the server works on a statement, in seconds: the largest, a page of the audit trail, takes well under
#: one. Then the client's own patience, for a server or a network that does not even answer that.
_STATEMENT_S, _ANSWER_S = 30, 40

#: A transaction in which nothing happens holds its locks: the server ends it after so many seconds.
_IDLE_S = 60


def engine_for(url: URL, *, size: int, bounded: bool) -> AsyncEngine:
    """An engine of ``size`` connections (four more at a rush). ``bounded`` limits what one statement may take."""
    limits = {"statement_timeout": str(_STATEMENT_S * 1000), "idle_in_transaction_session_timeout": str(_IDLE_S * 1000)}
    patience = {"command_timeout": _ANSWER_S, "server_settings": limits} if bounded else {}
    return create_async_engine(
        url,
        pool_size=size,
        max_overflow=4,
        pool_pre_ping=True,
        # Parameters are hidden from errors: they hold names, reasons and figures, and errors are logged.
        hide_parameters=True,
        connect_args={"timeout": _CONNECT_S, **patience},
    )

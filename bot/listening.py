"""Wake-ups among replicas: PostgreSQL tells every process what another one has committed, and who is alive.

A missed notification loses nothing: every runner also looks by itself each second.
"""

from __future__ import annotations

import asyncio

import asyncpg
import structlog
from sqlalchemy import make_url

from bot import presence
from bot.bell import Bell
from bot.db import CHANNEL

log = structlog.get_logger(__name__)

#: Seconds between tries to get the connection back.
REST = 5.0


class Listener:
    """Holds one connection to PostgreSQL and rings the bell for what it hears. While it lives, ``worker`` is alive."""

    def __init__(self, url: str, bell: Bell, worker: str) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._bell = bell
        self._worker = worker
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._loop = asyncio.create_task(self._run(), name="listener")

    async def stop(self) -> None:
        """End."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("listener lost its connection", error=type(error).__name__)
            await asyncio.sleep(REST)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._dsn)
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _connection: lost.set())
            await connection.execute("SELECT pg_try_advisory_lock($1, $2)", presence.SPACE, presence.key(self._worker))
            await connection.add_listener(CHANNEL, self._heard)
            await lost.wait()
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, _channel: str, topics: str) -> None:
        self._bell.ring(topics.split(","))

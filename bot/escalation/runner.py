"""The one runner of rows with a ``due_at``: signals to be read, effects to be performed, and whatever else waits.

There are no timer objects. A runner claims what is due, performs it side by side, and sleeps until the next row
falls due, somebody rings, the clock is moved, or a second has passed: losing the process loses nothing.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, Protocol

import structlog

from bot.bell import Bell
from bot.clock import Clock

log = structlog.get_logger(__name__)

#: The safety net behind the bell, in seconds.
POLL = 1.0

#: How long a runner rests after an error in claiming (the database is away), in seconds.
REST = 1.0


class DueRows(Protocol):
    """A kind of rows that fall due."""

    topic: str  #: the bell that rings when new ones are committed

    async def claim(self, limit: int) -> list[Any]:
        """Lease up to ``limit`` due rows."""
        ...

    async def perform(self, claimed: Any) -> None:
        """Do what one row asks for, and mark it. Must not raise for what the outside does."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next row falls due, in UTC."""
        ...


class Runner:
    """Keeps up to ``capacity`` rows of one kind going."""

    def __init__(self, rows: DueRows, *, capacity: int, clock: Clock, bell: Bell) -> None:
        self._rows = rows
        self._capacity = capacity
        self._clock = clock
        self._wake = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._loop: asyncio.Task[None] | None = None
        bell.listen(rows.topic, self._wake)
        clock.subscribe(self._wake)

    def start(self) -> None:
        """Begin to look."""
        self._loop = asyncio.create_task(self._run(), name=f"runner {self._rows.topic}")

    async def stop(self, patience: float = 10.0) -> None:
        """Claim nothing more; let what is under way finish for ``patience`` seconds, then drop it.

        What is dropped keeps its lease until that runs out, and is then taken up again.
        """
        self._stopping = True
        self._wake.set()
        if self._loop is not None:
            await self._loop
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience)
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _run(self) -> None:
        likely = True  # that something is due; where it is not, the next due time is asked for, which writes nothing
        while not self._stopping:
            self._wake.clear()
            looked_at = self._clock.now() if likely else None
            try:
                more = likely and await self._claim()
                pause = 0.0 if more else await self._pause(looked_at)
            except Exception:  # the database may be away; nothing is lost by waiting for it
                log.exception("runner could not claim", rows=self._rows.topic)
                pause = REST
            rung = pause > 0 and await self._sleep(pause)
            likely = rung or pause < POLL

    async def _claim(self) -> bool:
        """Whether there may be more to claim: whoever got less than was asked for need not ask again."""
        free = self._capacity - len(self._under_way)
        if free <= 0:
            await self._sleep(POLL)
            return True
        claimed = await self._rows.claim(free)
        for one in claimed:
            task = asyncio.create_task(self._perform(one))
            self._under_way.add(task)
            task.add_done_callback(self._done)
        return len(claimed) == free

    async def _perform(self, claimed: Any) -> None:
        try:
            await self._rows.perform(claimed)
        except Exception:  # marking failed: the lease runs out and the row is taken up again
            log.exception("runner could not perform", rows=self._rows.topic)

    def _done(self, task: asyncio.Task[None]) -> None:
        full = len(self._under_way) >= self._capacity
        self._under_way.discard(task)
        if full:
            self._wake.set()

    async def _pause(self, looked_at: datetime | None) -> float:
        """Seconds until it is worth claiming again, after a claim at ``looked_at`` or none."""
        due = await self._rows.next_due()
        # A row that was due when we looked and was not claimed waits behind another one of its key.
        if due is None or (looked_at is not None and due <= looked_at):
            return POLL
        return min(max(0.0, (due - self._clock.now()).total_seconds()), POLL)

    async def _sleep(self, seconds: float) -> bool:
        """Whether somebody rang within so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                return await self._wake.wait()
        except TimeoutError:
            return False

"""The only reader of the time.

Everything else takes ``now`` as a parameter. Instants are aware datetimes in UTC. The sandbox moves its
clock forward to play hours in seconds; sleeping against a moved clock wakes up at once.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class Clock:
    """Wall-clock time in UTC, plus an offset that only the sandbox and the tests move."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._moved: list[asyncio.Event] = []

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def advance(self, by: timedelta) -> None:
        """Move the clock forward by ``by`` and wake everybody who subscribed.

        Raises ValueError for a negative amount: time here never runs backwards.
        """
        if by < timedelta(0):
            msg = "the clock only moves forward"
            raise ValueError(msg)
        self._offset += by
        for event in self._moved:
            event.set()

    def subscribe(self, event: asyncio.Event) -> None:
        """Set ``event`` whenever the clock is moved, so that sleepers look again."""
        self._moved.append(event)

"""Takes checkpoints of the audit trail while the program runs: at its start, every hour, and at its end.

Owns the file they are added to. Nothing is taken while nothing new stands in the trail, and nothing without a key.
"""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.audit import log as trail
from bot.audit.checkpoint import Checkpoint, Signer
from bot.clock import Clock
from bot.db import Database
from bot.errors import ConfigError

log = structlog.get_logger(__name__)

#: How much of the trail may be unattested at most, by time.
EVERY = timedelta(hours=1)

#: When it is tried again after a failure.
_AGAIN = timedelta(minutes=1)


class Witness:
    """Signs what the newest entry is, and keeps that outside the database."""

    def __init__(self, signer: Signer | None, path: Path | None, *, database: Database, clock: Clock) -> None:
        self._signer = signer
        self._path = path
        self._database = database
        self._clock = clock
        self._due: datetime | None = None
        self._attested = 0
        #: Why the last checkpoint could not be kept, for the readiness page; empty when all is well.
        self.trouble = ""

    def start(self) -> None:
        """Make sure that checkpoints can be kept. Raises ConfigError when their file cannot be written."""
        if self._signer is None:
            log.warning("no checkpoints of the audit trail: SIGNOFF_AUDIT_KEY is not set")
            return
        try:
            self._add("")
        except OSError as error:
            msg = f"SIGNOFF_CHECKPOINTS: {self._path} cannot be written ({error.strerror})"
            raise ConfigError(msg) from error
        self._due = self._clock.now()

    async def tick(self) -> None:
        """Take one if an hour has passed since the last."""
        now = self._clock.now()
        if self._due is not None and now >= self._due:
            self._due = now + (EVERY if await self.take() else _AGAIN)

    async def finish(self) -> None:
        """Take the last one, once nothing is written any more; nothing where it was never started."""
        if self._due is not None:
            await self.take()

    async def take(self) -> bool:
        """Sign the newest entry, if it is a new one, and keep that. False, and ``trouble`` says why, if it failed."""
        try:
            one = await self.signed()
            if one is None or one.entry == self._attested:
                return True
            await asyncio.to_thread(self._add, one.line + "\n")
        except Exception as error:  # the disk is full, the database away: decisions go on
            self.trouble = f"no checkpoint of the audit trail could be kept: {type(error).__name__}"
            log.exception("checkpoint not kept")
            return False
        self._attested, self.trouble = one.entry, ""
        log.info("checkpoint kept", entry=one.entry)
        return True

    async def signed(self) -> Checkpoint | None:
        """A checkpoint of the trail as it is; None without a key, or while there is no entry."""
        async with self._database.read() as session:
            entry, head = await trail.head(session)
        if self._signer is None or not entry:
            return None
        return self._signer.sign(entry, head, self._clock.now())

    def _add(self, text: str) -> None:
        """Append, and have it on the disk: a checkpoint that a crash takes back attests nothing."""
        if self._path is None:
            return
        with self._path.open("a", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


__all__ = ["EVERY", "Witness"]

"""Takes evidence out of the spool once it has been kept for long enough and Odoo is seen to hold the same bytes.

What the audit trail says of a file (its hash) stays; what goes is entered there before it goes. A file that Odoo does
not hold, or that a case still needs, is kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.audit import log as audit
from bot.audit.chain import Entry
from bot.cases import closed
from bot.cases.files import File, FileState
from bot.cases.model import Case
from bot.clock import Clock
from bot.db import Database
from bot.errors import SignoffError
from bot.odoo.attaching import Attaching
from bot.spool import Spool

#: Cases that one run looks at.
_PAGE = 100

log = structlog.get_logger(__name__)


class Pruning:
    """Answers ``run``; each run goes on where the last one stopped, and begins anew at the end."""

    def __init__(
        self, spool: Spool, attaching: Attaching, kept: timedelta | None, *, database: Database, clock: Clock
    ) -> None:
        self._spool = spool
        self._attaching = attaching
        self._kept = kept
        self._database = database
        self._clock = clock
        self._after = 0

    async def run(self) -> None:
        """Look at some cases that closed long enough ago. Does nothing where evidence is kept for ever."""
        if self._kept is None:
            return
        before = self._clock.now() - self._kept
        async with self._database.read() as session:
            some = await closed.with_files(session, after=self._after, before=before, limit=_PAGE)
        self._after = some[-1].id if len(some) == _PAGE else 0
        for case in some:
            try:
                await self._prune(case, before)
            except SignoffError as error:
                log.warning("evidence not pruned", case_id=case.id, error=error.kind)

    async def _prune(self, case: Case, before: datetime) -> None:
        done = {file.sha256: file for file in case.files if await self._is_done_with(case, file, before)}
        if not done:
            return
        detail = {"files": [[file.name, sha256] for sha256, file in done.items()], "record": case.event.title}
        entry = Entry("evidence.pruned", "signoff", self._clock.now(), case.id, detail=detail)
        async with self._database.write() as session:
            await audit.append(session, [entry])
        for sha256 in done:
            await self._spool.drop(sha256)
        log.info("evidence pruned", case_id=case.id, files=len(done))

    async def _is_done_with(self, case: Case, file: File, before: datetime) -> bool:
        if file.state is not FileState.KEPT or not await self._spool.has(file.sha256):
            return False
        async with self._database.read() as session:
            if await closed.is_needed(session, file.sha256, since=before):
                return False
        return await self._attaching.holds(case, file)

"""Performs FETCH_FILE: gets the bytes of an offered file, keeps them in the spool, and tells the case.

The gate of a case opens by this and by nothing else. Knows no rule.
"""

from __future__ import annotations

from bot.cases.commands import KeepFile, RefuseFile
from bot.cases.files import File
from bot.cases.model import Case
from bot.cases.service import Service
from bot.coalesce import Coalescer
from bot.effects import EffectKind
from bot.errors import PermanentError, SignoffError
from bot.outbox import Claimed
from bot.slack.files import FileHost
from bot.spool import Spool


class Fetching:
    """The sender of FETCH_FILE effects; an effect's target is Slack's id of the file."""

    def __init__(self, host: FileHost, spool: Spool, service: Service, *, cases: Coalescer[int, Case]) -> None:
        self._host = host
        self._spool = spool
        self._service = service
        self._cases = cases

    async def fetch(self, claimed: Claimed) -> None:
        """Fetch a file and have it counted, or told why it does not count.

        A second run is harmless: the same bytes are kept under the same name, and a file is counted once.
        """
        case = await self._cases.get(claimed.case_id)
        offered = _offered(case, claimed.target)
        if offered is None:
            return
        try:
            found = await self._host.fetch(claimed.target)
        except PermanentError as error:
            await self._service.execute(RefuseFile(claimed.case_id, claimed.target, error.sentence))
            return
        hashes = await self._spool.keep(found.content)
        kept = File(
            id=offered.id,
            revision=offered.revision,
            person=offered.person,
            name_of_person=offered.name_of_person,
            at=offered.at,
            name=found.name,
            kind=found.kind,
            size=len(found.content),
            sha256=hashes.sha256,
            sha1=hashes.sha1,
        )
        await self._service.execute(KeepFile(claimed.case_id, kept))

    async def given_up(self, claimed: Claimed, error: SignoffError) -> None:
        """Tell the case when Slack never handed the file out."""
        if claimed.kind is EffectKind.FETCH_FILE:
            await self._service.execute(RefuseFile(claimed.case_id, claimed.target, error.sentence))


def _offered(case: Case | None, file_id: str) -> File | None:
    """The newest file of that id; None where the case knows of none."""
    found = [one for one in case.files if one.id == file_id] if case is not None else []
    return found[-1] if found else None

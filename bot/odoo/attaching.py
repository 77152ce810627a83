"""Performs ATTACH_FILES: puts a case's evidence onto its record in Odoo, and proves that Odoo holds the same bytes.

Odoo's ``checksum`` is the SHA-1 of an attachment's content, so an attachment that is there already is known by it.
"""

from __future__ import annotations

import base64

from bot.cases.files import File, FileState
from bot.cases.model import Case, RecordRef
from bot.coalesce import Coalescer
from bot.errors import PermanentError
from bot.odoo.client import OdooClient
from bot.odoo.sources import Sources, source_of
from bot.outbox import Claimed
from bot.spool import Spool

_MODEL = "ir.attachment"

#: Without it Odoo shrinks pictures above 1920 pixels, and holds other bytes than those that were decided on
#: (read in the sources of 18.0 and 19.0, base/models/ir_attachment.py).
_AS_IT_IS = {"image_no_postprocess": True}


class Attaching:
    """The sender of ATTACH_FILES effects."""

    def __init__(self, sources: Sources, spool: Spool, *, cases: Coalescer[int, Case]) -> None:
        self._sources = sources
        self._spool = spool
        self._cases = cases

    async def attach(self, claimed: Claimed) -> None:
        """Give the record every file that the case has.

        A second run is harmless: what the record has already is found by its checksum.
        """
        case = await self._cases.get(claimed.case_id)
        if case is None:
            return
        source = source_of(self._sources, case)
        for one in case.files:
            if one.state is FileState.KEPT:
                await self._give(source.client, case.record, one)

    async def holds(self, case: Case, file: File) -> bool:
        """Whether Odoo has the very bytes of ``file`` on the case's record. Raises SignoffError."""
        source = self._sources.get(case.record.source)
        return source is not None and await _has(source.client, case.record, file)

    async def _give(self, client: OdooClient, record: RecordRef, file: File) -> None:
        if await _has(client, record, file):
            return
        content = await self._spool.read(file.sha256)
        values = {
            "name": file.name,
            "datas": base64.b64encode(content).decode(),
            "res_model": record.model,
            "res_id": record.id,
        }
        await client.act(_MODEL, "create", None, args=(values,), context=_AS_IT_IS)
        # What create answers proves nothing; the checksum does.
        if not await _has(client, record, file):
            msg = f"Odoo took the file {file.name} but does not hold the same bytes."
            raise PermanentError(msg, kind="checksum")


async def _has(client: OdooClient, record: RecordRef, file: File) -> bool:
    domain = [("res_model", "=", record.model), ("res_id", "=", record.id), ("checksum", "=", file.sha1)]
    return bool(await client.search(_MODEL, domain, limit=1))

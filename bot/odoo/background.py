"""What stands beside a record on its card: asked of Odoo for many records at once, and never waited for long.

Nothing depends on it: a card that Odoo does not answer for in time is shown without it. Must not decide anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, TypeAlias

import structlog

from bot.clock import Clock
from bot.coalesce import Coalescer
from bot.errors import SignoffError
from bot.metrics import BACKGROUND
from bot.odoo.catalog.entry import Beside, EventType, Record
from bot.odoo.client import OdooClient, Row, together
from bot.odoo.domains import any_of

#: The longest that a card waits for all of it together.
LONGEST_S: Final = 1.0

#: After an answer that took longer nothing is asked for so long: a slow Odoo needs its calls for other things.
REST: Final = timedelta(minutes=1)

#: On a card.
MOST: Final = 3

#: Rows asked for, for each record of a call.
ROWS_EACH: Final = 40

Pairs: TypeAlias = tuple[tuple[str, str], ...]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Rows:
    rows: list[Row]
    cut_off: bool  #: whether there are more


class Background:
    """One for each model of a source; questions that come together are one call for each kind of answer."""

    def __init__(self, entries: Sequence[EventType], client: OdooClient, clock: Clock) -> None:
        self._entries = entries
        self._client = client
        self._clock = clock
        self._records: dict[int, tuple[Record, Collection[str]]] = {}
        self._asked = Coalescer(self._load, largest=50)
        self._resting_until: datetime | None = None

    async def of(self, record: Record, found: Collection[str]) -> Pairs:
        """(label, text) pairs for a record with these findings; none where Odoo does not answer in time."""
        now = self._clock.now()
        if not self._reads(found) or (self._resting_until is not None and now < self._resting_until):
            return ()
        self._records[record["id"]] = (record, found)
        try:
            async with asyncio.timeout(LONGEST_S):
                return await self._asked.get(record["id"]) or ()
        except TimeoutError:
            self._resting_until = now + REST
            BACKGROUND.labels("late").inc()
            log.warning("background came too late", model=self._entries[0].model)
            return ()

    def _reads(self, found: Collection[str]) -> tuple[Beside, ...]:
        of_findings = (read for entry in self._entries if entry.name in found for read in entry.beside)
        return tuple(islice(dict.fromkeys(of_findings), MOST))

    async def _load(self, ids: Sequence[int]) -> dict[int, Pairs]:
        asked = {one: self._records.pop(one) for one in ids}
        wanted = {one: self._reads(found) for one, (_, found) in asked.items()}
        reads = tuple(dict.fromkeys(read for mine in wanted.values() for read in mine))
        now = self._clock.now()
        about = [[record for one, (record, _) in asked.items() if read in wanted[one]] for read in reads]
        answers = await together(self._rows(read, some, now) for read, some in zip(reads, about, strict=True))
        rows = dict(zip(reads, answers, strict=True))
        return {one: _told(record, wanted[one], rows) for one, (record, _) in asked.items()}

    async def _rows(self, read: Beside, records: Sequence[Record], now: datetime) -> _Rows | None:
        """The rows about any of ``records``; None where Odoo refuses or does not answer."""
        domains = [domain for record in records if (domain := read.domain(record, now)) is not None]
        if not domains:
            return None
        most = ROWS_EACH * len(domains)
        try:
            rows = await self._client.search_read(
                read.model, any_of(domains), read.fields, order=read.order, limit=most
            )
        except SignoffError as error:
            # A module or a right that is missing: the card is complete without.
            BACKGROUND.labels("refused").inc()
            log.info("background not told", model=read.model, error=error.kind)
            return None
        cut_off = len(rows) == most
        if cut_off and len(domains) > 1:
            return None  # nobody can say whose rows are missing
        BACKGROUND.labels("told").inc()
        return _Rows(rows, cut_off=cut_off)


def _told(record: Record, reads: Sequence[Beside], rows: dict[Beside, _Rows | None]) -> Pairs:
    found = ((read, rows[read]) for read in reads)
    said = ((read.label, _said(record, read, answer)) for read, answer in found if answer is not None)
    return tuple((label, text) for label, text in said if text)


def _said(record: Record, read: Beside, answer: _Rows) -> str:
    text = read.say(record, answer.rows)
    return f"at least {text}" if text and answer.cut_off and read.sums else text

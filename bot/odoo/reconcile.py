"""Reconcile: compares what qualifies in Odoo with the open cases, at every interval, whatever webhooks told.

What qualifies and has no case, what changed, and what has a case and qualifies no more becomes a signal; intake
does the rest. Nothing is believed from here either.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import timedelta

import structlog

from bot.cases.model import RecordRef
from bot.cases.store import followed_records
from bot.clock import Clock
from bot.db import Database
from bot.errors import SignoffError
from bot.group_commit import GroupCommit
from bot.inbox import Signal
from bot.metrics import RECONCILE_FOUND, RECONCILED, SIGNALS
from bot.odoo.catalog.entry import EventType
from bot.odoo.sources import OdooSource, Sources
from bot.odoo.values import to_odoo

log = structlog.get_logger(__name__)

#: Ids asked for in one call.
PAGE = 2000

#: Signals on their way to the store at once: after a restart there may be very many.
AT_ONCE = 1000

#: Odoo tells ``write_date`` in whole seconds, so a second write may follow unseen within the same one. Until a write
#: is this old (clocks differ), it is read at every run.
FRESH = timedelta(minutes=2)


class Reconcile:
    """Goes through the sources. One run of a source at a time; a source that is down is tried at its next interval."""

    def __init__(self, sources: Sources, *, database: Database, writer: GroupCommit, clock: Clock) -> None:
        self._sources = sources
        self._database = database
        self._writer = writer
        self._clock = clock
        #: (source, event type) -> record id -> write_date at which its signal was stored. A record that has not
        #: been written since, nor just before, need not be read again; after a restart everything is read once.
        self._read_at: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
        self._running: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        #: Source -> why its last run did not finish; empty when it did.
        self.trouble: dict[str, str] = {}

    async def run(self, name: str) -> None:
        """Compare one source whole. Never raises for what Odoo does: trouble is logged, kept and shown."""
        source = self._sources[name]
        async with self._running[name]:
            troubles = [await self._compare(source, entry) for entries in source.by_model.values() for entry in entries]
            self.trouble[name] = "; ".join(dict.fromkeys(one for one in troubles if one))
            if not self.trouble[name]:
                RECONCILED.labels(name).set(self._clock.now().timestamp())

    async def _compare(self, source: OdooSource, entry: EventType) -> str:
        """Why one type could not be compared; empty when it could. One broken type does not stop the others."""
        try:
            await self._compare_type(source, entry)
        except SignoffError as error:
            log.warning("reconcile failed", source=source.settings.name, event_type=entry.name, error=error.kind)
            return error.sentence
        return ""

    async def _compare_type(self, source: OdooSource, entry: EventType) -> None:
        name = source.settings.name
        async with self._database.read() as session:
            # Looked at before Odoo is asked: a case that opens meanwhile is then simply not judged in this run.
            followed = await followed_records(session, name, entry.name)
        qualifying = await _qualifying(source, entry)
        known = self._read_at[name, entry.name]
        new = {one for one, written in qualifying.items() if known.get(one) != written}
        over = followed - qualifying.keys()
        await self._signal(source, entry, new | over)
        for what, ids in (("new", new - followed), ("changed", new & followed), ("over", over)):
            RECONCILE_FOUND.labels(name, entry.name, what).inc(len(ids))
        border = to_odoo(self._clock.now() - FRESH)
        self._read_at[name, entry.name] = {one: written for one, written in qualifying.items() if written < border}

    async def _signal(self, source: OdooSource, entry: EventType, ids: set[int]) -> None:
        name, now = source.settings.name, self._clock.now()
        signals = [Signal(RecordRef(name, entry.model, one), now) for one in sorted(ids)]
        for start in range(0, len(signals), AT_ONCE):
            await asyncio.gather(*(self._writer.submit(one) for one in signals[start : start + AT_ONCE]))
        SIGNALS.labels(name, "reconcile", "stored").inc(len(signals))


async def _qualifying(source: OdooSource, entry: EventType) -> dict[int, str]:
    """Record id -> write_date of everything in the domain, a page at a time."""
    found: dict[int, str] = {}
    while True:
        after = max(found, default=0)
        rows = await source.client.search_read(
            entry.model, [*entry.domain, ("id", ">", after)], ["write_date"], limit=PAGE, order="id"
        )
        found.update((row["id"], str(row["write_date"])) for row in rows)
        if len(rows) < PAGE:
            return found

"""Reconcile: compares what qualifies in Odoo with the open cases, at every interval, whatever webhooks told.

What qualifies and has no case, what changed, and what has a case and qualifies no more becomes a signal; intake
does the rest. Nothing is believed from here either. A run makes a bounded number of calls and leaves a bounded
number of records to be read: after an outage a comparison takes several runs, which follow each other.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot import inbox
from bot.cases.census import LAST_ID, followed_records
from bot.cases.model import RecordRef
from bot.clock import Clock
from bot.db import Database
from bot.errors import SignoffError
from bot.group_commit import GroupCommit
from bot.inbox import Signal
from bot.metrics import RECONCILE_FOUND, RECONCILED, SIGNALS
from bot.odoo.client import together
from bot.odoo.domains import any_of, as_of, timed_parts
from bot.odoo.sources import OdooSource, Sources
from bot.odoo.values import to_odoo

log = structlog.get_logger(__name__)

#: Ids asked for in one call.
PAGE = 2000

#: Calls of one run at most, shared by its models; a comparison that needs more goes on where it was in the next run.
PAGES_A_RUN = 30

#: While so many records of a source are still to be read, no more are looked for.
UNREAD = 20_000

#: Signals on their way to the store at once: after a restart there may be very many.
AT_ONCE = 1000

#: Records of one model of which it is remembered when they were read; the others are read at every comparison.
ROOM = 100_000

#: Odoo tells ``write_date`` in whole seconds, so a second write may follow unseen within the same one. Until a write
#: is this old (clocks differ), it is read at every run.
FRESH = timedelta(minutes=2)

#: How often records are read again that may qualify anew although nobody wrote them, such as an order whose
#: customer's credit changed.
AGAIN = timedelta(minutes=10)


@dataclass(slots=True)
class _Sweep:
    """How far the comparison of one model has come."""

    after: int = 0  #: ids up to this one have been compared
    #: Record id -> write_date at which its signal was stored, in the last comparison and in this one. A record that
    #: has not been written since, nor just before, need not be read again; after a restart everything is read once.
    before: dict[int, str] = field(default_factory=dict)
    now: dict[int, str] = field(default_factory=dict)
    all_read_at: datetime | None = None

    def finish(self) -> None:
        """The whole model has been compared."""
        self.after, self.before, self.now = 0, self.now, {}


class Reconcile:
    """Goes through the sources. One run of a source at a time; a source that is down is tried at its next interval."""

    def __init__(self, sources: Sources, *, database: Database, writer: GroupCommit, clock: Clock) -> None:
        self._sources = sources
        self._database = database
        self._writer = writer
        self._clock = clock
        self._sweeps: dict[tuple[str, str], _Sweep] = defaultdict(_Sweep)
        self._running: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        #: Source -> why it is not up to date; empty when it is. Nothing has been compared at the start.
        self.trouble: dict[str, str] = dict.fromkeys(sources, "not compared with Odoo yet")

    async def run(self, name: str) -> None:
        """Compare one source, or go on comparing. Never raises for what Odoo does: trouble is logged and shown."""
        source = self._sources[name]
        async with self._running[name]:
            share = max(1, PAGES_A_RUN // len(source.by_model)) if source.by_model else 0
            troubles = [await self._compare(source, model, calls=share) for model in source.by_model]
            self.trouble[name] = "; ".join(dict.fromkeys(one for one in troubles if one))
            if not self.trouble[name]:
                RECONCILED.labels(name).set(self._clock.now().timestamp())

    def again(self, name: str) -> None:
        """Have the next comparison read every record of a source: who made them has to be judged anew."""
        for model in self._sources[name].by_model:
            self._sweeps[name, model].before.clear()

    async def _compare(self, source: OdooSource, model: str, *, calls: int) -> str:
        """Why the model is not compared whole; empty when it is. One broken model stops no other."""
        sweep, name = self._sweeps[source.settings.name, model], source.settings.name
        for _ in range(calls):
            if await self._unread(name) >= UNREAD:
                return "many records of Odoo are still to be read"
            try:
                if await self._compare_page(source, model, sweep):
                    return ""
            except SignoffError as error:
                log.warning("reconcile failed", source=name, model=model, error=error.kind)
                return error.sentence
        return "the comparison with Odoo goes on"

    async def _compare_page(self, source: OdooSource, model: str, sweep: _Sweep) -> bool:
        """Compare the next records by id; whether these were the last."""
        name, now = source.settings.name, self._clock.now()
        if sweep.after == 0 and _is_stale(source, model, sweep, now):
            sweep.before, sweep.all_read_at = {}, now
        entries = source.by_model[model]
        domain = as_of(any_of([entry.domain for entry in entries]), now)
        rows = await self._page(source, model, domain, sweep.after)
        rows = await self._with_time(source, model, rows, now)
        until = max(rows) if len(rows) == PAGE else LAST_ID
        async with self._database.read() as session:
            # A case that closed meanwhile is one reading too many, no more: intake decides by what it reads.
            followed = await followed_records(session, name, model, after=sweep.after, until=until)
        new = {one for one, written in rows.items() if sweep.before.get(one) != written}
        over = followed - rows.keys()
        await self._signal(name, model, sorted(new | over))
        for what, ids in (("new", new - followed), ("changed", new & followed), ("over", over)):
            RECONCILE_FOUND.labels(name, model, what).inc(len(ids))
        border = to_odoo(now - FRESH)
        room = max(0, ROOM - len(sweep.now))
        sweep.now.update([(one, written) for one, written in rows.items() if written < border][:room])
        sweep.after = until
        if until == LAST_ID:
            sweep.finish()
        return until == LAST_ID

    async def _page(self, source: OdooSource, model: str, domain: list[object], after: int) -> dict[int, str]:
        """Record id -> write_date of the next records in the domain."""
        narrowed = [*domain, ("id", ">", after)]
        rows = await source.client.search_read(model, narrowed, ["write_date"], limit=PAGE, order="id")
        return {row["id"]: str(row["write_date"]) for row in rows}

    async def _with_time(self, source: OdooSource, model: str, rows: dict[int, str], now: datetime) -> dict[int, str]:
        """The rows, told apart by which of the moments that a type waits for have passed.

        A record that is followed for another reason may become late without anybody writing it.
        """
        timed = dict.fromkeys(part for entry in source.by_model[model] for part in timed_parts(entry.domain))
        if not rows or not timed:
            return rows
        ids = ("id", "in", list(rows))
        lists = await together(source.client.search(model, [ids, *as_of([part], now)]) for part in timed)
        inside = [set(listed) for listed in lists]
        return {one: at + "".join(" late" if one in some else " -" for some in inside) for one, at in rows.items()}

    async def _unread(self, name: str) -> int:
        async with self._database.read() as session:
            return await inbox.count(session, source=name)

    async def _signal(self, name: str, model: str, ids: Sequence[int]) -> None:
        now = self._clock.now()
        signals = [Signal(RecordRef(name, model, one), now) for one in ids]
        for start in range(0, len(signals), AT_ONCE):
            await asyncio.gather(*(self._writer.submit(one) for one in signals[start : start + AT_ONCE]))
        SIGNALS.labels(name, "reconcile", "stored").inc(len(signals))


def _is_stale(source: OdooSource, model: str, sweep: _Sweep, now: datetime) -> bool:
    """Whether all of the model has to be read again, because it may qualify by what other records say."""
    if not any(entry.depends_elsewhere for entry in source.by_model[model]):
        return False
    return sweep.all_read_at is None or now - sweep.all_read_at >= AGAIN

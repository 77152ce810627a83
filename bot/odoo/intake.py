"""Intake: reads the records that signals name and tells the service what they are.

Level-triggered: what a signal said is forgotten, what the record says counts. Odoo 18 sends its webhooks before
its commit, so a record that shows nothing new is looked at again after 1, 5 and 30 s; after that reconcile has it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from bot.backoff import RetryAt, decide
from bot.cases.answers import Transition
from bot.cases.commands import Observed
from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database
from bot.errors import SignoffError, TransientError
from bot.group_commit import GroupCommit
from bot.inbox import TOPIC, Claimed, ClaimSignals, Finish, ReadAgain, next_due
from bot.metrics import CASES, EVENTS
from bot.odoo.interpret import gone
from bot.odoo.sources import OdooSource, Sources

log = structlog.get_logger(__name__)

#: When a record that showed nothing new is read again. Odoo's own retries are over within half a minute.
AGAIN = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30))

#: When a record that cannot be read (rights, missing fields) is tried again: an admin has to mend something first.
UNREADABLE = timedelta(minutes=5)


class Intake:
    """Signals that are due, for the runner."""

    topic = TOPIC

    def __init__(
        self,
        sources: Sources,
        service: Service,
        *,
        database: Database,
        writer: GroupCommit,
        clock: Clock,
        worker: str,
        besides: frozenset[str] = frozenset(),
    ) -> None:
        self._sources = sources
        self._service = service
        self._database = database
        self._writer = writer
        self._clock = clock
        self._worker = worker
        self._besides = besides  # sources that have an intake of their own

    async def claim(self, limit: int) -> list[Claimed]:
        """Lease up to ``limit`` records that are due."""
        claimed: list[Claimed] = await self._writer.submit(
            ClaimSignals(self._clock.now(), limit, self._worker, self._besides)
        )
        return claimed

    async def next_due(self) -> datetime | None:
        """When the next record is to be read."""
        async with self._database.read() as session:
            return await next_due(session, self._clock.now(), self._besides)

    async def perform(self, claimed: Claimed) -> None:
        """Read one record, follow it, and drop its signal or put it back."""
        ref = claimed.record
        source = self._sources.get(ref.source)
        if source is None or ref.model not in source.by_model:
            await self._writer.submit(Finish(claimed))  # no longer in the config
            return
        try:
            changed = await self._follow(source, claimed)
        except SignoffError as error:
            await self._put_back(claimed, error)
            return
        except DBAPIError:
            raise  # the store's trouble, not the record's: its lease runs out, and it is read again
        except Exception as error:
            # A record unlike any we know must not come back every minute for ever, nor be forgotten.
            log.exception("record not understood", record=str(ref), error=type(error).__name__)
            await self._writer.submit(ReadAgain(claimed, self._clock.now() + UNREADABLE))
            return
        await self._finish(source, claimed, changed=changed)

    async def _follow(self, source: OdooSource, claimed: Claimed) -> bool:
        """Whether the record had something new to say."""
        ref = claimed.record
        record = await source.read(ref.model, ref.id)
        now_is = gone() if record is None else await source.understand(ref.model, record)
        answer = await self._service.execute(Observed(ref, now_is))
        event_type = source.by_model[ref.model][0].name
        changed = isinstance(answer, Transition)
        EVENTS.labels(ref.source, event_type, "changed" if changed else "unchanged").inc()
        if isinstance(answer, Transition):
            CASES.labels(event_type, answer.entries[0].action).inc()
        return changed

    async def _finish(self, source: OdooSource, claimed: Claimed, *, changed: bool) -> None:
        again = claimed.attempts < len(AGAIN) and not changed and await source.signals_early()
        if again:
            await self._writer.submit(ReadAgain(claimed, self._clock.now() + AGAIN[claimed.attempts]))
        else:
            await self._writer.submit(Finish(claimed))

    async def _put_back(self, claimed: Claimed, error: SignoffError) -> None:
        now = self._clock.now()
        when = now + UNREADABLE
        if isinstance(error, TransientError):
            answer = decide(error, attempts=claimed.attempts + 1, now=now)
            when = answer.when if isinstance(answer, RetryAt) else when
        log.warning("record not read", record=str(claimed.record), error=error.kind, until=when.isoformat())
        EVENTS.labels(claimed.record.source, claimed.record.model, "not_read").inc()
        await self._writer.submit(ReadAgain(claimed, when))

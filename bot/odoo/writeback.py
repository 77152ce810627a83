"""Write-back: carries a decision into Odoo and says no more than Odoo has said.

Read first, write once, read back. After a lost answer the record is read again for a while; unchanged for the
whole settling time, a method that may be repeated is, and a harmful one waits for a person. A return value proves
nothing (a user without the right gets ``{}`` and nothing happens).

Running it twice is harmless: the first thing it does is to look whether it has been done, and no method is called
before "writing" is committed, so that a crash in between leaves a trace that makes the next run look first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.cases.answers import Answer, Transition
from bot.cases.commands import Ask, Begin, Confirm, Conflict, Delay, Fail, Requeue, Uncertain
from bot.cases.model import Case, WriteBackState
from bot.cases.service import Service
from bot.clock import Clock
from bot.coalesce import Coalescer
from bot.db import Database
from bot.effects import EffectKind
from bot.errors import PermanentError, SignoffError, TransientError, UnknownOutcome
from bot.metrics import CASES, CLICK_TO_CONFIRMED
from bot.odoo import notes
from bot.odoo.acting import Acting
from bot.odoo.activities import finish_own
from bot.odoo.changes import OtherFigures
from bot.odoo.classify import is_not_odoo
from bot.odoo.client import WRITE_SECONDS
from bot.odoo.notes import DecisionMarks
from bot.odoo.outcomes import outcome_of
from bot.odoo.reader import Record
from bot.odoo.sources import OdooSource, Sources
from bot.odoo.task import Task
from bot.outbox import Claimed
from bot.relay import Later

log = structlog.get_logger(__name__)

#: The states in which something is still to be done by the bot.
OWED = frozenset({WriteBackState.QUEUED, WriteBackState.WRITING, WriteBackState.UNCERTAIN})

NO_EFFECT = (
    "Odoo took the call, but the record did not change. Usually the bot's user lacks the right for this step; "
    "please look at the record in Odoo."
)
ASK_A_PERSON = (
    "The answer of Odoo was lost and the record did not change. Please look in Odoo whether it happened; "
    "repeating it could do it twice."
)

#: How soon a record is looked at again after a lost answer, and then how often until the settling time is over.
LOOK_AGAIN = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30))


class WriteBack:
    """The senders of WRITE_BACK and POST_NOTE effects."""

    def __init__(
        self, sources: Sources, service: Service, *, cases: Coalescer[int, Case], database: Database, clock: Clock
    ) -> None:
        self._sources = sources
        self._service = service
        self._cases = cases
        self._marks = DecisionMarks(database)
        self._acting = Acting(database)
        self._clock = clock

    async def carry_out(self, claimed: Claimed) -> Later | None:
        """Perform a WRITE_BACK effect."""
        case = await self._cases.get(claimed.case_id)
        if case is None or case.write_back not in OWED:
            return None
        self._require_time(claimed)
        task = await self._task(case)
        try:
            return await self._advance(task, claimed)
        except PermanentError as error:
            return await self._refused(task, error)
        except TransientError as error:
            # Odoo is away or busy, and nothing happened there: the card says so, and the relay comes back. Where an
            # earlier call may still be under way in Odoo, not being able to ask does not undo it.
            await self._service.execute(Delay(case.id, error.sentence))
            raise

    async def _refused(self, task: Task, error: PermanentError) -> Later:
        """Odoo (or a proxy) refused to be read. Raises ``error`` again unless an answer is still looked for."""
        now, until = self._clock.now(), task.case.settle_until
        if task.case.write_back is WriteBackState.WRITING:
            return await self._lost(task, error.sentence)
        if task.case.write_back is WriteBackState.UNCERTAIN and until is not None and now < until:
            return Later(_look_again(now, until, task.source.settings.settle), error.sentence)
        raise error

    def _require_time(self, claimed: Claimed) -> None:
        """Raises TransientError where the lease might run out while Odoo is called: another worker goes on then."""
        if claimed.lease_until - self._clock.now() < timedelta(seconds=WRITE_SECONDS):
            msg = "There was not enough time left for a call to Odoo; it will be tried again."
            raise TransientError(msg, kind="lease_short")

    async def post_note(self, claimed: Claimed) -> None:
        """Perform a POST_NOTE effect. A second run finds the note of the first by its mark."""
        case = await self._cases.get(claimed.case_id)
        if case is None:
            return
        client = self._source(case).client
        mark = await self._marks.of(case)
        if not await notes.is_posted(client, case, mark):
            await notes.post(client, case, mark)

    async def given_up(self, claimed: Claimed, error: SignoffError) -> None:
        """The relay gives an effect up: for a write-back the case has to say so."""
        if claimed.kind is EffectKind.WRITE_BACK:
            answer = await self._service.execute(Fail(claimed.case_id, error.sentence))
            _count(answer)

    async def _task(self, case: Case) -> Task:
        source = self._source(case)
        outcome = outcome_of(case, source.entry_of(case))
        return Task(case, source, outcome, await self._marks.of(case), self._service.rules)

    def _source(self, case: Case) -> OdooSource:
        source = self._sources.get(case.record.source)
        if source is None or case.record.model not in source.by_model:
            msg = f"The source {case.record.source!r} of this case is no longer in the config."
            raise PermanentError(msg, kind="no_source")
        return source

    async def _advance(self, task: Task, claimed: Claimed) -> Later | None:
        """One step of the way, from wherever the case stands."""
        record = await self._first_read(task)
        now_is = task.differs(record)
        tried_before = task.case.write_back is not WriteBackState.QUEUED or claimed.attempts > 1
        if await task.is_done(record, look_for_trace=tried_before or now_is is not None):
            await self._confirm(task, record)
            return None
        if now_is is not None:
            _count(await self._service.execute(Conflict(task.case.id, now_is)))
            return None
        match task.case.write_back:
            case WriteBackState.WRITING:
                return await self._lost(task, "The write to Odoo was interrupted before its answer came.")
            case WriteBackState.UNCERTAIN:
                return await self._settle(task)
            case _:
                return await self._write(task, claimed, record)

    async def _first_read(self, task: Task) -> Record | None:
        """The record now. Before anything was written, whatever answers in Odoo's place is waited for to go away."""
        try:
            return await task.read()
        except PermanentError as error:
            if task.case.write_back is WriteBackState.QUEUED and is_not_odoo(error):
                raise TransientError(error.sentence, kind=error.kind) from error
            raise

    async def _as_somebody(self, task: Task) -> Task:
        """The task with the user as whom it is to be written. Raises PermanentError where that cannot be."""
        if task.outcome.method is None:
            return task  # notes are the bot's
        doer = await self._acting.of(task.case, task.source.settings, task.source.client)
        task = replace(task, doer=doer)
        await task.guard()
        return task

    async def _write(self, task: Task, claimed: Claimed, record: Record | None) -> Later | None:
        task = await self._as_somebody(task)
        waited = task.source.writing.locked()
        async with task.source.writing:
            self._require_time(claimed)
            if waited:
                record = await task.read()
                if task.differs(record) is not None:
                    return Later(self._clock.now(), "the record changed while this waited for its turn")
            try:
                return await self._write_now(task, claimed, record)
            except OtherFigures as error:
                _count(await self._service.execute(Conflict(task.case.id, error.now_is, error.sentence)))
                return None

    async def _write_now(self, task: Task, claimed: Claimed, record: Record | None) -> Later | None:
        if sentence := task.not_ready(record):
            raise PermanentError(sentence, kind="not_ready")
        begin = Begin(task.case.id, claimed.attempts, str(task.doer) if task.doer else "")
        begun = await self._service.execute(begin)
        if not isinstance(begun, Transition):
            # Somebody was faster: a person who gave it up, or another worker, who may never be able to say how it
            # went. The effect stays until the case is seen to be owed nothing.
            return Later(self._clock.now() + LOOK_AGAIN[0], "somebody else has begun")
        try:
            asked = await task.act(record)
        except UnknownOutcome as error:
            return await self._lost(task, error.sentence)
        except TransientError as error:
            await self._service.execute(Requeue(task.case.id, error.sentence))
            raise
        try:
            record = await task.read()
            done = await task.is_done(record, look_for_trace=True)
        except (TransientError, PermanentError):
            # It was written, or not: "writing" stands, and the next run looks first.
            return Later(self._clock.now() + LOOK_AGAIN[0], "reading back")
        if not done and asked is not None:
            raise PermanentError(task.question(asked), kind="wizard")
        if not done:
            raise PermanentError(NO_EFFECT, kind="no_effect")
        await self._confirm(task, record)
        return None

    async def _lost(self, task: Task, sentence: str) -> Later:
        """The answer was lost. From here on it is looked for, and nothing is written."""
        now = self._clock.now()
        until = now + task.source.settings.settle
        log.warning("answer of odoo lost", until=until.isoformat())
        _count(await self._service.execute(Uncertain(task.case.id, until, sentence)))
        return Later(now + LOOK_AGAIN[0], "the answer of Odoo was lost; looking")

    async def _settle(self, task: Task) -> Later | None:
        """Still unchanged after a lost answer."""
        now, until = self._clock.now(), task.case.settle_until
        if until is None:
            return None  # a person has been asked
        if now < until:
            return Later(_look_again(now, until, task.source.settings.settle), "the answer of Odoo was lost; looking")
        if task.outcome.method is None or task.outcome.method.repeatable or await task.guard() is not None:
            sentence = "The answer of Odoo was lost and the record did not change, so it is written again."
            await self._service.execute(Requeue(task.case.id, sentence))
            return Later(now, "writing again")
        _count(await self._service.execute(Ask(task.case.id, ASK_A_PERSON)))
        return None

    async def _confirm(self, task: Task, record: Record | None) -> None:
        told = Confirm(task.case.id, await task.done_by(record), task.figures_now(record))
        answer = await self._service.execute(told)
        _count(answer)
        decided_at = task.case.decided_at
        if isinstance(answer, Transition) and decided_at is not None:
            CLICK_TO_CONFIRMED.observe(max(0.0, (self._clock.now() - decided_at).total_seconds()))
        if isinstance(answer, Transition):
            await _finish_activities(task)


async def _finish_activities(task: Task) -> None:
    """What Odoo has planned for the bot is done; a leftover of it is no reason to fail what is confirmed."""
    try:
        await finish_own(task.source.client, task.case)
    except SignoffError as error:
        log.warning("activities of the bot not marked as done", record=str(task.case.record), error=error.kind)


def _look_again(now: datetime, until: datetime, settle: timedelta) -> datetime:
    """The next look: 1, 5, 30 s after the answer was lost, then every 30 s, and once at the end."""
    since = until - settle
    for after in LOOK_AGAIN:
        if since + after > now:
            return min(since + after, until)
    return min(now + LOOK_AGAIN[-1], until)


def _count(answer: Answer) -> None:
    if isinstance(answer, Transition):
        CASES.labels(answer.case.event.event_type, answer.entries[0].action).inc()

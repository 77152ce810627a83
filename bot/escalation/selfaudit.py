"""The self-audit: goes through the pending cases now and then and says which steps of escalations were never done.

What ought to have been is ``expected``'s to say, from plans and audit entries alone. A gap is an alarm (log, metric,
``/readyz``, an audit entry, a line of the daily report); then what was missed is done and the case's row set right.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy import select

from bot.cases import store
from bot.cases.commands import CatchUp
from bot.cases.model import WAITING, Case
from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database, Read
from bot.escalation.expected import ACTIONS, Missing, Noted, missing
from bot.metrics import MISSED_STEPS, STEPS_AUDITED
from bot.tables import audit_details, audit_entries, cases

log = structlog.get_logger(__name__)

#: A step may start five seconds late; an audit entry is read as soon as it is committed. Twice that is a gap.
TOLERANCE = timedelta(seconds=10)

#: Seconds of real time after which what seems to be missing is looked at once more.
PATIENCE = 5.0

#: Cases looked at in one read.
_PAGE = 500


def _unnoticed(_case: Case) -> None:
    """Nobody else wants to see it."""


class SelfAudit:
    """Looks for steps that were due and that no audit entry tells of."""

    def __init__(
        self,
        service: Service,
        database: Database,
        clock: Clock,
        *,
        patience: float = PATIENCE,
        notice: Callable[[Case], None] = _unnoticed,
    ) -> None:
        self._service = service
        self._notice = notice  #: is shown every case that waits, as long as it is at hand
        self._database = database
        self._clock = clock
        self._patience = patience
        self.trouble = ""  #: what the last run found, as a sentence; empty while nothing is missing

    async def run(self) -> tuple[Missing, ...]:
        """Go through every pending case once. Returns what was missing, after it has been asked for."""
        until = self._clock.now() - TOLERANCE
        found: list[Missing] = []
        after = 0
        while page := await self._page(after):
            found += await self._missing(page, until, notice=self._notice)
            after = page[-1]
        found = await self._standing(found, until)
        STEPS_AUDITED.set(self._clock.now().timestamp())
        await self._alarm(found)
        return tuple(found)

    async def _standing(self, found: list[Missing], until: datetime) -> list[Missing]:
        """What of ``found`` nobody is about to do.

        After a leap of the clock, or an outage, everything is late at once and the runner is at it: as long as it gets
        on there is no gap.
        """
        while found:
            await asyncio.sleep(self._patience)
            again = set(await self._missing(sorted({one.case_id for one in found}), until))
            left = [one for one in found if one in again]
            if len(left) == len(found):
                return left
            found = left
        return found

    async def _missing(
        self, case_ids: Sequence[int], until: datetime, *, notice: Callable[[Case], None] = _unnoticed
    ) -> list[Missing]:
        async with self._database.read() as session:
            known = await store.by_id(session, case_ids)
            noted = await _entries(session, [one.id for one in known.values() if one.plan.steps])
        for one in known.values():
            notice(one)
        # A member of a group has no clock: its group has.
        alone = [one for one in known.values() if not (one.care and one.care.parent)]
        waiting = [one for one in alone if one.is_waiting and one.plan.steps]
        return [gap for one in waiting for gap in missing(one, noted.get(one.id, ()), until)]

    async def _page(self, after: int) -> Sequence[int]:
        statement = (
            select(cases.c.id)
            .where(cases.c.closed_at.is_(None), cases.c.status.in_(WAITING), cases.c.id > after)
            .order_by(cases.c.id)
            .limit(_PAGE)
        )
        async with self._database.read() as session:
            return list((await session.execute(statement)).scalars())

    async def _alarm(self, found: Sequence[Missing]) -> None:
        self.trouble = _sentence(found)
        for case_id, steps in groupby(found, key=lambda one: one.case_id):
            late = list(steps)
            MISSED_STEPS.inc(len(late))
            log.error("escalation steps were missed", case_id=case_id, due_at=[one.due_at.isoformat() for one in late])
            await self._service.execute(CatchUp(case_id, tuple(one.due_at for one in late)))


def _sentence(found: Sequence[Missing]) -> str:
    if not found:
        return ""
    numbers = sorted({one.case_id for one in found})
    told = ", ".join(str(number) for number in numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""  # noqa: PLR2004  # as many as were told
    return f"{len(found)} escalation steps had been missed (case {told}{more}) and were asked for again."


async def _entries(session: Read, case_ids: Iterable[int]) -> dict[int, tuple[Noted, ...]]:
    """What the audit trail says of time on these cases, in order."""
    wanted = sorted(case_ids)
    if not wanted:
        return {}
    statement = (
        select(
            audit_entries.c.case_id,
            audit_entries.c.at,
            audit_entries.c.action,
            audit_entries.c.actor,
            audit_details.c.body,
        )
        .join(audit_details, audit_details.c.seq == audit_entries.c.seq, isouter=True)
        .where(audit_entries.c.case_id.in_(wanted), audit_entries.c.action.in_(ACTIONS))
        .order_by(audit_entries.c.seq)
    )
    found: dict[int, tuple[Noted, ...]] = defaultdict(tuple)
    for row in await session.execute(statement):
        found[row.case_id] += (Noted(row.at, row.action, row.actor, json.loads(row.body) if row.body else {}),)
    return found

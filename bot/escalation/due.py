"""Cases that are due, for the runner: many are claimed at once, and each is told that it is now.

Exactly once holds whoever claims, and however often: what was done is not due any more, and the case's version sees to
it that only one of two can have done it. Knows nothing of what is due.
"""

from __future__ import annotations

from datetime import datetime

from bot.audit.chain import Entry
from bot.cases.answers import Transition
from bot.cases.commands import Tick
from bot.cases.due_rows import ClaimDue, DueCase, next_due_at
from bot.cases.service import Service
from bot.clock import Clock
from bot.db import Database
from bot.group_commit import GroupCommit
from bot.metrics import CASES, TICK_LATENESS


class DueCases:
    """The rows of ``cases`` with a ``due_at``."""

    topic = "cases"  # nobody rings it: the runner asks every second, and sleeps until the next due time

    def __init__(self, service: Service, database: Database, writer: GroupCommit, clock: Clock) -> None:
        self._service = service
        self._database = database
        self._writer = writer
        self._clock = clock

    async def claim(self, limit: int) -> list[DueCase]:
        """Lease up to ``limit`` cases."""
        claimed: list[DueCase] = await self._writer.submit(ClaimDue(self._clock.now(), limit))
        return claimed

    async def perform(self, claimed: DueCase) -> None:
        """Do what is due on one case."""
        answer = await self._service.execute(Tick(claimed.case_id))
        if isinstance(answer, Transition):
            for entry in answer.entries:
                CASES.labels(answer.case.event.event_type, entry.action).inc()
                _observe_lateness(entry)

    async def next_due(self) -> datetime | None:
        """When the next case is due."""
        async with self._database.read() as session:
            return await next_due_at(session)


def _observe_lateness(entry: Entry) -> None:
    due_at = entry.detail.get("due_at")
    if isinstance(due_at, str):
        TICK_LATENESS.observe(max(0.0, (entry.at - datetime.fromisoformat(due_at)).total_seconds()))

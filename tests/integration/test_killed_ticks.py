"""Processes that are killed while many steps come due: every step is done once, by whoever is left or comes next."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot.cases.commands import Observed
from bot.tables import audit_entries
from tests.core.test_timetable import HALF, under
from tests.factories import a_record, an_event
from tests.integration.stack import Stack, stack

BY = under(HALF, around_the_clock=True)
AHEAD = timedelta(hours=1, minutes=30)
_CASES = 300
_ROOT = Path(__file__).resolve().parents[2]


async def started(url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.integration.ticking", url, cwd=_ROOT)


async def killed(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()


async def reminders(one: Stack, wanted: int) -> int:
    """How many steps are done, once it is ``wanted`` or more."""
    of_step = select(func.count()).where(audit_entries.c.action == "escalation.reminded")
    async with asyncio.timeout(60):
        # Other processes: there is no event to wait for.
        while (done := (await one.rows(of_step))[0][0]) < wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return int(done)


async def test_every_step_is_done_once_whoever_is_killed_meanwhile(database_url: str) -> None:
    async with stack(database_url, rules=BY) as one:
        asked = [Observed(a_record(number), an_event(record=a_record(number))) for number in range(1, _CASES + 1)]
        await asyncio.gather(*(one.service.execute(command) for command in asked))
        both = [await started(database_url)]
        if database_url.startswith("postgresql"):  # replicas; SQLite has one process
            both.append(await started(database_url))
        assert await reminders(one, 1) < _CASES
        await killed(both.pop())
        if not both:
            both.append(await started(database_url))
        await reminders(one, _CASES)
        for process in both:
            await killed(process)
        noted = await one.rows(select(audit_entries.c.case_id).where(audit_entries.c.action == "escalation.reminded"))
        assert Counter(row.case_id for row in noted) == dict.fromkeys(range(1, _CASES + 1), 1)
        assert (await one.audit()).problems == ()

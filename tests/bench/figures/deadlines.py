"""Deadlines: reminders of thousands of cases that fall due within a minute, beside people who click without a rest.

In one process, without Slack and Odoo: what is measured is how late the program begins what is due, from its own audit
entries, and what a click has to wait for meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import tempfile
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter

from bot import outbox
from bot.audit import log as audit
from bot.audit.chain import Sealed
from bot.cases import due_rows
from bot.cases.commands import Observed
from bot.cases.service import Service
from bot.clock import Clock
from bot.config.model import Act, Span, Stage, Step
from bot.db import Database, upgrade
from bot.escalation.due import DueCases
from bot.escalation.runner import Runner
from bot.group_commit import GroupCommit
from tests.bench.databases import Databases
from tests.bench.report import Figure, Unit, latencies
from tests.bench.size import Size
from tests.factories import a_decide, a_policy, a_record, an_event, rules

_CAPACITY = 200
_SLA = timedelta(hours=1)
#: P5: every due escalation starts within five seconds of its time.
_PROMISED_S = 5.0
#: Cases for people to click on, and how many of them click without a rest.
_CLICKED, _CLICKING = 1000, 20

_RULES = rules(
    policies=[a_policy(Stage(("finance",), sla=Span(_SLA)), escalation="standard")],
    escalations={"standard": (Step(Decimal(1), Act.REMIND, "assignees"),)},
)


async def measure(databases: Databases, size: Size) -> list[Figure]:
    """How late steps begin, and how long a click takes beside them."""
    with tempfile.TemporaryDirectory() as directory:
        async with databases.fresh(Path(directory)) as lent:
            await upgrade(lent.url)
            database = Database(lent.url)
            try:
                return await _measured(database, size)
            finally:
                await database.close()


async def _measured(database: Database, size: Size) -> list[Figure]:
    clock, writer = Clock(), GroupCommit(database)
    for kind, apply in (*outbox.ROUTES, *due_rows.ROUTES):
        writer.route(kind, apply)
    service = Service(writer, clock, _RULES)
    await writer.start()
    steps, seconds = size.deadlines, size.deadlines_s
    await _open(service, clock, steps + _CLICKED, slices=seconds)
    runner = Runner(DueCases(service, database, writer, clock), capacity=_CAPACITY, clock=clock, bell=database.bell)
    clock.advance(_SLA - timedelta(seconds=seconds))
    runner.start()
    clicks = await _click(service, range(steps + 1, steps + 1 + _CLICKED), seconds=seconds)
    reminded = await _reminders(database, steps)
    done, late = [case for case, _ in reminded], [seconds for _, seconds in reminded]
    await runner.stop()
    await writer.stop()
    return [
        *latencies(f"{steps} deadlines in {seconds} s: how late a step begins", late, (None, 1000)),
        Figure("  later than five seconds", sum(one > _PROMISED_S for one in late), Unit.COUNT, must_be=0),
        Figure("  missed", steps - len({case for case in done if case <= steps}), Unit.COUNT, must_be=0),
        Figure("  done twice", len(done) - len(set(done)), Unit.COUNT, must_be=0),
        Figure("  clicks beside them", len(clicks) / seconds, Unit.PER_SECOND),
        *latencies("  a click beside them", clicks, (None, None)),
    ]


async def _open(service: Service, clock: Clock, count: int, *, slices: int) -> None:
    """Cases whose step is due spread over as many seconds as there are slices; the last ones are for clicks."""
    numbers = list(range(1, count + 1))
    begun = clock.now()
    for second in range(slices):
        some = numbers[second::slices]
        asked = (Observed(a_record(number), an_event(record=a_record(number))) for number in some)
        await asyncio.gather(*(service.execute(command) for command in asked))
        # Opening takes time too: without counting it, the first steps would be overdue before the runner starts.
        clock.advance(max(timedelta(0), begun + timedelta(seconds=second + 1) - clock.now()))


async def _click(service: Service, cases: range, *, seconds: int) -> list[float]:
    """How long each click took of people who click again as soon as they are answered.

    The first click on a case decides it; the later ones are told so, which is written down as well.
    """
    took: list[float] = []
    numbers = itertools.cycle(cases)
    until = perf_counter() + seconds

    async def click() -> None:
        while (sent := perf_counter()) < until:
            await service.execute(a_decide(case_id=next(numbers)))
            took.append(perf_counter() - sent)

    await asyncio.gather(*(click() for _ in range(_CLICKING)))
    return took


async def _reminders(database: Database, wanted: int) -> list[tuple[int, float]]:
    """Case, and seconds from the step's time to its audit entry, once all are there or half a minute has passed."""
    known: list[tuple[int, float]] = []
    for _ in range(30):
        known = await _reminded(database)
        if len({case for case, _ in known if case <= wanted}) == wanted:
            break
        await asyncio.sleep(1)
    return known


async def _reminded(database: Database) -> list[tuple[int, float]]:
    found = [one async for one in audit.entries(database) if one.entry.action == "escalation.reminded"]
    return [(one.entry.case_id or 0, _late(one)) for one in found]


def _late(one: Sealed) -> float:
    due_at = datetime.fromisoformat(json.loads(one.detail_text or "{}")["due_at"])
    return (one.entry.at - due_at).total_seconds()

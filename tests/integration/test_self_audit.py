"""The self-audit: it finds what the timers lost, whatever they say, and cries no wolf."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.audit import log as trail
from bot.cases.commands import Observed, Tick
from bot.cases.ticking import GAP
from bot.clock import Clock
from bot.escalation.due import DueCases
from bot.escalation.runner import Runner
from bot.escalation.selfaudit import TOLERANCE, SelfAudit
from bot.tables import cases
from tests.core.test_timetable import STANDARD, under
from tests.factories import a_decide, a_record, an_event, seen, usd
from tests.integration.stack import Stack, stack

BY = under(*STANDARD, around_the_clock=True)
HOUR = timedelta(hours=1)


async def escalated(one: Stack) -> None:
    """What is due is done, as the runner does it."""
    rows = DueCases(one.service, one.database, one.writer, one.clock)
    for claimed in await rows.claim(10):
        await rows.perform(claimed)


async def set_row(one: Stack, **values: Any) -> None:
    async with one.database.write() as session:
        await session.execute(update(cases).values(**values))


@pytest.mark.parametrize(
    "values", [{"due_at": None}, {"chase": None, "due_at": None}], ids=["timer", "timer and clock"]
)
async def test_a_timer_that_was_deleted_is_found_within_one_run(database_url: str, values: dict[str, Any]) -> None:
    clock = Clock()
    async with stack(database_url, rules=BY, clock=clock) as one:
        await one.service.execute(Observed(a_record(), an_event()))
        audit = SelfAudit(one.service, one.database, clock, patience=0)
        assert await audit.run() == ()
        await set_row(one, **values)
        clock.advance(HOUR + TOLERANCE)
        await escalated(one)
        (found,) = await audit.run()
        assert (found.case_id, found.stage, found.number) == (1, 0, 0)
        assert "case 1" in audit.trouble


async def test_what_was_missed_is_done_and_then_nothing_is_missing(database_url: str) -> None:
    clock = Clock()
    async with stack(database_url, rules=BY, clock=clock) as one:
        await one.service.execute(Observed(a_record(), an_event()))
        await set_row(one, due_at=None)
        clock.advance(HOUR + TOLERANCE)
        audit = SelfAudit(one.service, one.database, clock, patience=0)
        await audit.run()
        assert (await one.actions())[-2:] == ["self_audit.gap", "escalation.reminded"]
        async with one.database.read() as session:
            assert await trail.cases_with(session, GAP, clock.now() - HOUR) == [1]
            assert await trail.cases_with(session, GAP, clock.now() + HOUR) == []
        assert await audit.run() == ()
        assert audit.trouble == ""


async def test_a_leap_of_the_clock_is_no_gap_while_the_runner_gets_on_with_it(database_url: str) -> None:
    clock = Clock()
    async with stack(database_url, rules=BY, clock=clock) as one:
        for number in range(1, 21):
            record = a_record(number)
            await one.service.execute(Observed(record, an_event(record=record)))
        clock.advance(timedelta(days=30))
        audit = SelfAudit(one.service, one.database, clock, patience=0.3)
        rows = DueCases(one.service, one.database, one.writer, one.clock)
        runner = Runner(rows, capacity=5, clock=clock, bell=one.database.bell)
        runner.start()
        assert await audit.run() == ()
        await runner.stop()
        assert "self_audit.gap" not in await one.actions()


async def test_a_case_that_is_chased_as_it_should_be_gives_no_alarm(database_url: str) -> None:
    clock = Clock()
    async with stack(database_url, rules=BY, clock=clock) as one:
        audit = SelfAudit(one.service, one.database, clock, patience=0)
        await one.service.execute(Observed(a_record(), an_event()))
        for _ in range(10):
            clock.advance(timedelta(minutes=25))
            await escalated(one)
            clock.advance(TOLERANCE)
            assert await audit.run() == ()
        clock.advance(timedelta(days=3))
        await one.service.execute(Tick(1))
        assert await audit.run() == ()


async def test_neither_a_changed_record_nor_an_outage_gives_an_alarm(database_url: str) -> None:
    clock = Clock()
    async with stack(database_url, rules=BY, clock=clock) as one:
        audit = SelfAudit(one.service, one.database, clock, patience=0)
        await one.service.execute(Observed(a_record(), an_event()))
        clock.advance(HOUR)
        await escalated(one)
        changed = an_event(seen=seen(amount_total="13000.00"), value=usd("13000.00"))
        clock.advance(timedelta(minutes=30))
        await one.service.execute(Observed(a_record(), changed))
        clock.advance(5 * HOUR)
        await escalated(one)
        clock.advance(TOLERANCE)
        assert await audit.run() == ()
        await one.service.execute(a_decide("ops@example.com", revision=2))
        clock.advance(5 * HOUR)
        assert await audit.run() == ()

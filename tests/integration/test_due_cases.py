"""Cases that fall due: each is done once whoever claims it, and a row that says the wrong time is set right."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import select, update

from bot.cases.commands import Observed, Tick
from bot.cases.due_rows import LEASE, ClaimDue, next_due_at
from bot.cases.model import Status
from bot.clock import Clock
from bot.escalation.due import DueCases
from bot.escalation.runner import Runner
from bot.tables import cases
from tests.factories import a_policy, a_record, an_event, rules
from tests.integration.stack import Stack, replicas, stack

DAY = timedelta(days=1)
EXPIRING = rules(policies=[a_policy(expires=DAY)])


async def opened(one: Stack, count: int) -> None:
    asked = [Observed(a_record(number), an_event(record=a_record(number))) for number in range(1, count + 1)]
    await asyncio.gather(*(one.service.execute(command) for command in asked))


async def due(one: Stack) -> list[datetime | None]:
    return [row.due_at for row in await one.rows(select(cases.c.due_at).order_by(cases.c.id))]


async def expired(one: Stack, count: int) -> None:
    async with asyncio.timeout(20):
        while len(await one.rows(select(cases.c.id).where(cases.c.status == Status.EXPIRED))) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def ticking(one: Stack) -> Runner:
    rows = DueCases(one.service, one.database, one.writer, one.clock)
    return Runner(rows, capacity=20, clock=one.clock, bell=one.database.bell)


async def test_a_case_is_due_at_its_expiry_and_never_again_once_it_is_over(database_url: str) -> None:
    clock = Clock()
    async with stack(database_url, rules=EXPIRING, clock=clock) as one:
        await opened(one, 1)
        assert await due(one) == [(await one.case()).opened_at + DAY]
        assert await one.service.execute(Tick(1)) is None
        clock.advance(DAY)
        await one.service.execute(Tick(1))
        assert (await one.case()).status is Status.EXPIRED
        assert await due(one) == [None]


async def test_replicas_that_tick_together_expire_each_case_once(database_url: str) -> None:
    async with replicas(database_url, 3, rules=EXPIRING) as all_of_them:
        one = all_of_them[0]
        await opened(one, 60)
        runners = [ticking(replica) for replica in all_of_them]
        for replica in all_of_them:
            replica.clock.advance(DAY)
        for runner in runners:
            runner.start()
        await expired(one, 60)
        for runner in runners:
            await runner.stop()
        assert (await one.actions()).count("case.expired") == 60
        assert (await one.audit()).problems == ()


async def test_what_a_worker_claimed_and_never_did_comes_up_again(database_url: str) -> None:
    clock = Clock()
    async with stack(database_url, rules=EXPIRING, clock=clock) as one:
        await opened(one, 3)
        clock.advance(DAY)
        assert len(await one.writer.submit(ClaimDue(clock.now(), 10))) == 3
        assert await one.writer.submit(ClaimDue(clock.now(), 10)) == []
        clock.advance(LEASE)
        assert len(await one.writer.submit(ClaimDue(clock.now(), 2))) == 2


async def test_a_row_that_says_the_wrong_time_is_set_right(database_url: str) -> None:
    async with stack(database_url, rules=EXPIRING) as one:
        await opened(one, 1)
        async with one.database.write() as session:
            await session.execute(update(cases).values(due_at=one.clock.now()))
        rows = DueCases(one.service, one.database, one.writer, one.clock)
        (claimed,) = await rows.claim(10)
        await rows.perform(claimed)
        assert await due(one) == [(await one.case()).opened_at + DAY]
        async with one.database.read() as session:
            assert await next_due_at(session) == (await one.case()).opened_at + DAY

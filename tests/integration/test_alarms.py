"""What is wrong with Signoff itself becomes one case a kind, which follows it and goes when it is over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select, text, update

from bot import inbox
from bot.alarms import Alarms, Ears
from bot.cases.commands import Begin, Fail, Observed
from bot.cases.event import OURS
from bot.cases.model import Case, Status
from bot.cases.planning import Rules
from bot.config.model import Alarm, CareRule, Policy, Secret, Span, Stage, System
from bot.config.problems import Report
from bot.escalation.selfaudit import SelfAudit
from bot.exceptions.commands import Resolve
from bot.odoo.books import Books, DailyBooks
from bot.odoo.catalog.repeats import REPEATS
from bot.reload import Origin, Reload
from bot.slack.gateway import SlackGateway
from bot.tables import cases, effects
from tests.factories import TRAITS, a_config, a_decide, a_person, a_policy, a_record, a_rule, a_source, an_event
from tests.factories import rules as dull_rules
from tests.integration.stack import Stack, stack

ANN = a_person("ann@example.com")
TRIAGE = Policy("triage", (Stage(("finance",)), Stage(("finance",))), care=CareRule())


def telling(*names: System, minutes: int = 30) -> Rules:
    """Rules under which these are told of, after half an hour."""
    asked = {name.value: Alarm(name, Span(timedelta(minutes=minutes), wall=True), "triage") for name in names}
    config = a_config(
        policies=[a_policy(), TRIAGE], rules=[a_rule()], alarms=asked, sources={"main": a_source(name="main")}
    )
    return replace(dull_rules(config), traits={**TRAITS, **REPEATS})


@dataclass
class Watched:
    """A replica whose alarms are looked at by hand."""

    replica: Stack
    books: DailyBooks
    reload: Reload
    heard: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        one = self.replica
        self.alarms = Alarms(one.service, one.database, one.clock, Ears(self.books, self.heard, self.reload))
        self.audit = SelfAudit(one.service, one.database, one.clock, patience=0, notice=self.alarms.notice)

    async def look(self, **later: int) -> list[Case]:
        """The cases about Signoff itself that are open some time later, after two looks: the second finds no news."""
        self.replica.clock.advance(timedelta(**later))
        await self.audit.run()
        self.alarms.noticed()
        await self.alarms.run()
        before = len(await self.replica.actions())
        await self.alarms.run()
        assert len(await self.replica.actions()) == before
        of_ours = select(cases.c.id).where(cases.c.model == OURS, cases.c.closed_at.is_(None)).order_by(cases.c.id)
        return [await self.replica.case(row.id) for row in await self.replica.rows(of_ours)]

    async def only(self, name: System, **later: int) -> Case:
        """The one case, which is about ``name``."""
        (found,) = await self.look(**later)
        assert found.event.event_type == name
        return found


@asynccontextmanager
async def watched(url: str, *names: System) -> AsyncIterator[Watched]:
    """A replica that is told of ``names``."""
    async with stack(url, rules=telling(*names)) as one:
        gateway = SlackGateway(Secret("x"), "http://127.0.0.1:1")
        books = DailyBooks({}, one.service, database=one.database, gateway=gateway, clock=one.clock)
        yield Watched(one, books, another_reload(one))


def another_reload(one: Stack) -> Reload:
    """What keeps a replica's config in step with its own file; nobody starts it."""
    origin = Origin(Path("signoff.yaml"), lambda: Report("signoff.yaml", (), None), str)
    return Reload(origin, one.service, one.database, one.clock)


async def order(one: Stack, number: int) -> None:
    """A purchase order that waits for approval."""
    record = a_record(number)
    await one.service.execute(Observed(record, an_event(record=record, title=f"P{number}")))


async def test_an_approval_that_nobody_answers_is_told_of_until_somebody_does(database_url: str) -> None:
    async with watched(database_url, System.STUCK_APPROVAL) as world:
        await order(world.replica, 1)
        assert await world.look(minutes=29) == []
        told = await world.only(System.STUCK_APPROVAL, minutes=2)
        assert [one.title for one in told.event.related] == ["P1"]
        assert told.event.findings[0].text == "1 approval without an answer for 30m"
        await order(world.replica, 3)
        more = await world.only(System.STUCK_APPROVAL, minutes=31)
        assert (more.id, [one.title for one in more.event.related]) == (told.id, ["P3", "P1"])
        await world.replica.service.execute(a_decide(case_id=1))
        await world.replica.service.execute(a_decide(case_id=3))
        assert await world.look() == []
        assert (await world.replica.case(told.id)).status is Status.WITHDRAWN


async def test_decisions_that_odoo_did_not_take_are_told_of_and_what_is_new_again(database_url: str) -> None:
    async with watched(database_url, System.WRITEBACK_FAILED) as world:
        one = world.replica
        for number in (1, 2, 3):
            await order(one, number)
            await one.service.execute(a_decide(case_id=number))
        for number in (1, 2):
            await one.service.execute(Begin(number, 1))
            await one.service.execute(Fail(number, "Odoo refused."))
        told = await world.only(System.WRITEBACK_FAILED, minutes=31)
        assert [row.case_id for row in told.event.related] == [2, 1]
        await one.service.execute(Resolve(told.id, 1, ANN, "other", "no action needed", "seen"))
        assert await world.look(minutes=5) == []
        async with one.database.write() as session:
            await session.execute(update(cases).where(cases.c.id == 1).values(write_back="confirmed"))
        assert await world.look() == []  # less of the same is no news
        await one.service.execute(Begin(3, 1))
        await one.service.execute(Fail(3, "Odoo refused."))
        again = await world.only(System.WRITEBACK_FAILED, minutes=1)
        assert again.id != told.id
        async with one.database.write() as session:
            await session.execute(update(cases).where(cases.c.id < 4).values(write_back="confirmed"))
        assert await world.look() == []


async def test_work_that_waits_is_told_of_but_not_the_telling_itself(database_url: str) -> None:
    async with watched(database_url, System.QUEUE_BACKLOG) as world:
        one = world.replica
        await order(one, 1)
        await one.writer.submit(inbox.Signal(a_record(2), one.clock.now()))
        told = await world.only(System.QUEUE_BACKLOG, minutes=31)
        assert told.event.seen[0].value == "records of main to be read, work for Slack"
        async with one.database.write() as session:
            await session.execute(delete(effects).where(effects.c.case_id == 1))
            await session.execute(text("DELETE FROM signals"))
        assert len(await one.rows(select(effects.c.id).where(effects.c.case_id == told.id))) == 1
        assert await world.look(hours=1) == []


async def test_silence_is_told_of_only_where_others_found_something_meanwhile(database_url: str) -> None:
    async with watched(database_url, System.WEBHOOK_SILENT) as world:
        one = world.replica
        world.heard["main"] = one.clock.now()
        assert await world.look(minutes=40) == []
        await order(one, 1)
        told = await world.only(System.WEBHOOK_SILENT)
        assert "none of main for 30m" in told.event.findings[0].text
        world.heard["main"] = one.clock.now()
        assert await world.look(minutes=1) == []
        assert (await one.case(told.id)).ending == "it is no longer so"
        other = Watched(one, world.books, world.reload)
        await order(one, 3)
        assert await other.look(minutes=29) == []


async def test_what_the_books_and_the_reload_find_is_told_of_and_withdrawn(database_url: str) -> None:
    async with watched(database_url, System.ORPHAN, System.CONFIG_REJECTED) as world:
        one = world.replica
        assert await world.look() == []
        world.books.newest = [Books("main", one.clock.now(), {}, (a_record(5),))]
        world.reload.trouble = "the file is not what is active: signoff.yaml:3: no such role"
        found = {case.event.event_type: case for case in await world.look()}
        assert set(found) == {System.ORPHAN, System.CONFIG_REJECTED}
        assert found[System.ORPHAN].event.seen[0].value == "main:purchase.order:5"
        world.reload.trouble = ""
        await world.only(System.ORPHAN)
        world.books.newest = [Books("main", one.clock.now(), {})]
        assert await world.look() == []
        other = Watched(one, world.books, another_reload(one))  # another replica, whose file is as it should be
        await other.alarms.run()
        world.reload.trouble = "the file is not what is active"
        await world.only(System.CONFIG_REJECTED)
        await other.only(System.CONFIG_REJECTED)
        world.reload.trouble = ""
        assert await world.look() == []


async def test_open_cases_of_a_source_that_is_gone_are_told_of(sqlite_url: str) -> None:
    async with watched(sqlite_url, System.ORPHAN) as world:
        record = a_record(1, source="east")
        await world.replica.service.execute(Observed(record, an_event(record=record)))
        told = await world.only(System.ORPHAN)
        assert told.event.findings[0].text == "1 open case about east, which is no longer in the config"
        await world.replica.service.execute(a_decide(case_id=1))


async def test_nobody_is_told_who_does_not_want_to_be(database_url: str) -> None:
    async with watched(database_url, System.STUCK_APPROVAL) as world:
        await order(world.replica, 1)
        told = await world.only(System.STUCK_APPROVAL, hours=2)
        world.replica.service.rules = telling()
        assert await world.look() == []
        assert (await world.replica.case(told.id)).ending == "the config asks nobody about it any more"

"""The register on both engines: it lists what answers the question, and nothing that its asker could not open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from random import Random

import pytest
from sqlalchemy import select

from bot.approvals.sight import Sight, View, sight, view_of
from bot.cases import store
from bot.cases.commands import Decide, Forward, Observed
from bot.cases.desk import Found, Standing, desk_of
from bot.cases.model import Case, Event, Kind, Maker, Status, Verdict
from bot.cases.planning import Rules
from bot.cases.rules_now import rules_now
from bot.cases.whose import looks_after, may_answer, waits_on, waits_on_role
from bot.config.model import CareRule, Policy, Role, Site, Span, Stage
from bot.escalation.timetable import answer_due
from bot.exceptions.commands import Acknowledge
from bot.money import Money
from bot.reports.desk import read_desk
from bot.reports.mine import to_answer, to_look_after
from bot.reports.question import Known, Question, Waiting, Which
from bot.reports.reading import read
from bot.reports.register import MOST_COUNTED, answer, history, one
from bot.tables import cases
from tests.factories import COUNT, PURCHASE, SALE, a_config, a_person, a_record, a_role, a_rule, an_event, rules, usd
from tests.integration.slack_room import CHANNEL, SlackRoom, slack_room

ANN, DOT, LEE, SAL, BOSS = (f"{name}@example.com" for name in ("ann", "dot", "lee", "sal", "boss"))
EVERYBODY = (ANN, DOT, LEE, SAL, BOSS, "zoe@example.com", "")


def _rules() -> Rules:
    """Finance decides purchases, the floor of each site owns counts, the lead of CHI looks on without values."""
    hour = Span(timedelta(hours=1), wall=True)
    owned = Policy("owned", (Stage(("floor", "south"), sla=hour), Stage(("floor", "south"))), care=CareRule())
    return rules(
        a_config(
            roles=[
                a_role("finance", [ANN]),
                Role("floor", "#floor", frozenset({DOT}), sites=frozenset({"CHI"})),
                Role("south", "#south", frozenset({SAL}), sites=frozenset({"DAL"})),
                Role(
                    "lead", "#lead", frozenset({LEE}), sites=frozenset({"CHI"}), sees_everything=True, hides_values=True
                ),
                Role("boss", "#boss", frozenset({BOSS}), sees_everything=True, companies=frozenset({"Acme"})),
            ],
            sites=[Site(name, frozenset({name}), frozenset(), {}) for name in ("CHI", "DAL")],
            policies=[Policy("money", (Stage(("finance",), sla=hour),)), owned],
            rules=[a_rule("counts", "owned", match={"event_type": (COUNT,)}), a_rule("rest", "money")],
        )
    )


def _event(number: int, event_type: str, *, at: str | None, company: str, value: str | None) -> Event:
    return an_event(
        record=a_record(number),
        event_type=event_type,
        title=f"REC{number:03}",
        warehouse=at,
        company=company,
        value=usd(value) if value else None,
        partner="Umbrella" if number % 2 else "Initech 100% (sic)",
        makers=(Maker("mo", "mo@example.com", "Mo"),) if number % 3 == 0 else (),
    )


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[SlackRoom]:
    """Some forty cases of both kinds, at two sites and none, of two companies; some are owned, some decided."""
    async with slack_room(database_url, _rules()) as room:
        chance = Random(7)  # noqa: S311  # the same cases every time
        for number in range(1, 41):
            kind = chance.choice((COUNT, PURCHASE, SALE))
            value = chance.choice((None, "-700", "20", "900", "12000"))
            place, company = chance.choice(("CHI", "DAL", None)), chance.choice(("Acme", "Acme GmbH"))
            event = _event(number, kind, at=place, company=company, value=value)
            await room.do(Observed(event.record, event))
            if kind == COUNT and number % 4 == 0 and place:
                await room.do(Acknowledge(number, a_person(DOT if place == "CHI" else SAL)))
            elif kind != COUNT and number % 5 == 0:
                await room.do(Decide(number, 1, a_person(ANN), Verdict.APPROVE))
        yield room


async def _all(room: SlackRoom) -> dict[int, Case]:
    async with room.database.read() as session:
        return await store.by_id(session, (await session.execute(select(cases.c.id))).scalars())


def _view(room: SlackRoom, email: str) -> View:
    return view_of(email, room.service.rules, room.clock.now())


async def _listed(room: SlackRoom, question: Question, email: str) -> list[Case]:
    found: list[Case] = []
    view, now = _view(room, email), room.clock.now()
    async with room.database.read() as session:
        page = await answer(session, question, view, now, room.service.rules)
        for number in range(1, page.pages + 1):
            found += (await answer(session, replace(question, page=number), view, now, room.service.rules)).cases
    assert len(found) == page.total
    return found


async def test_a_list_shows_what_could_be_opened_and_all_of_it_but_what_one_only_made(room: SlackRoom) -> None:
    known = await _all(room)
    for email, kind in product(EVERYBODY, Kind):
        view = _view(room, email)
        listed = [case.id for case in await _listed(room, Question(kind), email)]
        openable = [
            case.id
            for case in known.values()
            if case.kind is kind and case.closed_at is None and sight(case, view) is not Sight.NOTHING
        ]
        assert listed == openable, (email, kind)


async def test_what_waits_for_somebody_is_what_the_authority_function_says(room: SlackRoom) -> None:
    """Of all that is open, and also what was forwarded to somebody who sees nothing else."""
    forwarded = (await _waiting(room, ANN))[0].id
    await room.do(Forward(forwarded, 1, a_person(ANN), a_person("zoe@example.com")))
    known, now = await _all(room), room.clock.now()
    for email in EVERYBODY:
        person = a_person(email)
        async with room.database.read() as session:
            rules = await rules_now(session, room.service.rules, now)
            answered = await to_answer(session, person, rules, now)
            owned = await to_look_after(session, person, rules, now)
        waiting = [case for case in known.values() if case.status is Status.PENDING]
        assert answered == ([case for case in waiting if may_answer(person, case, rules, now)], True), email
        assert owned == [case for case in known.values() if looks_after(person, case, rules, now)], email
    assert [case.id for case in await _waiting(room, "zoe@example.com")] == [forwarded]


async def _waiting(room: SlackRoom, email: str) -> list[Case]:
    async with room.database.read() as session:
        rules = await rules_now(session, room.service.rules, room.clock.now())
        return (await to_answer(session, a_person(email), rules, room.clock.now()))[0]


async def test_somebody_sees_something(room: SlackRoom) -> None:
    for email, kind in ((ANN, Kind.APPROVAL), (DOT, Kind.EXCEPTION), (LEE, Kind.APPROVAL), (BOSS, Kind.EXCEPTION)):
        assert await _listed(room, Question(kind), email)
    assert not await _listed(room, Question(Kind.APPROVAL), "zoe@example.com")


async def test_nobody_learns_a_hidden_value_by_asking_for_it(room: SlackRoom) -> None:
    for asked in ("over 500", "under 500", "umbrella", "over 500 umbrella"):
        question = read(asked.split(), Kind.APPROVAL, Known((), ())).question
        assert await _listed(room, question, ANN), asked
        assert not await _listed(room, question, LEE), asked


async def test_hidden_values_are_not_told(room: SlackRoom) -> None:
    for case in await _listed(room, Question(Kind.APPROVAL), LEE):
        assert (case.event.value, case.event.seen, case.event.context, case.event.partner) == (None, (), (), None)
        assert [one.text for one in case.event.findings] == [case.event.event_type]


FILTERS: Mapping[str, Callable[[Case], object]] = {
    "over 500": lambda case: case.event.value and abs(case.event.value.amount) > 500,
    "over 900 USD": lambda case: case.event.value and abs(case.event.value.amount) > 900,
    "over 500 EUR": lambda case: False,
    "under 700": lambda case: case.event.value and abs(case.event.value.amount) < 700,
    "CHI": lambda case: case.plan.site == "CHI",
    "sale.value": lambda case: case.event.event_type == SALE,
    "umbrella": lambda case: case.event.partner == "Umbrella",
    "100%": lambda case: case.event.partner != "Umbrella",
    "rec01": lambda case: case.event.title.startswith("REC01"),
    "REC01 initech": lambda case: case.event.title.startswith("REC01") and case.event.partner != "Umbrella",
    "older 0m": lambda case: True,
    "older 5h": lambda case: False,
    "overdue": lambda case: False,
}


async def test_each_filter_finds_what_it_names(room: SlackRoom) -> None:
    everything = await _listed(room, Question(Kind.APPROVAL), ANN)
    for asked, holds in FILTERS.items():
        question = read(asked.split(), Kind.APPROVAL, Known(("CHI", "DAL"), (COUNT, PURCHASE, SALE))).question
        wanted = [case.id for case in everything if holds(case)]
        assert [case.id for case in await _listed(room, question, ANN)] == wanted, asked


@pytest.mark.parametrize(
    "asked", [Waiting(role="finance"), Waiting(role="floor"), Waiting(person=ANN), Waiting("", DOT)]
)
async def test_whose_turn_it_is_is_told_of_what_one_may_see(room: SlackRoom, asked: Waiting) -> None:
    for kind, email in product((Kind.APPROVAL, Kind.EXCEPTION), (ANN, DOT, BOSS)):
        waiting = [
            case.id
            for case in await _listed(room, Question(kind), email)
            if case.is_waiting
            and (
                waits_on_role(asked.role, case)
                if asked.role
                else waits_on(asked.person, case, room.service.rules, room.clock.now())
            )
        ]
        assert [case.id for case in await _listed(room, Question(kind, waiting=asked), email)] == waiting
        assert waiting or email != asked.person or kind is (Kind.EXCEPTION if email == ANN else Kind.APPROVAL)


def _roles_view(email: str, under: Rules, now: datetime) -> View:
    return replace(view_of(email, under, now), emails=frozenset())


def _standing(cases: Sequence[Case], view: View, now: datetime) -> Standing:
    """The figures of a Home, counted one by one."""
    seen = [case for case in cases if sight(case, view) is not Sight.NOTHING]
    worth: dict[str, Decimal] = {}
    for case in seen:
        if case.event.value is not None and sight(case, view) is Sight.WHOLE:
            amount, currency = abs(case.event.value.amount), case.event.value.currency
            worth[currency] = worth.get(currency, Decimal(0)) + amount
    late = [case for case in seen if (due := answer_due(case)) is not None and case.is_waiting and due < now]
    return Standing(len(seen), len(late), tuple(Money.of(worth[one], one) for one in sorted(worth) if worth[one]))


async def test_a_desk_that_is_read_is_the_one_that_all_cases_make(room: SlackRoom) -> None:
    room.clock.advance(timedelta(hours=2))
    known, under, now = list((await _all(room)).values()), room.service.rules, room.clock.now()
    open_ones = [case for case in known if case.closed_at is None]
    found = Found(pending=open_ones, exceptions=open_ones, reviews=known, late=open_ones)
    for email in filter(None, EVERYBODY):
        async with room.database.read() as session:
            desk = await read_desk(session, a_person(email), under, now)
        standing = _standing([case for case in open_ones if not case.plan.observe], _roles_view(email, under, now), now)
        assert desk == desk_of(a_person(email), replace(found, standing=standing), under, now)
        assert email not in (ANN, DOT) or not desk.is_clear
        assert email not in (BOSS, LEE) or desk.late.total


async def test_late_ones_come_first_when_they_are_asked_for(room: SlackRoom) -> None:
    room.clock.advance(timedelta(hours=2))
    late = await _listed(room, Question(Kind.EXCEPTION, frozenset({Which.OVERDUE})), DOT)
    open_ones = await _listed(room, Question(Kind.EXCEPTION), DOT)
    assert late
    assert {case.id for case in late} == {case.id for case in open_ones if case.status is Status.OPEN}


async def test_mine_is_what_i_have_in_hand_and_unowned_what_nobody_has(room: SlackRoom) -> None:
    mine = await _listed(room, Question(Kind.EXCEPTION, frozenset({Which.MINE})), DOT)
    unowned = await _listed(room, Question(Kind.EXCEPTION, frozenset({Which.UNOWNED})), DOT)
    everything = await _listed(room, Question(Kind.EXCEPTION), DOT)
    assert mine
    assert unowned
    assert all(case.care and case.care.owner and case.care.owner.email == DOT for case in mine)
    assert sorted(case.id for case in (*mine, *unowned)) == [case.id for case in everything]


async def test_the_history_of_a_record_has_every_case_that_may_be_seen(room: SlackRoom) -> None:
    known = await _all(room)
    for email in (ANN, LEE, "mo@example.com"):
        view = _view(room, email)
        for case in known.values():
            async with room.database.read() as session:
                found = await history(session, f" {case.event.title.lower()} ", view)
                shown = await one(session, case.id, view)
            assert bool(found) == bool(shown) == (sight(case, view) is not Sight.NOTHING)


async def typed(room: SlackRoom, line: str, *, by: str = ANN) -> str:
    """What the asker alone reads after typing a command."""
    before = len(room.told(by))
    assert (await room.slack.command(line, by=by, channel=CHANNEL)).status == 200
    return (await room.slack.until(lambda: room.told(by)[before:], what="an answer"))[0]


async def test_a_supervisor_asks_and_reads(room: SlackRoom) -> None:
    room.slack.workspace.add_person(DOT)
    said = await typed(room, "/exceptions chi over 10", by=DOT)
    assert "open exception" in said
    assert "at CHI" in said
    assert "finance" not in said
    number = said.split("Case ")[1].split(":")[0]
    assert "REC" in await typed(room, f"/exceptions show {number}", by=DOT)
    assert f"Case {number}:" in await typed(room, f"/exceptions history REC{int(number):03}", by=DOT)


NOTHING = {
    "/exceptions show": "Please name a case by its number",
    "/exceptions show 999": "There is no case 999 that you may see.",
    "/exceptions history": "Please name a record as Odoo does",
    "/exceptions history nothing": "History\nNo case that you may see",
    "/exceptions overdeu": "/exceptions does not know “overdeu”. Did you mean /exceptions overdue?",
    "/exceptions mine": "0 open exceptions\nNo open exceptions that you can see answer this.",
}


async def test_what_finds_nothing_says_so(room: SlackRoom) -> None:
    for line, begins in NOTHING.items():
        assert (await typed(room, line, by=ANN)).startswith(begins)


async def test_pages_are_turned_by_the_line_that_is_told(room: SlackRoom) -> None:
    said = await typed(room, "/approvals list")
    following = said.split("Next: ")[1].splitlines()[0]
    assert following == "/approvals page 2"
    second = await typed(room, following)
    assert second.splitlines()[1] not in said


async def test_more_than_people_read_is_not_counted(room: SlackRoom) -> None:
    async with room.database.read() as session:
        page = await answer(session, Question(Kind.APPROVAL), _view(room, ANN), room.clock.now())
    assert replace(page, total=MOST_COUNTED + 1).pages == -(-MOST_COUNTED // 15)

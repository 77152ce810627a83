"""One person's desk, read: a handful of questions whatever there is, each bounded, and the cases in one go.

Reads alone. What is read may be more than belongs there: ``cases/desk`` judges and ranks it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, select

from bot.approvals.sight import View, view_of
from bot.cases import store
from bot.cases.desk import Desk, Found, Standing, desk_of
from bot.cases.model import Case, Kind, Person, Status
from bot.cases.planning import Rules
from bot.cases.rules_now import rules_now
from bot.cases.waiting import owing_review
from bot.db import Read
from bot.delegations import concerning
from bot.money import Money
from bot.reports.asked import Asked
from bot.reports.kpis import AT_RISK, BACKLOG, OVERDUE, measure
from bot.reports.register import visible
from bot.tables import cases

#: Cases of each sort that are read for one desk, those that are due first.
LOOKED_AT = 50

_OPEN = cases.c.closed_at.is_(None)


async def read_desk(session: Read, person: Person, rules: Rules, now: datetime) -> Desk:
    """What lies on the desk of ``person``; ``rules`` are those of the config alone."""
    rules = await rules_now(session, rules, now)
    # Through roles alone: what one owns is asked for by itself, and who decided what would be looked up case by case.
    view = replace(view_of(person.email, rules, now), emails=frozenset())
    seen = visible(view)
    pending = await _ids(session, cases.c.kind == Kind.APPROVAL, cases.c.status == Status.PENDING, seen)
    exception = and_(cases.c.kind == Kind.EXCEPTION, cases.c.status.in_([Status.OPEN, Status.ACKNOWLEDGED]))
    owned = await _ids(session, exception, cases.c.owner == person.email)
    free = await _ids(session, exception, cases.c.owner.is_(None), seen)
    late = [
        number
        for kind in Kind
        for number in await _ids(session, cases.c.kind == kind, cases.c.answer_due_at < now, seen)
    ]
    known = await store.by_id(session, {*pending, *owned, *free, *late})
    found = Found(
        pending=_of(pending, known),
        exceptions=_of([*owned, *free], known),
        reviews=await owing_review(session, limit=LOOKED_AT),
        late=_of(late, known),
        delegations=await concerning(session, person.email, now),
        is_whole=max(map(len, (pending, owned, free, late))) < LOOKED_AT,
        standing=await _standing(session, view, now),
    )
    return desk_of(person, found, rules, now)


async def _standing(session: Read, view: View, now: datetime) -> Standing:
    numbers = await measure(session, Asked(now, now, now, view=view), (BACKLOG, OVERDUE, AT_RISK))
    worth = numbers.values(AT_RISK.name)
    return Standing(
        numbers.count(BACKLOG.name),
        numbers.count(OVERDUE.name),
        tuple(Money.of(amount, currency) for currency, amount in worth.items() if amount),
    )


async def _ids(session: Read, *wanted: ColumnElement[bool]) -> list[int]:
    return list((await session.execute(_first(*wanted))).scalars())


def _first(*wanted: ColumnElement[bool]) -> Select[tuple[int]]:
    due_first = cases.c.answer_due_at.asc().nulls_last()
    return select(cases.c.id).where(_OPEN, *wanted).order_by(due_first, cases.c.id).limit(LOOKED_AT)


def _of(numbers: list[int], known: dict[int, Case]) -> tuple[Case, ...]:
    return tuple(known[number] for number in dict.fromkeys(numbers) if number in known)

"""What waits for one person, whole: narrowed down by the database, judged by the core.

Reads alone. App Home shows the first of it (``desk.py``); lists and bulk decisions go through all of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from bot.approvals.sight import view_of
from bot.cases import store
from bot.cases.model import Case, Kind, Person, Status
from bot.cases.planning import Rules
from bot.cases.way import Way
from bot.cases.whose import looks_after, may_answer
from bot.db import Read
from bot.reports.register import visible
from bot.tables import cases

#: Cases read at once, and looked at for one answer: an answer comes within Slack's three seconds.
_PAGE: Final = 200
LOOKED_AT: Final = 2000


async def to_answer(session: Read, person: Person, rules: Rules, now: datetime) -> tuple[list[Case], bool]:
    """The approvals that wait for the person, the oldest first, and whether everything was looked at."""
    # Whoever may stand in on one case alone sees it by that alone.
    forwarded = cases.c.forwards.contains(person.email, autoescape=True)
    asked = or_(visible(view_of(person.email, rules, now)), forwarded)
    # What is only observed is nobody's to answer.
    wanted = (cases.c.kind == Kind.APPROVAL, cases.c.status == Status.PENDING, cases.c.way != Way.OBSERVED, asked)
    found: list[Case] = []
    looked_at = 0
    async for page in _pages(session, *wanted):
        found += [case for case in page if may_answer(person, case, rules, now)]
        looked_at += len(page)
    return found, looked_at < LOOKED_AT


async def to_look_after(session: Read, person: Person, rules: Rules, now: datetime) -> list[Case]:
    """The exceptions that the person has in hand or could take, the oldest first."""
    free = cases.c.owner.is_(None) & visible(view_of(person.email, rules, now))
    wanted = (
        cases.c.kind == Kind.EXCEPTION,
        cases.c.status.in_([Status.OPEN, Status.ACKNOWLEDGED]),
        or_(cases.c.owner == person.email, free),
    )
    return [case async for page in _pages(session, *wanted) for case in page if looks_after(person, case, rules, now)]


async def _pages(session: Read, *wanted: ColumnElement[bool]) -> AsyncIterator[list[Case]]:
    """Open cases in the order of their numbers, up to as many as are looked at."""
    after = 0
    for _ in range(LOOKED_AT // _PAGE):
        numbers = select(cases.c.id).where(cases.c.closed_at.is_(None), cases.c.id > after, *wanted)
        page = list((await session.execute(numbers.order_by(cases.c.id).limit(_PAGE))).scalars())
        known = await store.by_id(session, page)
        yield [known[number] for number in page if number in known]
        if len(page) < _PAGE:
            return
        after = page[-1]

"""The register of cases: those that answer a question and that its asker may see, a page at a time. Reads alone.

A list shows nothing that could not be opened: what is asked about values leaves out every case whose value is hidden
from the asker, and what is hidden is not searched either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true

from bot.approvals.holders import everybody
from bot.approvals.sight import Sight, View, Window, masked, sight, view_of
from bot.cases import store
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.cases.rows import name_key
from bot.cases.whose import waits_on, waits_on_role
from bot.columns import storable
from bot.db import Read
from bot.reports.question import Amount, Question, Waiting, Which
from bot.tables import cases, decisions, plan_roles

#: Lines on a page in Slack.
PAGE = 15
#: More are not counted: "more than" is as good an answer, and costs the same whatever there is.
MOST_COUNTED = 1000
#: Cases of which it is judged whose turn they are, for one answer.
_JUDGED = 200
#: Cases of one record that are looked at for its history.
_HISTORY = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer."""

    cases: tuple[Case, ...]  #: as their asker may see them
    number: int
    total: int  #: up to ``MOST_COUNTED`` + 1, which says that there are more
    whole: bool = True  #: False where there may be more, which were not judged

    @property
    def pages(self) -> int:
        """How many pages there are of what was counted."""
        return max(1, -(-min(self.total, MOST_COUNTED) // PAGE))


async def answer(session: Read, question: Question, view: View, now: datetime, rules: Rules | None = None) -> Page:
    """The page that is asked for, late ones first where they are asked for, else the oldest first.

    ``rules`` are those of this instant; whose turn it is cannot be told without.
    """
    if question.waiting is not None:
        return await _whose_turn(session, question, view, now, rules)
    found = select(cases.c.id).where(*_asked(question, view, now))
    counted = found.limit(MOST_COUNTED + 1).subquery()
    total = (await session.execute(select(func.count()).select_from(counted))).scalar_one()
    here = found.order_by(*_order(question)).limit(PAGE).offset(PAGE * (question.page - 1))
    numbers = list((await session.execute(here)).scalars())
    known = await store.by_id(session, numbers)
    return Page(tuple(as_seen(known[one], view) for one in numbers if one in known), question.page, total)


def _order(question: Question) -> tuple[ColumnElement[Any], ...]:
    return (cases.c.answer_due_at, cases.c.id) if Which.OVERDUE in question.which else (cases.c.id,)


async def _whose_turn(session: Read, question: Question, view: View, now: datetime, rules: Rules | None) -> Page:
    """Whose turn a case is, is judged and not stored: of what else answers the question a bounded number is judged."""
    turn = question.waiting or Waiting()
    if rules is None or not (turn.role or turn.person):
        return Page((), question.page, 0)
    people = [one for one in everybody(rules) if turn.person in one] if turn.person else []
    asked = _asks(turn.role) if turn.role else or_(false(), *(visible(view_of(one, rules, now)) for one in people))
    wanted = (
        select(cases.c.id).where(*_asked(question, view, now), asked).order_by(*_order(question)).limit(_JUDGED + 1)
    )
    numbers = list((await session.execute(wanted)).scalars())
    known = await store.by_id(session, numbers[:_JUDGED])
    found = [
        known[one]
        for one in numbers
        if one in known
        and (
            waits_on_role(turn.role, known[one])
            if turn.role
            else any(waits_on(email, known[one], rules, now) for email in people)
        )
    ]
    here = found[PAGE * (question.page - 1) : PAGE * question.page]
    whole = len(numbers) <= _JUDGED
    return Page(tuple(as_seen(one, view) for one in here), question.page, len(found), whole)


def _asks(role: str) -> ColumnElement[bool]:
    return cases.c.plan_hash.in_(select(plan_roles.c.hash).where(plan_roles.c.role == role))


async def one(session: Read, number: int, view: View) -> Case | None:
    """A case as its asker may see it; None also where it is not to be seen: nobody learns that there is one."""
    case = (await store.by_id(session, [number])).get(number)
    return None if case is None or sight(case, view) is Sight.NOTHING else as_seen(case, view)


async def history(session: Read, name: str, view: View) -> list[Case]:
    """Every case that there ever was about records of that name, the newest first, as far as it may be seen."""
    newest = select(cases.c.id).where(cases.c.name_key == name_key(name)).order_by(cases.c.id.desc()).limit(_HISTORY)
    known = await store.by_id(session, (await session.execute(newest)).scalars())
    seen = [case for case in known.values() if sight(case, view) is not Sight.NOTHING]
    return [as_seen(case, view) for case in sorted(seen, key=lambda case: -case.id)]


def as_seen(case: Case, view: View) -> Case:
    """The case as it may be shown; one of which nothing may be seen must not get here."""
    return case if sight(case, view) is Sight.WHOLE else masked(case)


def _asked(question: Question, view: View, now: datetime) -> Iterator[ColumnElement[bool]]:
    yield cases.c.closed_at.is_(None)
    yield cases.c.kind == question.kind
    yield visible(view.of_values if question.is_about_values else view)
    if question.sites:
        yield cases.c.site.in_(sorted(question.sites))
    if question.event_types is not None:
        yield cases.c.event_type.in_(sorted(question.event_types))
    if question.older is not None:
        yield cases.c.opened_at <= now - question.older
    if question.owner:
        yield cases.c.owner.contains(question.owner, autoescape=True)
    yield from (_which(which, view, now) for which in sorted(question.which))
    if question.over is not None:
        yield _beyond(question.over)
    if question.under is not None:
        yield and_(cases.c.value.is_not(None), ~_beyond(question.under, or_equal=True), _currency(question.under))
    yield from (_with(word, view) for word in question.words)


def _which(which: Which, view: View, now: datetime) -> ColumnElement[bool]:
    match which:
        case Which.ALL:
            return true()
        case Which.MINE:
            return cases.c.owner.in_(sorted(view.emails))
        case Which.OVERDUE:
            return cases.c.answer_due_at < now
        case Which.UNOWNED:
            return cases.c.owner.is_(None)


def _beyond(border: Amount, *, or_equal: bool = False) -> ColumnElement[bool]:
    amount = storable(border.amount)
    if amount is None:
        return false()
    above = cases.c.value >= amount if or_equal else cases.c.value > amount
    below = cases.c.value <= -amount if or_equal else cases.c.value < -amount
    return and_(or_(above, below), _currency(border))


def _currency(border: Amount) -> ColumnElement[bool]:
    return cases.c.currency == border.currency if border.currency else true()


def _with(word: str, view: View) -> ColumnElement[bool]:
    """Cases with a word in the name, or in the texts of those whose texts may be seen."""
    named = cases.c.name_key.contains(word, autoescape=True)
    return or_(named, and_(cases.c.search.contains(word, autoescape=True), visible(view.of_values)))


def visible(view: View) -> ColumnElement[bool]:
    """The condition in SQL for what ``sight`` shows of rows; people who made a record see it one by one alone."""
    own = sorted(view.emails)
    decided = exists().where(decisions.c.case_id == cases.c.id, decisions.c.email.in_(own))
    involved = (cases.c.owner.in_(own), decided) if own else ()
    return or_(false(), *involved, *_through(view.windows))


def _through(windows: tuple[Window, ...]) -> Iterator[ColumnElement[bool]]:
    """Windows of the same role and kind at several places are one condition."""
    sites: dict[tuple[str, bool, frozenset[str]], list[str | None]] = {}
    for window in windows:
        role = "" if window.everything else window.role
        sites.setdefault((role, window.everything, window.companies), []).append(window.site)
    for (role, everything, companies), places in sites.items():
        named = sorted({place for place in places if place is not None})
        here = cases.c.site.in_(named) if named else false()
        yield and_(
            or_(here, cases.c.site.is_(None)) if None in places else here,
            cases.c.company.in_(sorted(companies)) if companies else true(),
            true() if everything else _asks(role),
        )

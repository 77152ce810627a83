"""Which cases are like another one: those that a storm gathers, and those that repeat. Questions only.

What follows from the answers is said in ``bot.exceptions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select

from bot.cases import store
from bot.cases.commands import Command
from bot.cases.event import OURS
from bot.cases.model import Case, Kind, Status
from bot.config.model import Config, GroupRule, Pattern
from bot.db import Read
from bot.exceptions import gathering, patterns
from bot.exceptions.care import NOT_YET
from bot.exceptions.commands import Alike, Gather, Recur, Repeated
from bot.tables import cases

#: The most that are put together at once; what comes later joins one by one.
MOST: Final = 500

#: Of those that repeat, the newest are named.
LISTED: Final = 50

_SUBJECTS: dict[str, ColumnElement[Any]] = {
    "partner": cases.c.partner,
    "product": cases.c.product,
    "location": cases.c.place,
}


async def informed(
    session: Read, todo: Sequence[tuple[int, Command]], by_id: Mapping[int, Case], config: Config, now: datetime
) -> list[tuple[int, Command]]:
    """``todo``, in which whatever asks about other cases has them. What an earlier one takes care of is left out."""
    found: list[tuple[int, Command]] = []
    taken: set[object] = set()
    for place, command in todo:
        if not isinstance(command, Gather | Recur):
            found.append((place, command))
        elif (case := by_id.get(command.case_id)) is not None:
            found += [(place, one) for one in await _informed(session, command, case, taken, config, now)]
    return found


async def _informed(
    session: Read, command: Gather | Recur, case: Case, taken: set[object], config: Config, now: datetime
) -> list[Command]:
    if isinstance(command, Gather):
        rule = case.plan.care.group if case.plan.care else None
        if rule is None or case.id in taken or (case.care or NOT_YET).parent:
            return []
        gathered = await _gathering(session, command, case, rule, now)
        if len(gathered.alike) + 1 >= rule.count:
            taken.update(one.case_id for one in gathered.alike)
        return [gathered]
    asked = [(one, by) for one in config.patterns.values() if case.event.event_type in one.event_types for by in one.by]
    for pattern, by in asked:
        subject = (pattern.name, by, patterns.subject_of(case.event, by))
        repeated = None if subject in taken else await _repeated(session, case, pattern, by, now)
        if repeated is not None:
            taken.add(subject)
            return [replace(command, found=(repeated,))]
    return []


async def _gathering(session: Read, command: Gather, case: Case, rule: GroupRule, now: datetime) -> Gather:
    subject = gathering.subject_of(case.event, rule.by)
    if subject is None:
        return command  # nobody can say with what it belongs together
    like = _like(case, rule, subject)
    since = now - rule.window
    newest = select(func.max(cases.c.opened_at)).where(like, cases.c.model != OURS, cases.c.id != case.id)
    last = (await session.execute(newest)).scalar()
    if last is None or last < since:
        return command
    group = select(func.max(cases.c.id)).where(
        like,
        cases.c.model == OURS,
        cases.c.closed_at.is_(None),
        cases.c.status.in_([Status.OPEN, Status.ACKNOWLEDGED]),
    )
    if (number := (await session.execute(group)).scalar()) is not None:
        return replace(command, group=number)
    waiting = and_(cases.c.model != OURS, cases.c.status == Status.OPEN, cases.c.closed_at.is_(None))
    recent = select(cases.c.id).where(like, waiting, cases.c.opened_at >= since, cases.c.id != case.id).limit(MOST)
    known = await store.by_id(session, (await session.execute(recent.order_by(cases.c.id))).scalars())
    return replace(command, alike=tuple(_alike(one) for one in known.values() if _stands_alone(one)))


def _like(case: Case, rule: GroupRule, subject: str) -> ColumnElement[bool]:
    alike = [
        cases.c.source == case.record.source,
        cases.c.event_type == case.event.event_type,
        cases.c.kind == Kind.EXCEPTION,
        cases.c.site.is_not_distinct_from(case.plan.site),
    ]
    if rule.by in _SUBJECTS:
        alike.append(_SUBJECTS[rule.by] == subject)
    return and_(*alike)


def _stands_alone(case: Case) -> bool:
    care = case.care or NOT_YET
    return not care.parent and care.tell_at is None


def _alike(case: Case) -> Alike:
    return Alike(case.id, case.event.title, case.event.value)


async def _repeated(session: Read, case: Case, pattern: Pattern, by: str, now: datetime) -> Repeated | None:
    """The cases that repeat since somebody was asked about it last, where they are enough; None while somebody is."""
    subject = patterns.subject_of(case.event, by)
    if subject is None:
        return None
    about = and_(cases.c.source == case.record.source, _SUBJECTS[by] == subject)
    asked = select(cases.c.opened_at, cases.c.closed_at).where(about, cases.c.event_type == pattern.name)
    before = (await session.execute(asked.order_by(cases.c.id.desc()).limit(1))).one_or_none()
    if before is not None and before.closed_at is None:
        return None
    since = max([now - pattern.window, *([before.opened_at] if before else [])])
    counts = and_(about, cases.c.event_type.in_(pattern.event_types), cases.c.model != OURS, cases.c.opened_at > since)
    if (await session.execute(select(func.count()).where(counts))).scalar_one() < pattern.count:
        return None
    newest = select(cases.c.id).where(counts).order_by(cases.c.id.desc()).limit(LISTED)
    known = await store.by_id(session, (await session.execute(newest)).scalars())
    return Repeated(pattern.name, by, tuple(_alike(one) for one in known.values()))


__all__ = ["informed"]

"""Which cases repeat: about the same product, place, zone, counter or partner, within the window of a pattern.

Notes what a case is about where its own row does not say it, and asks. What follows is said in ``exceptions.patterns``.
Every question goes through an index on the subject, so what is closed costs nothing and what differs is not read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select, union
from sqlalchemy.dialects import postgresql, sqlite

from bot.cases import store
from bot.cases.event import OURS
from bot.cases.model import Case, Severity
from bot.config.model import Config, Pattern
from bot.db import Read, Write
from bot.exceptions import patterns
from bot.exceptions.commands import Alike, Recur, Repeated
from bot.tables import SUBJECT, case_subjects, cases

#: Of those that repeat, the newest are named.
LISTED: Final = 50

_same = cases.alias()
#: What stands in the case's own row.
_COLUMNS: dict[str, ColumnElement[Any]] = {
    "partner": _same.c.partner,
    "product": _same.c.product,
    "location": _same.c.place,
}
#: What is noted beside it: of products those that are not the only one.
_NOTED: Final = frozenset({"product", "zone", "counter"})


async def repeats(
    session: Write, command: Recur, case: Case, taken: set[object], config: Config, now: datetime
) -> list[Recur]:
    """``command`` once for everything about ``case`` that repeats and that nobody is asked about yet."""
    asked = patterns.counted(case.event, config)
    await _note(session, case, dict.fromkeys((by, subject) for _, by, subject in asked))
    found: list[Recur] = []
    for pattern, by, subject in asked:
        place = (case.record.source, pattern.name, by, subject)
        repeated = None if place in taken else await _repeated(session, case.record.source, pattern, by, subject, now)
        if repeated is not None:
            taken.add(place)
            found.append(replace(command, found=(repeated,)))
    return found


async def _note(session: Write, case: Case, subjects: Iterable[tuple[str, str]]) -> None:
    rows = [
        {
            "case_id": case.id,
            "kind": by,
            "name": subject[:SUBJECT],
            "source": case.record.source,
            "opened_at": case.opened_at,
        }
        for by, subject in subjects
        if by in _NOTED and subject != case.event.product
    ]
    if rows:
        add = postgresql.insert if session.dialect == "postgresql" else sqlite.insert
        await session.execute(add(case_subjects).on_conflict_do_nothing(), rows)


async def _repeated(
    session: Read, source: str, pattern: Pattern, by: str, subject: str, now: datetime
) -> Repeated | None:
    """The cases that repeat since somebody was asked about it last, where they are enough; None while somebody is."""
    parent = patterns.parent_of(source, pattern.name, by, subject)
    before = (await store.exceptions_of(session, [parent])).get((parent, pattern.name))
    if before is not None and before.closed_at is None:
        return None
    since = max([now - pattern.window, *([before.opened_at] if before else [])])
    about = _about(source, by, subject[:SUBJECT], since)
    counts = and_(about, cases.c.event_type.in_(pattern.event_types), cases.c.model != OURS, cases.c.opened_at > since)
    number = (await session.execute(select(func.count()).where(counts))).scalar_one()
    if number < pattern.count:
        return None
    newest = select(cases.c.id).where(counts).order_by(cases.c.id.desc()).limit(LISTED)
    known = await store.by_id(session, (await session.execute(newest)).scalars())
    return Repeated(pattern.name, by, subject, number, tuple(_alike(one) for one in known.values()))


def _about(source: str, by: str, subject: str, since: datetime) -> ColumnElement[bool]:
    """Being about ``subject``: numbers that an index answers, of the cases' own rows and of what is noted beside."""
    ways: list[Select[Any]] = []
    if by in _COLUMNS:
        own, at = _COLUMNS[by], _same.c.opened_at
        ways.append(select(_same.c.id).where(_same.c.source == source, own == subject, at > since))
    if by in _NOTED:
        noted = case_subjects.c
        named = and_(noted.source == source, noted.kind == by, noted.name == subject, noted.opened_at > since)
        ways.append(select(noted.case_id).where(named))
    return cases.c.id.in_(union(*ways) if len(ways) > 1 else ways[0])


def _alike(case: Case) -> Alike:
    urgent = case.event.severity is Severity.HIGH
    return Alike(case.id, case.event.title, case.event.value, case.event.link, urgent)


__all__ = ["repeats"]

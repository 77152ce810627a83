"""Which cases are like another one, so that a storm gathers them; what repeats is ``recurrence``'s to find.

Questions only. What follows from the answers is said in ``bot.exceptions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select

from bot.cases import arrivals, bursts, recurrence, store
from bot.cases.burst_commands import Enlist
from bot.cases.commands import Command
from bot.cases.event import OURS, RecordRef
from bot.cases.model import Case, Kind, Status
from bot.config.model import Config, GroupRule
from bot.db import Read, Write
from bot.exceptions import gathering
from bot.exceptions.care import NOT_YET
from bot.exceptions.commands import Alike, Gather, Recur
from bot.tables import cases

#: The most that are put together at once; what comes later joins one by one.
MOST: Final = 500

_SUBJECTS: dict[str, ColumnElement[Any]] = {
    "partner": cases.c.partner,
    "product": cases.c.product,
}


async def informed(
    session: Write, todo: Sequence[tuple[int, Command]], by_id: Mapping[int, Case], config: Config, now: datetime
) -> list[tuple[int, Command]]:
    """``todo``, in which whatever asks about other cases has them. What an earlier one takes care of is left out."""
    found: list[tuple[int, Command]] = []
    taken: set[object] = set()
    commands = [command for _, command in todo]
    await arrivals.noted(session, commands, by_id, now)
    coming = arrivals.Bursts(commands)
    for place, command in todo:
        if not isinstance(command, Gather | Recur | Enlist):
            found.append((place, command))
        elif (case := by_id.get(command.case_id)) is None:
            continue
        elif isinstance(command, Enlist):
            found += [(place, one) for one in await coming.informed(session, command, case, now)]
        else:
            found += [(place, one) for one in await _informed(session, command, case, taken, config, now)]
    return found


def begins(case: Case, command: Gather | Enlist) -> tuple[RecordRef, str] | None:
    """What the group or list is about that ``command`` opens; None where it opens none."""
    if isinstance(command, Enlist):
        listing = case.plan.manner.burst
        return (bursts.place_of(case, command.channel), "") if listing and bursts.opens(command, listing) else None
    rule = case.plan.care.group if case.plan.care else None
    if rule is None or not gathering.opens(command, rule):
        return None
    return gathering.place_of(case, rule), case.event.event_type


async def _informed(
    session: Write, command: Gather | Recur, case: Case, taken: set[object], config: Config, now: datetime
) -> list[Command]:
    if isinstance(command, Gather):
        rule = case.plan.care.group if case.plan.care else None
        if rule is None or case.id in taken or (case.care or NOT_YET).parent:
            return []
        gathered = await _gathering(session, command, case, rule, now)
        if len(gathered.alike) + 1 >= rule.count:
            taken.update(one.case_id for one in gathered.alike)
        return [gathered]
    return [*await recurrence.repeats(session, command, case, taken, config, now)]


async def _gathering(session: Read, command: Gather, case: Case, rule: GroupRule, now: datetime) -> Gather:
    subject = gathering.subject_of(case.event, rule.by)
    if subject is None:
        return command  # nobody can say with what it belongs together
    like = _like(case, rule, subject)
    since = min(now, case.opened_at) - rule.window  # a debounce may be longer than the window
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
    return not care.parent and not care.apart and care.tell_at is None


def _alike(case: Case) -> Alike:
    return Alike(case.id, case.event.title, case.event.value)


__all__ = ["begins", "informed"]

"""What may be wrong with Signoff itself, as questions to the store: work that waits, write-backs that failed, silence.

Questions only, each bounded and within an index or the queue itself. What they mean is said in ``exceptions.alarms``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select, text

from bot.cases.event import OURS
from bot.db import Read
from bot.effects import EffectKind, Lane
from bot.exceptions.alarms import MOST
from bot.outbox import State
from bot.tables import cases, effects, facts, signals

#: As the index on them has it: with parameters in their place SQLite would go through every case.
_STUCK = text("closed_at IS NULL AND write_back IN ('failed', 'uncertain')")

#: An effect of a case that tells of such trouble makes no more of it.
_NOT_OUR_OWN: ColumnElement[bool] = or_(cases.c.id.is_(None), cases.c.event_type.not_like("system.%"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work of one kind that ought to have been done."""

    what: str
    number: int
    oldest: datetime


async def late_work(session: Read, since: datetime) -> list[Waiting]:
    """Records that were not read, and effects that were not done, although they were due by ``since``."""
    unread = (
        select(signals.c.source.label("what"), func.count().label("number"), _oldest(signals.c.received_at))
        .where(signals.c.received_at <= since)
        .group_by(signals.c.source)
        .order_by(signals.c.source)
    )
    # A write-back may be put off on purpose, to look for a lost answer; so may what was never tried and is not due.
    tried = and_(effects.c.attempts > 0, effects.c.created_at <= since, effects.c.kind != EffectKind.WRITE_BACK)
    late = or_(effects.c.due_at <= since, tried)
    owed = (
        select(effects.c.lane.label("what"), func.count().label("number"), _oldest(effects.c.created_at))
        .select_from(effects.outerjoin(cases, cases.c.id == effects.c.case_id))
        .where(effects.c.state.in_([State.PENDING, State.IN_FLIGHT]), late, _NOT_OUR_OWN)
        .group_by(effects.c.lane)
        .order_by(effects.c.lane)
    )
    records, work = await session.execute(unread), await session.execute(owed)
    return [
        *(Waiting(f"records of {row.what} to be read", row.number, row.oldest) for row in records),
        *(Waiting(f"work for {row.what.capitalize()}", row.number, row.oldest) for row in work),
    ]


def _oldest(at: ColumnElement[datetime]) -> ColumnElement[datetime]:
    return func.min(at).label("oldest")


async def given_up(session: Read, lane: Lane, since: datetime) -> list[tuple[int, int]]:
    """(effect, case) of dead letters that are older than ``since``; the case is 0 where it is about none."""
    dead = (
        select(effects.c.id, effects.c.case_id)
        .select_from(effects.outerjoin(cases, cases.c.id == effects.c.case_id))
        .where(effects.c.state == State.DEAD, effects.c.lane == lane, effects.c.created_at <= since, _NOT_OUR_OWN)
        .order_by(effects.c.id.desc())
        .limit(MOST)
    )
    return [(row.id, row.case_id) for row in await session.execute(dead)]


async def stuck_write_backs(session: Read, since: datetime) -> list[int]:
    """Cases that were decided by ``since``, and whose outcome Odoo refused or may have lost; the newest first."""
    stuck = select(cases.c.id).where(_STUCK, cases.c.decided_at <= since).order_by(cases.c.decided_at.desc())
    return list((await session.execute(stuck.limit(MOST))).scalars())


async def opened_after(session: Read, source: str, at: datetime) -> bool:
    """Whether a record of ``source`` came in after an instant."""
    wanted = and_(cases.c.opened_at > at, cases.c.source == source, cases.c.model != OURS)
    return (await session.execute(select(cases.c.id).where(wanted).limit(1))).scalar() is not None


async def told_facts(session: Read, names: Collection[str]) -> Mapping[str, str]:
    """Facts by their names."""
    rows = await session.execute(select(facts.c.name, facts.c.value).where(facts.c.name.in_(names)))
    return {row.name: row.value for row in rows}


async def sources_of_open_cases(session: Read) -> Sequence[str]:
    """Every source that an open case is about."""
    return list((await session.execute(select(cases.c.source).where(cases.c.closed_at.is_(None)).distinct())).scalars())


async def open_cases_of(session: Read, source: str) -> list[int]:
    """Open cases about records of a source."""
    of_source = and_(cases.c.closed_at.is_(None), cases.c.source == source, cases.c.model != OURS)
    return list((await session.execute(select(cases.c.id).where(of_source).limit(MOST))).scalars())


def names(found: Sequence[Waiting]) -> Iterator[str]:
    """What waits, without how much: a growing queue is not told of again and again."""
    return (one.what for one in found)


#: A case that opens so long after a webhook is none that the webhook told of.
OWING_TO_IT: Final = 300.0

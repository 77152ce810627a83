"""Cases as rows that fall due: finding them, and setting a row right that said so wrongly.

``due_at`` is written by ``store.py`` with every case; here it is leased by being moved on a little, and nothing else is
known of the case. No rule is here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, update

from bot.cases.model import Case, Status
from bot.cases.timing import next_due
from bot.columns import UtcDateTime
from bot.db import Read, Write
from bot.group_commit import Apply
from bot.tables import cases, plan_roles

#: A claimed case comes up again after this time unless it was done: what a crashed worker held starts within the five
#: seconds that an escalation may be late. Doing it twice is harmless, since what was done is not due any more.
LEASE = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class ClaimDue:
    """Take up to ``limit`` cases that are due, the longest overdue first."""

    now: datetime
    limit: int


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case on which something is due."""

    case_id: int


async def claim(session: Write, asked: Sequence[ClaimDue]) -> Sequence[list[DueCase]]:
    """Lease due cases to the asking workers."""
    return [await _claim(session, one) for one in asked]


async def _claim(session: Write, asked: ClaimDue) -> list[DueCase]:
    due = (
        select(cases.c.id)
        .where(cases.c.due_at <= asked.now)
        .order_by(cases.c.due_at, cases.c.id)
        .limit(asked.limit)
        .with_for_update(skip_locked=True)
    )
    ids = list((await session.execute(due)).scalars())
    if ids:
        await session.execute(update(cases).where(cases.c.id.in_(ids)).values(due_at=asked.now + LEASE))
    return [DueCase(number) for number in ids]


async def next_due_at(session: Read) -> datetime | None:
    """When the next case is due, or the next lease of one runs out."""
    return (await session.execute(select(func.min(cases.c.due_at)).where(cases.c.due_at.is_not(None)))).scalar()


async def set_right(session: Write, some: Sequence[Case]) -> None:
    """Write down when each of these cases, otherwise unchanged, is due."""
    if some:
        await session.execute(
            update(cases)
            .where(cases.c.id == bindparam("this_id"), cases.c.version == bindparam("this_version"))
            .values(due_at=bindparam("then", type_=UtcDateTime)),
            [{"this_id": one.id, "this_version": one.version, "then": next_due(one)} for one in some],
        )


async def look_again(session: Write, roles: Collection[str] | None, at: datetime) -> None:
    """Have every pending approval that asks one of ``roles`` (None: any) looked at, from ``at`` (UTC) on.

    One statement, whatever their number; the runner takes them up at its own pace, as it does what is due.
    """
    asking = select(plan_roles.c.hash)
    if roles is not None:
        asking = asking.where(plan_roles.c.role.in_(sorted(roles)))
    later = or_(cases.c.due_at.is_(None), cases.c.due_at > at)
    waiting = (cases.c.closed_at.is_(None), cases.c.status == Status.PENDING, cases.c.plan_hash.in_(asking), later)
    # In the order of their numbers: replicas that lock many queue instead of blocking each other crosswise.
    wanted = select(cases.c.id).where(*waiting).order_by(cases.c.id).with_for_update()
    await session.execute(update(cases).where(cases.c.id.in_(wanted)).values(due_at=at))


#: For the composition root: who writes which member of the group commit.
ROUTES: tuple[tuple[type, Apply], ...] = ((ClaimDue, claim),)

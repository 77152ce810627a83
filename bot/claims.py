"""Taking due effects out of the outbox: which may go now, and who has them.

Of one ordering key only one is ever in flight. A lane may be paced: what is due and may not go yet gets a later time in
the same transaction, so that replicas share one pace.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, text, tuple_, update

from bot.columns import UtcDateTime
from bot.db import Read, Write
from bot.effects import YIELDING, EffectKind, Lane
from bot.group_commit import Apply
from bot.outbox import LEASE, Claimed, State, live
from bot.tables import effects

#: Looks at the outbox in one claim: what must wait is passed over, and what is due behind it is looked at.
_LOOKS = 8


@dataclass(frozen=True, slots=True)
class Due:
    """An effect that is due, as far as its pace is concerned."""

    id: int
    kind: EffectKind
    target: str
    key: str
    since: datetime  #: when it was owed


#: Says of effects (in the order of their turns) which must wait, and until when; the others go now.
Pacer = Callable[[Write, Sequence[Due], datetime], Awaitable[Mapping[int, datetime]]]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the due effects of a lane are taken."""

    pacer: Pacer | None = None
    besides: frozenset[str] = frozenset()  #: sources whose records are left to others


ALL: Final = Choice()


@dataclass(frozen=True, slots=True)
class ClaimEffects:
    """Take up to ``limit`` due effects of a lane, no two of one key."""

    lane: Lane
    now: datetime
    limit: int
    worker: str
    choice: Choice = ALL


async def claim(session: Write, asked: Sequence[ClaimEffects]) -> Sequence[list[Claimed]]:
    """Lease due effects to the asking workers."""
    return [await _claim(session, one) for one in asked]


async def _claim(session: Write, asked: ClaimEffects) -> list[Claimed]:
    await _free_expired(session, asked.now)
    found: list[Claimed] = []
    full: set[tuple[str, str]] = set()
    for _ in range(_LOOKS):
        due = await _look(session, asked, asked.limit - len(found), full)
        waits = await asked.choice.pacer(session, due, asked.now) if asked.choice.pacer and due else {}
        await _postpone(session, waits)
        found += await _lease(session, asked, [one.id for one in due if one.id not in waits])
        if not waits or len(found) >= asked.limit:
            break
        # A storm in one channel must not hide what is owed to the others.
        full |= {(one.kind.value, one.target) for one in due if one.id in waits}
    return sorted(found, key=lambda one: one.id)


async def _lease(session: Write, asked: ClaimEffects, ids: Sequence[int]) -> list[Claimed]:
    if not ids:
        return []
    until = asked.now + LEASE
    rows = await session.execute(
        update(effects)
        .where(effects.c.id.in_(ids))
        .values(state=State.IN_FLIGHT, worker=asked.worker, lease_until=until, attempts=effects.c.attempts + 1)
        .returning(effects)
    )
    return [
        Claimed(row.id, EffectKind(row.kind), row.key, row.case_id, row.target, row.attempts, until, row.created_at)
        for row in rows
    ]


async def _look(session: Write, asked: ClaimEffects, limit: int, full: Collection[tuple[str, str]]) -> list[Due]:
    """What is due beside the ``full``: pairs of a kind and a target."""
    beside = _due(asked, limit)
    if full:
        beside = beside.where(tuple_(effects.c.kind, effects.c.target).not_in(sorted(full)))
    rows = await session.execute(beside.with_for_update(skip_locked=True))
    return [Due(row.id, EffectKind(row.kind), row.target, row.key, row.created_at) for row in rows]


async def _postpone(session: Write, waits: Mapping[int, datetime]) -> None:
    """Later is no try: nothing is counted."""
    if waits:
        await session.execute(
            update(effects)
            .where(effects.c.id == bindparam("this_id"))
            .values(due_at=bindparam("then", type_=UtcDateTime)),
            [{"this_id": number, "then": when} for number, when in waits.items()],
        )


def _due(asked: ClaimEffects, limit: int) -> Select[tuple[int, str, str, str, datetime]]:
    other = effects.alias("other")
    # In the order of their numbers, but for those that let every other one of their key go first.
    we_yield, they_yield = (one.c.kind.in_([kind.value for kind in YIELDING]) for one in (effects, other))
    before = or_(and_(other.c.id < effects.c.id, or_(we_yield, ~they_yield)), and_(we_yield, ~they_yield))
    older = and_(other.c.state == State.PENDING, before)
    # A younger one is in flight where an older one was dead meanwhile and has been revived.
    blocked = exists().where(live("other"), other.c.key == effects.c.key, or_(older, other.c.state == State.IN_FLIGHT))
    return (
        select(effects.c.id, effects.c.kind, effects.c.target, effects.c.key, effects.c.created_at)
        .where(
            effects.c.lane == asked.lane,
            effects.c.state == State.PENDING,
            effects.c.due_at <= asked.now,
            ~blocked,
            *_not_about(asked.choice.besides),
        )
        .order_by(effects.c.due_at, effects.c.id)
        .limit(limit)
    )


def _not_about(sources: Collection[str]) -> list[ColumnElement[bool]]:
    """Conditions that leave out what is about records of ``sources``; the target of what goes to Odoo begins so."""
    return [~effects.c.target.startswith(f"{name}:", autoescape=True) for name in sorted(sources)]


async def next_due(session: Read, lane: Lane, besides: Collection[str] = ()) -> datetime | None:
    """When the next effect of a lane falls due, or the next lease of any runs out, if there is one."""
    # Conditions as the partial indexes have them: see ``live``.
    waiting = select(func.min(effects.c.due_at)).where(
        effects.c.lane == lane, text("effects.state = 'pending'"), *_not_about(besides)
    )
    leased = select(func.min(effects.c.lease_until)).where(text("effects.state = 'in_flight'"))
    row = (await session.execute(select(waiting.scalar_subquery(), leased.scalar_subquery()))).one()
    return min((at for at in row if at is not None), default=None)


async def _free_expired(session: Write, now: datetime) -> None:
    await session.execute(
        update(effects)
        .where(effects.c.state == State.IN_FLIGHT, effects.c.lease_until <= now)
        .values(state=State.PENDING, worker=None, lease_until=None)
    )


#: For the composition root: who writes which member of the group commit.
ROUTES: tuple[tuple[type, Apply], ...] = ((ClaimEffects, claim),)

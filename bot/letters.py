"""Dead letters: effects that were given up, for the admin to see and to replay.

An effect that has only failed so far is shown too, with what went wrong and when it is tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from bot.db import Read, Write
from bot.effects import EffectKind, Lane
from bot.outbox import State, topic
from bot.tables import effects


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter (or a late effect) as an admin sees it."""

    id: int
    kind: EffectKind
    state: State
    case_id: int
    target: str
    attempts: int
    error: str
    due_at: datetime
    created_at: datetime


async def letters(session: Read, *, every: bool = False) -> list[Letter]:
    """Dead letters and effects that have failed at least once; with ``every`` all that are owed."""
    troubled = or_(effects.c.state == State.DEAD, effects.c.error != "")
    statement = select(effects).order_by(effects.c.id)
    rows = await session.execute(statement if every else statement.where(troubled))
    return [
        Letter(
            row.id,
            EffectKind(row.kind),
            State(row.state),
            row.case_id,
            row.target,
            row.attempts,
            row.error,
            row.due_at,
            row.created_at,
        )
        for row in rows
    ]


async def revive(session: Write, ids: Sequence[int], now: datetime) -> list[Letter]:
    """Make dead letters pending again, with all their tries before them, and return those that were revived."""
    found = [letter for letter in await letters(session) if letter.id in set(ids) and letter.state is State.DEAD]
    await session.execute(
        update(effects)
        .where(effects.c.id.in_([letter.id for letter in found]), effects.c.state == State.DEAD)
        # Not 0: the sender has to know that an earlier try may have taken effect.
        .values(state=State.PENDING, due_at=now, attempts=1)
    )
    session.wakes.update(topic(lane) for lane in Lane)
    return found


async def discard(session: Write, ids: Sequence[int]) -> None:
    """Drop dead letters whose work is owed in another way, or not any more."""
    await session.execute(delete(effects).where(effects.c.id.in_(ids), effects.c.state == State.DEAD))

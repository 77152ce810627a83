"""The buckets of Slack's pace as rows, taken from in the transaction that claims: every replica keeps one pace.

No rule is here: ``pacing`` says who may go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.claims import Due
from bot.db import Write
from bot.effects import EffectKind
from bot.group_commit import Apply
from bot.slack.pacing import buckets, spread, told_later, turn
from bot.tables import paces

#: A bucket that has been full for so long is as good as a new one.
_FORGOTTEN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ShutPaces:
    """Slack said "later" to an effect of this kind: no replica sends another before ``until``."""

    kind: EffectKind
    target: str
    until: datetime


async def pace(session: Write, due: Sequence[Due], now: datetime) -> Mapping[int, datetime]:
    """Which effects must wait, and until when; the others have taken from their buckets."""
    due = sorted(due, key=lambda one: turn(one.kind, now - one.since))
    wanted = [buckets(one.kind, one.target, one.key) for one in due]
    names = sorted({name for paces_of in wanted for name in paces_of})
    free_at = await _taken(session, names, now)
    answers, filled = spread(wanted, free_at, now)
    changed = {name: when for name, when in filled.items() if when != free_at.get(name)}
    await _keep(session, changed)
    await session.execute(delete(paces).where(paces.c.free_at < now - _FORGOTTEN))
    return {one.id: when for one, when in zip(due, answers, strict=True) if when is not None}


async def shut(session: Write, asked: Sequence[ShutPaces]) -> Sequence[None]:
    """Fill buckets up to what Slack said."""
    for one in asked:
        name, told = told_later(one.kind, one.target)
        until = one.until + (told.burst - 1) * told.apart
        free_at = await _taken(session, [name], one.until)
        await _keep(session, {name: max(until, free_at.get(name, until))})
    return [None] * len(asked)


async def _taken(session: Write, names: Sequence[str], now: datetime) -> dict[str, datetime]:
    """Up to when buckets are filled. Locked in the order of their names: replicas queue instead of crossing."""
    if session.dialect == "postgresql" and names:
        # A row has to be there to be locked.
        await session.execute(_insert(session).on_conflict_do_nothing(), [{"name": n, "free_at": now} for n in names])
    rows = await session.execute(select(paces).where(paces.c.name.in_(names)).order_by(paces.c.name).with_for_update())
    return {row.name: row.free_at for row in rows}


async def _keep(session: Write, filled: Mapping[str, datetime]) -> None:
    if not filled:
        return
    new = _insert(session)
    statement = new.on_conflict_do_update(index_elements=["name"], set_={"free_at": new.excluded.free_at})
    await session.execute(statement, [{"name": name, "free_at": when} for name, when in sorted(filled.items())])


def _insert(session: Write) -> Any:
    """The two engines' insert with its conflict clauses, which SQLAlchemy types apart."""
    return (postgresql.insert if session.dialect == "postgresql" else sqlite.insert)(paces)


#: For the composition root: who writes which member of the group commit.
ROUTES: tuple[tuple[type, Apply], ...] = ((ShutPaces, shut),)

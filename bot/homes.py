"""The register of App Homes: who has opened theirs lately, and what each was shown last. The only writer of its rows.

A Home is kept true for those who look at it, and forgotten by the rest. What is on it is ``reports/homes``' part.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.db import Read, Write
from bot.effects import FOR_ODOO, Effect, EffectKind
from bot.group_commit import Apply
from bot.outbox import enqueue
from bot.tables import homes

#: For so long after it was opened a Home is kept true by itself; then it is drawn anew when it is opened again.
RECENT = timedelta(hours=12)
#: Homes that are looked after at once: those that were opened last.
MOST = 2000
_FORGOTTEN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Home:
    """One person's Home tab."""

    user_id: str
    team_id: str
    email: str  #: as of the last drawing; empty before the first
    opened_at: datetime
    looked_at: datetime  #: when it was last compared with what is true, or owed
    shown: str  #: the digest of what it shows; empty where that is not known


@dataclass(frozen=True, slots=True)
class OpenHome:
    """Somebody has opened the tab: it is drawn whatever it shows."""

    user_id: str
    team_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OweHomes:
    """What these tabs show may not be true any more."""

    user_ids: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class HomeDrawn:
    """What a tab shows now."""

    user_id: str
    email: str
    shown: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ForgetHome:
    """Slack does not take this person's tab any more; it is drawn again when it is opened."""

    user_id: str


async def recent(session: Read, now: datetime) -> list[Home]:
    """Homes that are kept true, those opened last first."""
    wanted = select(homes).where(homes.c.opened_at > now - RECENT).order_by(homes.c.opened_at.desc()).limit(MOST)
    return [_of(row) for row in await session.execute(wanted)]


async def home_of(session: Read, user_id: str) -> Home | None:
    """The Home of a person; None who has opened none."""
    row = (await session.execute(select(homes).where(homes.c.user_id == user_id))).one_or_none()
    return None if row is None else _of(row)


def _of(row: Any) -> Home:
    return Home(row.user_id, row.team_id, row.email, row.opened_at, row.looked_at, row.shown)


async def opened(session: Write, asked: Sequence[OpenHome]) -> Sequence[None]:
    """Remember who looks, and owe each of them the tab at once."""
    add = (postgresql.insert if session.dialect == "postgresql" else sqlite.insert)(homes)
    fresh = {"opened_at": add.excluded.opened_at, "looked_at": add.excluded.looked_at, "shown": ""}
    rows = {one.user_id: one for one in asked}
    await session.execute(
        add.on_conflict_do_update(index_elements=["user_id"], set_={**fresh, "team_id": add.excluded.team_id}),
        [
            {
                "user_id": one.user_id,
                "team_id": one.team_id,
                "email": "",
                "opened_at": one.at,
                "looked_at": one.at,
                "shown": "",
            }
            for one in rows.values()
        ],
    )
    now = max(one.at for one in asked)
    await session.execute(delete(homes).where(homes.c.opened_at < now - _FORGOTTEN))
    await enqueue(session, [Effect(EffectKind.PUBLISH_HOME, 0, user_id) for user_id in sorted(rows)], now)
    return [None] * len(asked)


async def owed(session: Write, asked: Sequence[OweHomes]) -> Sequence[None]:
    """Owe tabs; what happens to one person in one go is drawn in one go."""
    wanted: Collection[str] = sorted(frozenset().union(*(one.user_ids for one in asked)))
    now = max(one.at for one in asked)
    await session.execute(update(homes).where(homes.c.user_id.in_(wanted)).values(looked_at=now))
    patient = [Effect(EffectKind.PUBLISH_HOME, 0, user_id, patience=FOR_ODOO) for user_id in wanted]
    await enqueue(session, patient, now)
    return [None] * len(asked)


async def drawn(session: Write, asked: Sequence[HomeDrawn]) -> Sequence[None]:
    """Remember what tabs show."""
    for one in asked:
        values = {"email": one.email, "shown": one.shown, "looked_at": one.at}
        await session.execute(update(homes).where(homes.c.user_id == one.user_id).values(values))
    return [None] * len(asked)


async def forget(session: Write, asked: Sequence[ForgetHome]) -> Sequence[None]:
    """Drop tabs."""
    await session.execute(delete(homes).where(homes.c.user_id.in_([one.user_id for one in asked])))
    return [None] * len(asked)


#: For the composition root: who writes which member of the group commit.
ROUTES: tuple[tuple[type, Apply], ...] = (
    (OpenHome, opened),
    (OweHomes, owed),
    (HomeDrawn, drawn),
    (ForgetHome, forget),
)

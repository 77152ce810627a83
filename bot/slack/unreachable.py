"""The places of which the admins were told that no card reaches them: the table ``unreachable``.

A row stands until a card reaches the person or channel again. No rule is here, and no call to Slack.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.db import Read, Write
from bot.group_commit import Apply
from bot.tables import unreachable


@dataclass(frozen=True, slots=True)
class ToldOf:
    """The admins were told of this place."""

    place: str  #: an address, or a channel as the plan names it
    at: datetime


async def is_told_of(session: Read, place: str) -> bool:
    """Whether the admins know."""
    return (await session.execute(select(unreachable.c.place).where(unreachable.c.place == place))).first() is not None


async def told_of(session: Write, asked: Sequence[ToldOf]) -> Sequence[None]:
    """Remember it; whoever was told first counts."""
    add = postgresql.insert if session.dialect == "postgresql" else sqlite.insert
    statement = add(unreachable).on_conflict_do_nothing(index_elements=["place"])
    await session.execute(statement, [{"place": one.place, "told_at": one.at} for one in asked])
    return [None] * len(asked)


async def reached(session: Write, places: Collection[str]) -> None:
    """A card has reached these places."""
    if places:
        await session.execute(delete(unreachable).where(unreachable.c.place.in_(sorted(places))))


#: For the composition root: who writes which member of the group commit.
ROUTES: tuple[tuple[type, Apply], ...] = ((ToldOf, told_of),)

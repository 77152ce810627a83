"""Of whom the admins were told that Slack does not reach them: the table ``unreachable``.

A row stands until a card reaches the person again. No rule is here, and no call to Slack.
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
    """The admins were told of this person."""

    email: str
    at: datetime


async def is_told_of(session: Read, email: str) -> bool:
    """Whether the admins know."""
    return (await session.execute(select(unreachable.c.email).where(unreachable.c.email == email))).first() is not None


async def told_of(session: Write, asked: Sequence[ToldOf]) -> Sequence[None]:
    """Remember it; whoever was told first counts."""
    add = postgresql.insert if session.dialect == "postgresql" else sqlite.insert
    statement = add(unreachable).on_conflict_do_nothing(index_elements=["email"])
    await session.execute(statement, [{"email": one.email, "told_at": one.at} for one in asked])
    return [None] * len(asked)


async def reached(session: Write, emails: Collection[str]) -> None:
    """A card has reached these people."""
    if emails:
        await session.execute(delete(unreachable).where(unreachable.c.email.in_(sorted(emails))))


#: For the composition root: who writes which member of the group commit.
ROUTES: tuple[tuple[type, Apply], ...] = ((ToldOf, told_of),)

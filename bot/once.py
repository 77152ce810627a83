"""What is told once for each day, shift or the like, whatever the number of replicas and restarts: a row of ``facts``.

Marks grow: what was told for a later one is not told for an earlier one again, whichever way clocks jump.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.db import Read, Write
from bot.tables import facts


async def is_first(session: Write, name: str, mark: str, *, told_before: str = "") -> bool:
    """Whether nobody has told ``name`` for ``mark`` or a later one yet; from now on somebody has.

    A name that nobody knows yet counts as told up to ``told_before``. Replicas queue at the row. Marks are compared as
    texts; ``name`` has at most 64 characters.
    """
    add = postgresql.insert if session.dialect == "postgresql" else sqlite.insert
    await session.execute(add(facts).values(name=name, value=told_before).on_conflict_do_nothing())
    told = update(facts).where(facts.c.name == name, facts.c.value < mark).values(value=mark).returning(facts.c.name)
    return (await session.execute(told)).scalar_one_or_none() is not None


async def is_told(session: Read, name: str, mark: str) -> bool:
    """Whether it was: mostly the answer, and nothing is written for it."""
    return ((await session.execute(select(facts.c.value).where(facts.c.name == name))).scalar() or "") >= mark

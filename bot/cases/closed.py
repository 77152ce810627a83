"""Cases that are over and gave evidence: a page at a time, for whoever prunes it. Questions only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select

from bot.cases import store
from bot.cases.model import Case
from bot.db import Read
from bot.tables import cases


async def with_files(session: Read, *, after: int, before: datetime, limit: int) -> list[Case]:
    """Up to ``limit`` cases behind number ``after`` that closed before an instant and had files, by their numbers."""
    wanted = (
        select(cases.c.id)
        .where(cases.c.id > after, cases.c.closed_at < before, cases.c.files != "")
        .order_by(cases.c.id)
        .limit(limit)
    )
    found = await store.by_id(session, list((await session.execute(wanted)).scalars()))
    return [found[number] for number in sorted(found)]


async def is_needed(session: Read, sha256: str, *, since: datetime) -> bool:
    """Whether a case that is open, or closed no earlier than ``since``, has a file of that hash."""
    wanted = (
        select(func.count())
        .select_from(cases)
        .where(or_(cases.c.closed_at.is_(None), cases.c.closed_at >= since), cases.c.files.contains(sha256))
    )
    return bool((await session.execute(wanted)).scalar_one())

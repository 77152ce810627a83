"""Questions about many cases at once: how many there are, and which records they follow. Never whole cases.

Reads alone; what a case is belongs to ``store.py``.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, or_, select, union_all

from bot.cases.model import WAITING, WriteBackState
from bot.cases.store import COVERS
from bot.db import Read
from bot.tables import cases

#: No record of Odoo has an id above this one.
LAST_ID: Final = 2**31 - 1


async def followed_records(session: Read, source: str, model: str, *, after: int, until: int) -> set[int]:
    """Ids in (after, until] of records whose case waits for people, or whose closed one still covers them."""
    place = select(cases.c.record_id).where(
        cases.c.source == source,
        cases.c.model == model,
        cases.c.record_id > after,
        cases.c.record_id <= until,
    )
    stuck = cases.c.write_back.in_([WriteBackState.FAILED, WriteBackState.UNCERTAIN])
    waiting = place.where(cases.c.closed_at.is_(None), or_(cases.c.status.in_(WAITING), stuck))
    rows = await session.execute(union_all(waiting, place.where(COVERS)))
    return set(rows.scalars())


async def count_open(session: Read) -> dict[tuple[str, str], int]:
    """How many cases are open by (status, write-back)."""
    rows = await session.execute(
        select(cases.c.status, cases.c.write_back, func.count().label("number"))
        .where(cases.c.closed_at.is_(None))
        .group_by(cases.c.status, cases.c.write_back)
    )
    return {(row.status, row.write_back): row.number for row in rows}

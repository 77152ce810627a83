"""Which closed cases still wait for people. Questions only."""

from __future__ import annotations

from sqlalchemy import select

from bot.cases import store
from bot.cases.model import APPROVED, Case
from bot.cases.review import owes_review
from bot.db import Read
from bot.tables import cases


async def owing_review(session: Read, *, limit: int) -> list[Case]:
    """Approvals past everybody whose review is still owed, the oldest reminder first."""
    wanted = (
        select(cases.c.id)
        .where(cases.c.due_at.is_not(None), cases.c.status.in_(APPROVED))
        .order_by(cases.c.due_at, cases.c.id)
        .limit(limit)
    )
    found = await store.by_id(session, (await session.execute(wanted)).scalars())
    return [found[number] for number in sorted(found) if owes_review(found[number])]

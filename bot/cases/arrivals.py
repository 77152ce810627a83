"""When approvals came into a channel, as rows, and which of them are a burst. Questions, and one note of what comes.

No rule is here; what follows from the answers is said in ``bursts.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.approvals.quorum import current_stage
from bot.cases import store
from bot.cases.burst_commands import Enlist
from bot.cases.bursts import opens, place_of
from bot.cases.commands import Command
from bot.cases.model import Case, Kind, Status
from bot.config.model import Burst
from bot.db import Write
from bot.exceptions.commands import Alike
from bot.tables import arrivals, cases

#: No window reaches farther back.
_KEPT: Final = timedelta(days=1)
#: The most that a list begins with; what comes later joins it.
MOST: Final = 500


async def noted(session: Write, todo: Sequence[Command], by_id: Mapping[int, Case], now: datetime) -> None:
    """Remember what of ``todo`` comes into a channel, before it is asked what else has."""
    come = [(one, by_id[one.case_id]) for one in todo if isinstance(one, Enlist) and one.case_id in by_id]
    if not come:
        return
    add = postgresql.insert if session.dialect == "postgresql" else sqlite.insert
    rows = [
        {
            "case_id": one.case_id,
            "channel": one.channel,
            "source": case.record.source,
            "policy": case.plan.policy,
            "at": now,
        }
        for one, case in come
    ]
    await session.execute(delete(arrivals).where(arrivals.c.at < now - _KEPT))
    await session.execute(add(arrivals).on_conflict_do_nothing(), rows)


class Bursts:
    """Answers ``informed`` for one round, in which a list that begins takes in everything that waits for its place."""

    def __init__(self, todo: Sequence[Command]) -> None:
        #: What has not been shown anywhere yet.
        self._coming = {(one.case_id, one.channel) for one in todo if isinstance(one, Enlist)}
        self._taken: set[tuple[int, str]] = set()

    async def informed(self, session: Write, command: Enlist, case: Case, now: datetime) -> list[Command]:
        """``command`` with what it has to know; nothing where a list that begins has taken it in already."""
        rule = case.plan.manner.burst
        if (case.id, command.channel) in self._taken:
            return []
        if rule is None:
            return [command]
        if (number := await _open_list(session, case, command.channel)) is not None:
            return [replace(command, list_id=number)]
        found = await _alike(session, case, command.channel, rule, now)
        shown = frozenset(one.case_id for one in found if (one.case_id, command.channel) not in self._coming)
        known = replace(command, alike=found, shown=shown)
        if opens(known, rule):
            self._taken |= {(one.case_id, command.channel) for one in found}
        return [known]


async def _open_list(session: Write, case: Case, channel: str) -> int | None:
    place = place_of(case, channel)
    wanted = select(cases.c.id).where(
        cases.c.source == place.source,
        cases.c.model == place.model,
        cases.c.record_id == place.id,
        cases.c.kind == Kind.LIST,
        cases.c.closed_at.is_(None),
    )
    return (await session.execute(wanted)).scalar()


async def _alike(session: Write, case: Case, channel: str, rule: Burst, now: datetime) -> tuple[Alike, ...]:
    """Those that came within the window and are still asked there, the oldest first."""
    came = and_(
        arrivals.c.channel == channel,
        arrivals.c.source == case.record.source,
        arrivals.c.policy == case.plan.policy,
        arrivals.c.at >= now - rule.window,
        arrivals.c.case_id != case.id,
    )
    waiting = select(cases.c.id).where(cases.c.id.in_(select(arrivals.c.case_id).where(came)))
    wanted = waiting.where(cases.c.status == Status.PENDING).order_by(cases.c.id).limit(MOST)
    known = await store.by_id(session, (await session.execute(wanted)).scalars())
    asked = (one for one in known.values() if channel in current_stage(one).channels)
    return tuple(Alike(one.id, one.event.title) for one in asked)

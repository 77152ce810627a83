"""What would have happened: the cases that were only observed, each with who would have been asked and how it went.

Reads cases and their audit entries alone, so that the report says what the program did see, not what it sees now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from bot.cases import store
from bot.cases.model import Case, Status
from bot.config.durations import write_duration
from bot.db import Database, Read
from bot.tables import audit_entries, cases, plans

#: Cases read at once.
_PAGE = 200
#: As ``codec.plan_to_text`` writes it.
_MARK = '%"observe":"%'
_STEPS = "escalation.%"


class Ending(StrEnum):
    """How an observed case went."""

    WAITING = "still waiting"
    BY_PEOPLE = "decided in Odoo"
    BY_ITSELF = "would have been decided by a rule or a step"
    EXPIRED = "would have expired"
    GONE = "withdrawn"


@dataclass(frozen=True, slots=True)
class Observed:
    """One case that was only observed."""

    case: Case
    ending: Ending
    steps: int  #: of its escalation that came due

    @property
    def took(self) -> str:
        """How long it was open, by the clock on the wall; empty while it is."""
        closed = self.case.closed_at
        return write_duration(closed - self.case.opened_at) if closed else ""

    def line(self) -> str:
        """For people."""
        case = self.case
        roles = " then ".join(" and ".join(s.roles) if s.every else " or ".join(s.roles) for s in case.plan.stages)
        how = case.ending or "nobody has decided it in Odoo yet"
        after = f" (open for {self.took})" if self.took else ""
        chased = f"; {self.steps} steps of escalation came due" if self.steps else ""
        value = case.event.value or "value not known"
        return f"case {case.id}: {case.event.title}, {value}: {roles} would have been asked; {how}{after}{chased}"


async def observed(database: Database, since: datetime) -> list[Observed]:
    """Every observed case that opened at ``since`` or later, the oldest first."""
    found: list[Observed] = []
    after = 0
    async with database.read() as session:
        while page := await _page(session, since, after):
            steps = await _counted(session, [case.id for case in page], _STEPS)
            decided = await _counted(session, [case.id for case in page], "case.decided_in_odoo")
            itself = await _counted(session, [case.id for case in page], "case.observed")
            found += [
                Observed(case, _ending(case, decided.get(case.id, 0), itself.get(case.id, 0)), steps.get(case.id, 0))
                for case in page
            ]
            after = page[-1].id
    return found


def _ending(case: Case, decided: int, itself: int) -> Ending:
    if case.closed_at is None:
        return Ending.WAITING
    if itself:
        return Ending.BY_ITSELF
    if case.status is Status.EXPIRED:
        return Ending.EXPIRED
    return Ending.BY_PEOPLE if decided else Ending.GONE


async def _page(session: Read, since: datetime, after: int) -> list[Case]:
    wanted = (
        select(cases.c.id)
        .join(plans, plans.c.hash == cases.c.plan_hash)
        .where(plans.c.body.like(_MARK), cases.c.opened_at >= since, cases.c.id > after)
        .order_by(cases.c.id)
        .limit(_PAGE)
    )
    found = await store.by_id(session, (await session.execute(wanted)).scalars())
    return [found[number] for number in sorted(found)]


async def _counted(session: Read, ids: Sequence[int], action: str) -> dict[int, int]:
    """How many entries of an action (a pattern) there are about each case."""
    rows = await session.execute(
        select(audit_entries.c.case_id, func.count().label("number"))
        .where(audit_entries.c.case_id.in_(ids), audit_entries.c.action.like(action))
        .group_by(audit_entries.c.case_id)
    )
    return {row.case_id: row.number for row in rows}


def summary(found: Iterable[Observed]) -> list[str]:
    """A line for each rule: how many cases, and how they went."""
    by_rule: dict[str, Counter[Ending]] = {}
    for one in found:
        by_rule.setdefault(one.case.plan.rule, Counter())[one.ending] += 1
    return [
        f'rule "{rule}": {counts.total()} observed; '
        + ", ".join(f"{counts[ending]} {ending}" for ending in Ending if counts[ending])
        for rule, counts in sorted(by_rule.items())
    ]


def told(one: Observed) -> dict[str, object]:
    """For programs."""
    case = one.case
    return {
        "case": case.id,
        "record": str(case.record),
        "title": case.event.title,
        "event_type": case.event.event_type,
        "value": str(case.event.value) if case.event.value else None,
        "rule": case.plan.rule,
        "policy": case.plan.policy,
        "site": case.plan.site,
        "stages": [list(stage.roles) for stage in case.plan.stages],
        "opened_at": case.opened_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "went": one.ending.value,
        "ending": case.ending,
        "steps": one.steps,
    }

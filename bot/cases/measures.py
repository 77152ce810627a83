"""What reports count of a case, read off the case alone: how it was answered, when, how fast, in time or not.

Core. ``rows.py`` writes it beside every case, so that a question about a million of them reads columns; the same
function tells a test what the answer has to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.model import APPROVED, Case, Decision, Status
from bot.cases.review import broken_by
from bot.cases.straight import ROLE as STRAIGHT
from bot.cases.way import Way
from bot.escalation.timetable import kept_time

#: Statuses that are an answer of people, an escalation or a rule.
ANSWERED = APPROVED | {Status.REJECTED, Status.RESOLVED}
_BY_PEOPLE = frozenset({Way.PEOPLE, Way.EMERGENCY, Way.TOGETHER})


@dataclass(frozen=True, slots=True)
class Measures:
    """What is counted of one case."""

    way: Way
    ended_at: datetime | None = None  #: when nobody was waited for any more; None while somebody is
    #: Wall time from the opening to the answer of people; None where they gave none.
    took: timedelta | None = None
    #: Whether each answer came by the time that its card named. An expired case was late. None where no time was named,
    #: or no answer was owed any more.
    in_time: bool | None = None
    root_cause: str | None = None  #: of a resolved exception


def measures_of(case: Case) -> Measures:
    """What is counted of ``case`` as it stands."""
    way = _way(case)
    if case.is_waiting:
        return Measures(way)
    ended_at = _ended_at(case)
    by_people = case.status in ANSWERED and way in _BY_PEOPLE
    resolved = case.care.resolved if case.care and case.status is Status.RESOLVED else None
    return Measures(
        way=way,
        ended_at=ended_at,
        took=max(ended_at - case.opened_at, timedelta(0)) if ended_at and by_people else None,
        in_time=_in_time(case, way),
        root_cause=resolved.root_cause if resolved else None,
    )


def _ended_at(case: Case) -> datetime | None:
    """A superseded answer counts as given until Odoo turned out to have changed."""
    if case.status is Status.SUPERSEDED:
        return case.closed_at
    return case.decided_at or case.closed_at


def _in_time(case: Case, way: Way) -> bool | None:
    kept = kept_time(case)
    if kept is None or way in {Way.RULE, Way.OBSERVED}:
        return None
    if case.status is Status.EXPIRED or way is Way.STEP:
        return False  # nobody answered
    return kept if case.status in ANSWERED else None


def _way(case: Case) -> Way:
    if case.plan.observe:
        return Way.OBSERVED
    if case.care is not None and case.care.gathered:
        return Way.TOGETHER
    if case.overtaken is not None:
        return case.overtaken
    if broken_by(case) is not None:
        return Way.EMERGENCY
    return _decided_by(case.standing[-1]) if case.standing else Way.PEOPLE


def _decided_by(last: Decision) -> Way:
    """People have addresses; what decides without them has none."""
    if last.email:
        return Way.PEOPLE
    return Way.RULE if last.as_role == STRAIGHT else Way.STEP

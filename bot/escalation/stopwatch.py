"""The clock of a case: started with every stage, stopped by the decision, held by a pause, cut at every step.

Core. It follows what a transition has made of a case, so that no transition has to think of time. What was used stays
used: a new revision, another calendar or another role does not give anybody new time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.approvals.quorum import all_complete, current_stage_number
from bot.cases.answers import Transition
from bot.cases.chase import Chase, Segment
from bot.cases.model import Case, Plan
from bot.escalation.calendar import between


def timed(before: Case | None, made: Transition, now: datetime) -> Transition:
    """``made`` with the clocks of its cases as they must stand afterwards: no rule has to think of them."""
    known = before if made.case.id else None
    successor = timed(None, made.successor, now) if made.successor else None
    return replace(made, case=keep_time(known, made.case, now), successor=successor)


def keep_time(before: Case | None, after: Case, now: datetime) -> Case:
    """``after`` with its clock as it must stand at ``now``; ``before`` is None for a case that has just opened."""
    chase = _relevel(before, after)
    wanted = _wanted(after, chase, now)
    current = chase.current
    if current is not None and wanted is not None and _goes_on(current, wanted) and _same_calendar(before, after):
        return after if chase == after.chase else replace(after, chase=chase)
    if current is None and wanted is None:
        return after
    measured_by = before.plan if before is not None else after.plan
    if wanted is None:
        chase = replace(chase, paused="", paused_until=None)
    return replace(after, chase=cut(chase, measured_by, at=now, then=wanted))


def cut(chase: Chase, plan: Plan, *, at: datetime, then: Segment | None) -> Chase:
    """``chase`` with the segment that goes on ended ``at`` an instant, and another one begun."""
    ended = tuple(
        replace(one, until=at, worked=between(plan.calendar, one.since, at)) if one.until is None else one
        for one in chase.segments
    )
    return replace(chase, segments=ended + ((then,) if then else ()))


def after_step(case: Case, at: datetime) -> Case:
    """``case`` with one more step done, at its own time."""
    current = case.chase.current
    if current is None:
        return case
    then = Segment(current.stage, current.fired + 1, at)
    return replace(case, chase=cut(case.chase, case.plan, at=at, then=then))


def _wanted(case: Case, chase: Chase, now: datetime) -> Segment | None:
    """The segment that ought to go on; None where nobody is waited for, or nobody counts."""
    if not case.is_waiting or all_complete(case):
        return None
    if case.care is not None and (case.care.tell_at is not None or case.care.parent):
        return None  # nobody has been told yet, or its group is waited for
    if not case.plan.counts_time and not chase.segments:
        return None
    stage = current_stage_number(case)
    return Segment(stage, chase.fired_in(stage), now, cause=chase.paused)


def _goes_on(current: Segment, wanted: Segment) -> bool:
    return (current.stage, current.fired, current.cause) == (wanted.stage, wanted.fired, wanted.cause)


def _same_calendar(before: Case | None, after: Case) -> bool:
    return before is None or before.plan.calendar == after.plan.calendar


def _relevel(before: Case | None, after: Case) -> Chase:
    """Another escalation begins at its first step; the time that was used stays used."""
    if before is None or before.plan.steps == after.plan.steps:
        return after.chase
    return replace(after.chase, segments=tuple(replace(one, fired=0) for one in after.chase.segments))

"""When the steps of a case come: read off its plan, its calendar and the segments of its clock. Core, pure.

A share of the SLA counts from the stage's opening, any other time from the step before, its last repeat; a step comes
never before the one above it. Where the record has a date of its own the earlier of the two counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.cases.chase import Segment
from bot.cases.model import Case
from bot.config.model import Calendar, Span, Step
from bot.escalation.calendar import between, due, used_up
from bot.escalation.stopwatch import after_step

_WHOLE = Decimal(1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Firing:
    """One coming of a step."""

    at: datetime
    number: int  #: which firing of the stage this is, from 0, repeats counted
    index: int  #: which step of the escalation, from 0
    round: int  #: 0, then 1 for its first repeat
    step: Step


def next_firing(case: Case) -> Firing | None:
    """The next step; None while the clock stands still, and after the last one."""
    current = case.chase.current
    if current is None or current.cause:
        return None
    numbered = _numbered(case.plan.steps, current.fired)
    if numbered is None:
        return None
    index, again, step = numbered
    at = _when(case, current, step, again=again)
    return None if at is None else Firing(max(at, current.since), current.fired, index, again, step)


def firings(case: Case) -> Iterator[Firing]:
    """Every step that will come if nobody does anything, in order."""
    while (firing := next_firing(case)) is not None:
        yield firing
        case = after_step(case, firing.at)


def answer_due(case: Case) -> datetime | None:
    """When the present stage's answer is due, by its SLA or by the record's own date; None where neither is."""
    current = case.chase.current
    return None if current is None or current.cause else _share(case, current, _WHOLE)


def kept_time(case: Case) -> bool | None:
    """Whether every answer came at the latest when it was due; None where none had a time. Of a case that is over."""
    timed = [one for one in _last_of_each_stage(case) if _has_time(case, one)]
    if not timed:
        return None
    return all((at := _share(case, one, _WHOLE)) is None or one.until is None or one.until <= at for one in timed)


def _last_of_each_stage(case: Case) -> list[Segment]:
    return list({one.stage: one for one in case.chase.segments if one.stage < len(case.plan.stages)}.values())


def _has_time(case: Case, segment: Segment) -> bool:
    return case.plan.stages[segment.stage].sla is not None or deadline(case) is not None


def deadline(case: Case) -> datetime | None:
    """Until when an answer is any use for the record's own date."""
    at = case.event.deadline
    return None if at is None else at - case.plan.deadline_buffer


def _numbered(steps: Sequence[Step], number: int) -> tuple[int, int, Step] | None:
    for index, step in enumerate(steps):
        if number <= step.repeat:
            return index, number, step
        number -= step.repeat + 1
    return None


def _when(case: Case, current: Segment, step: Step, *, again: int) -> datetime | None:
    if isinstance(step.after, Decimal) and again == 0:
        return _share(case, current, step.after)
    span = step.after if isinstance(step.after, Span) else _part(case.plan.stages[current.stage].sla, step.after)
    if span is None:
        return None
    since_last = [one for one in _of_stage(case, current.stage) if one.fired == current.fired]
    return _reached(since_last, span, case.plan.calendar)


def _share(case: Case, current: Segment, share: Decimal) -> datetime | None:
    """When ``share`` of the time for an answer has passed, by the SLA or by the deadline, whichever is earlier."""
    segments = _of_stage(case, current.stage)
    sla = _part(case.plan.stages[current.stage].sla, share)
    by_sla = _reached(segments, sla, case.plan.calendar) if sla is not None else None
    by_date = _by_deadline(case, segments[0].since, share)
    return min((at for at in (by_sla, by_date) if at is not None), default=None)


def _by_deadline(case: Case, opening: datetime, share: Decimal) -> datetime | None:
    until = deadline(case)
    if until is None:
        return None
    room = between(case.plan.calendar, opening, until)
    return used_up(case.plan.calendar, opening, _times(room, share))


def _reached(segments: Sequence[Segment], span: Span, calendar: Calendar | None) -> datetime | None:
    """When ``span`` has been used up over the segments in which the clock ran."""
    left = span.amount
    for one in segments:
        if one.cause:
            continue
        got = None if one.until is None else (one.until - one.since if span.wall else one.worked)
        if got is None or got >= left:
            return due(calendar, one.since, Span(left, span.wall))
        left -= got
    return None


def _of_stage(case: Case, stage: int) -> list[Segment]:
    return [one for one in case.chase.segments if one.stage == stage]


def _part(span: Span | None, share: Decimal) -> Span | None:
    return None if span is None else Span(_times(span.amount, share), span.wall)


def _times(amount: timedelta, share: Decimal) -> timedelta:
    return int(amount // _MICROSECOND * share) * _MICROSECOND

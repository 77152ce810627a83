"""Which steps ought to have been done on a case: worked out anew from its plan and its audit entries alone. Core, pure.

This is the other half of the promise that no step is missed: it reads neither ``due_at`` nor the clock that is kept
with the case, so that whatever goes wrong there is found here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.cases.chase import Chase, Segment
from bot.cases.model import Case
from bot.escalation.stopwatch import after_step, cut
from bot.escalation.timetable import next_firing


@dataclass(frozen=True, slots=True)
class Noted:
    """An audit entry of a case, as far as time is concerned."""

    at: datetime
    action: str
    actor: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Missing:
    """A step that was due and of which no entry tells."""

    case_id: int
    stage: int  #: from 0
    number: int  #: from 0, repeats counted
    due_at: datetime


#: What makes another plan of a case, or may: what was due before is not judged by the plan of today.
_JUDGED_ANEW = frozenset(
    {"case.revised", "case.rerouted", "case.amended", "case.finding_gained", "case.deadline_moved"}
    | {"exception.changed", "exception.learnt", "exception.reopened"}
)

#: Every action that says something about time; reading these is enough.
ACTIONS = (
    *("case.opened", "case.stage_approved", "clock.paused", "clock.resumed"),
    *("exception.acknowledged", "exception.assigned", "exception.handed_back", "exception.snoozed"),
    *("exception.changed", "exception.resolved", "exception.reopened"),
    *sorted(_JUDGED_ANEW),
    *("escalation.reminded", "escalation.messaged", "escalation.posted", "escalation.reassigned"),
    *("escalation.widened", "escalation.skipped", "escalation.withheld"),
)


def missing(case: Case, entries: Sequence[Noted], until: datetime) -> tuple[Missing, ...]:
    """The steps of a pending ``case`` that were due by ``until`` and were neither done nor passed over."""
    done = set(_done(entries))
    found: list[Missing] = []
    played = replace(case, chase=Chase())
    for at, wanted, anew in _changes(case, entries):
        played, due = _play(played, at)
        found = [] if anew else [*found, *due]
        fired = max((number + 1 for stage, number in done if stage == wanted.stage), default=0) if anew else None
        played = _turn(played, wanted, at, fired)
    _, due = _play(played, until)
    return tuple(one for one in (*found, *due) if (one.stage, one.number) not in done)


def _play(case: Case, until: datetime) -> tuple[Case, list[Missing]]:
    """``case`` with every step done that falls due up to ``until``, and those steps."""
    due: list[Missing] = []
    while (firing := next_firing(case)) is not None and firing.at <= until:
        current = case.chase.segments[-1]
        due.append(Missing(case.id, current.stage, firing.number, firing.at))
        case = after_step(case, firing.at)
    return case, due


def _turn(case: Case, wanted: Segment, at: datetime, fired: int | None) -> Case:
    """The clock goes on in another stage, stands still, or goes on under another plan."""
    known = case.chase.fired_in(wanted.stage) if fired is None else fired
    return replace(case, chase=cut(case.chase, case.plan, at=at, then=replace(wanted, fired=known)))


def _changes(case: Case, entries: Iterable[Noted]) -> Iterator[tuple[datetime, Segment, bool]]:
    """When the clock began, turned to another stage, stood still or went on; whether all is judged anew from there."""
    place = _Place()
    for one in entries:
        moved = _moved(place, one, case)
        anew = one.action in _JUDGED_ANEW
        if one.action == "case.opened" or anew or (moved.stage, moved.cause) != (place.stage, place.cause):
            yield one.at, Segment(moved.stage, 0, one.at, cause=moved.cause), anew
        place = moved


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a case stood at one entry."""

    stage: int = 0
    cause: str = ""  #: why the clock stands still
    answered: frozenset[str] = frozenset()  #: who approved the stage


#: What an entry by itself says of where a case stands from then on.
_TURNS: Mapping[str, Mapping[str, Any]] = {
    "case.revised": {"stage": 0, "answered": frozenset()},
    "case.rerouted": {"stage": 0, "answered": frozenset()},
    "clock.resumed": {"cause": ""},
    "exception.acknowledged": {"stage": 1, "cause": ""},
    "exception.assigned": {"stage": 0},
    "exception.handed_back": {"stage": 0},
    "exception.resolved": {"cause": "resolved"},
    "exception.reopened": {"stage": 0, "cause": ""},
}


def _moved(place: _Place, one: Noted, case: Case) -> _Place:
    match one.action:
        case "case.stage_approved":
            answered = place.answered | {one.actor}
            is_last = place.stage + 1 == len(case.plan.stages)
            if is_last or len(answered) < case.plan.stages[place.stage].count:
                return replace(place, answered=answered)
            return replace(place, stage=place.stage + 1, answered=frozenset())
        case str(action) if action in _TURNS:
            return replace(place, **_TURNS[action])
        case "clock.paused" | "exception.snoozed":
            return replace(place, cause=str(one.detail.get("cause") or "paused"))
        case _:
            return place


def _done(entries: Iterable[Noted]) -> Iterator[tuple[int, int]]:
    """(stage, number) of every step that an entry tells of."""
    for one in entries:
        stage, number = one.detail.get("stage"), one.detail.get("number")
        if not one.action.startswith("escalation.") or not isinstance(stage, int) or not isinstance(number, int):
            continue
        yield stage - 1, number - 1
        passed_over = one.detail.get("passed_over")
        for missed in passed_over if isinstance(passed_over, list) else ():
            yield stage - 1, int(missed["number"]) - 1

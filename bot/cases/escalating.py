"""Carrying out the steps of an escalation that are due on a case: who is told, who is asked, how it ends.

Core. Steps that are overdue together collapse into the newest: nobody reads a pile of reminders after an outage, and
what was passed over, and why, is kept with the step that was done. A change of who is asked is never passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases.answers import Transition, update_cards
from bot.cases.escalation_acts import act, moves
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.config.durations import write_duration
from bot.config.spans import write_after
from bot.escalation.stopwatch import after_step
from bot.escalation.timetable import Firing, next_firing

#: A step that is later than this, with a newer one due as well, was missed: the program was not running.
MISSED = timedelta(seconds=60)


def escalate(case: Case, rules: Rules, now: datetime) -> Transition:
    """``case`` after every step that is due at ``now``."""
    due = _due(case, now)
    newest = due[-1].at
    made = Transition(case, ())
    missed: list[Firing] = []
    for firing in due:
        if not made.case.is_waiting:
            break
        stepped = after_step(made.case, firing.at)
        if firing.at < newest and now - firing.at > MISSED:
            missed.append(firing)
            made = replace(made, case=moves(stepped, firing.step, rules))
            continue
        told = {**_detail(firing, stepped, now), **_passed_over(missed)}
        missed = []
        made = _and_then(made, act(stepped, firing.step, told, rules, now))
    return replace(made, effects=tuple(dict.fromkeys((*made.effects, *update_cards(made.case)))))


def _due(case: Case, now: datetime) -> Sequence[Firing]:
    found: list[Firing] = []
    while (firing := next_firing(case)) is not None and firing.at <= now:
        found.append(firing)
        case = after_step(case, firing.at)
    return found


def _and_then(before: Transition, made: Transition) -> Transition:
    return Transition(made.case, before.entries + made.entries, before.effects + made.effects)


def _detail(firing: Firing, case: Case, now: datetime) -> Mapping[str, object]:
    """What every entry of a step says: which step, when it was due, how long the case has been waiting."""
    return {
        "record": case.event.title,
        "escalation": case.plan.escalation,
        "stage": case.chase.segments[-1].stage + 1,
        "number": firing.number + 1,
        "step": firing.index + 1,
        "of": len(case.plan.steps),
        "repeat": firing.round,
        "after": write_after(firing.step.after),
        "due_at": firing.at.isoformat(),
        "waiting": write_duration(timedelta(minutes=(now - case.opened_at) // timedelta(minutes=1))),
    }


def _passed_over(missed: Sequence[Firing]) -> Mapping[str, object]:
    if not missed:
        return {}
    told = [{"number": one.number + 1, "act": one.step.act.value, "due_at": one.at.isoformat()} for one in missed]
    return {"passed_over": told, "because": "Signoff was not running when they were due; a newer step was due as well"}

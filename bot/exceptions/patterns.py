"""Repeats: the n-th case about one product, place or partner within a window opens a case of its own.

Core. It lists what repeats, and asks for a root cause like any exception; the cases that it lists go their own way.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.cases.answers import Transition
from bot.cases.event import OURS, Event, Finding, RecordRef
from bot.cases.model import Case
from bot.cases.planning import Rules, plan_for
from bot.config.durations import write_duration
from bot.config.model import Pattern, Rule
from bot.exceptions.care import NOT_YET
from bot.exceptions.commands import Recur, Repeated
from bot.exceptions.showing import fresh, show
from bot.text import one_line

#: Cases that the card lists.
_NAMED: Final = 8


def subject_of(event: Event, by: str) -> str | None:
    """What repeats; None where the case is about nothing of that kind."""
    return {"product": event.product, "location": event.place, "partner": event.partner}[by]


def watched(made: Transition, rules: Rules) -> Transition:
    """``made``; where it opens a case that may repeat, that is to be looked at."""
    case = made.case
    counts = any(case.event.event_type in one.event_types for one in rules.config.patterns.values())
    if case.id or not counts or case.predecessor is not None or case.record.model == OURS:
        return made
    return replace(made, then=(*made.then, Recur(0)))


def recur(case: Case, command: Recur, rules: Rules, now: datetime) -> Transition | None:
    """The repeat that ``case`` completes, the first of those that the config names."""
    for repeated in command.found:
        pattern = rules.config.patterns.get(repeated.pattern)
        if pattern is not None and len(repeated.cases) >= pattern.count:
            return _open(case, pattern, repeated, rules, now)
    return None


def _open(case: Case, pattern: Pattern, repeated: Repeated, rules: Rules, now: datetime) -> Transition:
    subject = one_line(subject_of(case.event, repeated.by) or "", 80)
    number, within = len(repeated.cases), write_duration(pattern.window)
    listed = [f"case {one.case_id} ({one_line(one.title, 60)})" for one in repeated.cases[-_NAMED:]]
    event = replace(
        case.event,
        record=RecordRef(case.record.source, OURS, case.id),
        event_type=pattern.name,
        findings=(Finding(pattern.name, f"{number} times within {within}"),),
        title=one_line(f"Repeats: {subject}", 150),
        value=None,
        makers=(),
        seen=(),
        context=(("What repeats", ", ".join(pattern.event_types)), ("Cases", "; ".join(reversed(listed)))),
        link="",
        deadline=None,
        deadline_what="",
        apart=(),
    )
    under = replace(rules, config=replace(rules.config, rules=(Rule(f"pattern {pattern.name}", pattern.policy, 0),)))
    return show(fresh(event, plan_for(event, under), NOT_YET, now), rules, now)

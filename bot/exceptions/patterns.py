"""Repeats: the n-th case about one product, place, counter or partner within a window opens a case of its own.

Core. It lists what repeats, and asks for a root cause like any exception; the cases that it lists go their own way.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.cases.answers import Transition
from bot.cases.event import OURS, Event, Finding, RecordRef, Related, Severity
from bot.cases.model import Case
from bot.cases.planning import Rules, plan_for
from bot.config.durations import write_duration
from bot.config.model import Config, Pattern
from bot.exceptions.care import NOT_YET
from bot.exceptions.commands import Recur, Repeated
from bot.exceptions.showing import fresh, show
from bot.text import one_line

#: Cases that the card lists.
_NAMED: Final = 8

_SUBJECT: Final = 80


def subjects_of(event: Event, by: str) -> tuple[str, ...]:
    """What repeats, each by itself; none where the case is about nothing of that kind, or nobody can tell."""
    if by == "product" and event.products:
        return event.products
    one = {
        "product": event.product,
        "location": event.place,
        "zone": event.zone,
        "counter": event.counter,
        "partner": event.partner,
    }[by]
    return (one,) if one else ()


def counted(event: Event, config: Config) -> tuple[tuple[Pattern, str, str], ...]:
    """(pattern, by, subject) of everything that a case about ``event`` may repeat."""
    asked = [one for one in config.patterns.values() if event.event_type in one.event_types]
    return tuple((one, by, subject) for one in asked for by in one.by for subject in subjects_of(event, by))


def parent_of(source: str, pattern: str, by: str, subject: str) -> RecordRef:
    """What stands in for the record of the case that asks why ``subject`` repeats: one of them is open at a time."""
    digest = hashlib.sha256("\n".join((pattern, by, subject)).encode()).digest()
    return RecordRef(source, OURS, int.from_bytes(digest[:7], "big"))


def watched(before: Case | None, made: Transition, rules: Rules) -> Transition:
    """``made``; where it opens a case that may repeat, or one is about more than before, that is to be looked at."""
    case = made.case
    if not rules.config.patterns or case.predecessor is not None or case.record.is_ours:
        return made
    now_about = counted(case.event, rules.config)
    known = () if before is None or not case.id else counted(before.event, rules.config)
    if set(now_about) <= set(known):
        return made
    return replace(made, then=(*made.then, Recur(case.id)))


def recur(case: Case, command: Recur, rules: Rules, now: datetime) -> Transition | None:
    """The case about the first of what repeats that the config still names, if it is often enough."""
    for repeated in command.found:
        pattern = rules.config.patterns.get(repeated.pattern)
        if pattern is not None and repeated.number >= pattern.count:
            return _open(case, pattern, repeated, rules, now)
    return None


def _open(case: Case, pattern: Pattern, repeated: Repeated, rules: Rules, now: datetime) -> Transition:
    by, subject = repeated.by, repeated.subject
    said = one_line(subject, _SUBJECT)
    listed = [Related(one.case_id, one_line(one.title, _SUBJECT), one.link) for one in repeated.cases[-_NAMED:]]
    left = repeated.number - len(listed)
    event = replace(
        case.event,
        record=parent_of(case.record.source, pattern.name, by, subject),
        event_type=pattern.name,
        findings=(Finding(pattern.name, f"{repeated.number} times within {write_duration(pattern.window)}"),),
        title=one_line(f"Repeats: {f'{said} counted' if by == 'counter' else said}", 150),
        value=None,
        makers=(),
        seen=(),
        context=(
            ("What repeats", ", ".join(pattern.event_types)),
            (by.capitalize(), said),
            *((("Before those below", f"{left} more"),) if left else ()),
        ),
        link="",
        partner=subject if by == "partner" else None,
        customer_class=None,
        category=None,
        product=subject if by == "product" else None,
        place=subject if by == "location" else None,
        products=(),
        zone=subject if by == "zone" else None,
        counter=subject if by == "counter" else None,
        severity=Severity.HIGH if any(one.is_urgent for one in repeated.cases) else Severity.NORMAL,
        deadline=None,
        deadline_what="",
        lines=None,
        apart=(),
        related=tuple(reversed(listed)),
    )
    return show(fresh(event, plan_for(event, rules), NOT_YET, now), rules, now)

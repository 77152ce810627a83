"""What a card says of time: until when an answer is due, how far the escalation has got, and who is next and when.

Core: pure. Instants come with their words, because only they need markup; people read them in their own zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.cases.model import Case, Kind, Status
from bot.cases.timing import expires_at, held_until
from bot.config.model import ASSIGNEES, Act, Step
from bot.escalation.timetable import answer_due, deadline, next_firing
from bot.text import one_line

#: Words, and the instant that follows them.
Timed = tuple[str, datetime | None]


#: What is due, where it is no answer.
_DUE = {Status.OPEN: "To be taken by", Status.ACKNOWLEDGED: "To be resolved by"}


def waiting(case: Case) -> Iterator[Timed]:
    """What is worth knowing while people are asked; nothing once it is decided."""
    if not case.is_waiting:
        return
    if (at := held_until(case)) is not None:
        yield "Counts", at
        return
    if case.kind is Kind.LIST:
        yield from [("The first answer is due", case.event.deadline)] if case.event.deadline else []
        return
    yield from _answer(case)
    if case.chase.paused:
        yield f"The clock stands still: {one_line(case.chase.paused, 100)}. Until", case.chase.paused_until
    if case.care is not None and case.care.hand_back_at is not None and not case.chase.paused:
        yield "Without news it is nobody's again", case.care.hand_back_at
    yield from _escalation(case)
    if (at := expires_at(case)) is not None:
        yield "Expires", at


def _escalation(case: Case) -> Iterator[Timed]:
    """How far it has got, and who is next and when."""
    if case.chase.level:
        yield f"Escalation level {case.chase.level} of {levels(case)}.", None
    if (firing := next_firing(case)) is not None:
        yield f"Next: {next_words(firing.step)}", firing.at
    elif case.chase.level and not case.chase.paused:
        yield "No further step comes by itself.", None


def levels(case: Case) -> int:
    """How many steps there are for a stage, repeats counted."""
    return sum(step.repeat + 1 for step in case.plan.steps)


def next_words(step: Step) -> str:
    """What a step does, for people."""
    asked = step.to == ASSIGNEES
    words = {
        Act.REMIND: "a reminder",
        Act.DM: "a direct message to those asked" if asked else "a message to the escalation contact",
        Act.POST: f"told in {step.to}",
        Act.REASSIGN: f"handed to {_role(step)}",
        Act.WIDEN: f"{_role(step)} asked too",
        Act.EXPIRE: "over without a decision",
        Act.REJECT: "rejected without an answer",
        Act.APPROVE: f"approved without an answer up to {step.limit}",
    }
    return words[step.act]


def _answer(case: Case) -> Iterator[Timed]:
    until = deadline(case)
    if until is not None and case.event.deadline is not None:
        yield "Settle before" if case.care else "Decide before", until
        yield one_line(case.event.deadline_what, 80) or "The record's own date is", case.event.deadline
    due = answer_due(case)
    if due is not None and due != until:
        yield _DUE.get(case.status, "Answer due"), due


def _role(step: Step) -> str:
    return step.to.replace("_", " ")

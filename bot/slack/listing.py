"""Cases as lines of a list, and one case at length: what supervisors read after asking. Core: pure.

Nothing is left out here that may not be seen: who asks gets cases that are masked already.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.approvals.quorum import current_stage
from bot.cases.model import Case, Kind, Status
from bot.escalation.timetable import answer_due
from bot.slack import words
from bot.slack.cards import render
from bot.slack.notice import Notice, notice
from bot.text import either, one_line

Block = dict[str, Any]

_NOUNS = {Kind.APPROVAL: ("approval", "approvals"), Kind.EXCEPTION: ("exception", "exceptions")}
#: Begins a line of a list: on a phone each takes several.
MARK = "•"
#: Of a case that is over.
_HOW = 120


def line(case: Case, now: datetime) -> str:
    """One open case: which, how much, what is the matter, whose turn, how old, how late."""
    place = f" at {case.plan.site}" if case.plan.site else ""
    age = f"open for {words.span(now - case.opened_at)}"
    return f"{_named(case)}{place}, {turn(case)}, {age}{_late(case, now)}"


def _named(case: Case) -> str:
    return f"Case {case.id}: {words.headline(case)} ({words.finding(case)})"


def turn(case: Case) -> str:
    """Who has it, or is asked."""
    owner = case.care.owner if case.care else None
    if owner is not None:
        return f"owner {one_line(owner.name, 60)}"
    if case.status is Status.PENDING:
        return f"waits for {either(current_stage(case).roles)}"
    if case.is_waiting:
        return "nobody has it in hand"
    return "waits for Odoo"


def _late(case: Case, now: datetime) -> str:
    due = answer_due(case) if case.is_waiting else None
    if due is None:
        return ""
    return f", LATE by {words.span(now - due)}" if due < now else f", due in {words.span(due - now)}"


def past_line(case: Case, now: datetime) -> str:
    """A case of the past or the present on a line of a record's history."""
    opened = f"opened {words.span(now - case.opened_at)} ago"
    return f"{_named(case)}, {opened}. {one_line(words.standing(case), _HOW)}"


def listed(kind: Kind, cases: Sequence[Case], total: str, hints: Sequence[str], more: str, now: datetime) -> Notice:
    """A page of a list, with how it was read and how to go on."""
    one, many = _NOUNS[kind]
    noun = one if total == "1" else many
    lines = [f"{MARK} {line(case, now)}" for case in cases] or [f"No open {many} that you can see answer this."]
    notes = [*hints, *([more] if more else [])]
    return notice([*lines, *([""] if notes else []), *notes], title=f"{total} open {noun}")


def at_length(case: Case) -> Notice:
    """The card as it stands, without its buttons: this copy is not drawn again."""
    card = render(case, "")
    return Notice(card.text, tuple(block for block in card.blocks if block["type"] != "actions"))

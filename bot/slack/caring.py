"""What a thread is told of an exception: who took it, gave it away, put it off, settled it, opened it again;
and what the thread of a list is told.

Core: pure; lines for ``story.py``'s table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.slack.chasing import Told
from bot.text import one_line


def _taken(told: Told) -> str:
    before = told.text("from")
    return f"{told.text('name')} has it in hand{f', from {before}' if before else ''}."


def _assigned(told: Told) -> str:
    return f"{told.text('name')} asks {told.text('to_name')} to take it."


def _handed_back(told: Told) -> str:
    owner, why = told.text("owner"), one_line(told.text("why"), 180)
    if why:
        return f"Nobody has it in hand again: {owner} cannot be written to. {why}"
    return f"Nobody has it in hand again{f': no news from {owner}' if owner else ''}."


def _snoozed(told: Told) -> str:
    return f"Put off by {told.text('name')}."


def _resolved(told: Told) -> str:
    text = one_line(told.text("text"), 180)
    because = f", cause: {told.text('root_cause')}" if told.text("root_cause") else ""
    said = f"Resolved by {told.text('name')}: {told.text('resolution')}{because}."
    return said + (f" “{text}”" if text else "")


def _reopened(told: Told) -> str:
    return f"Reopened by {told.text('name')}: “{one_line(told.text('reason'), 180)}”"


def _changed(told: Told) -> str:
    changed = told.detail.get("changed")
    rows = changed if isinstance(changed, list) else []
    figures = "; ".join(f"{label}: {before} → {after}" for label, before, after in rows[:5])
    return f"Changed in Odoo: {figures}" if figures else ""


def _grouped(told: Told) -> str:
    return f"Looked after together with others from now on, as case {told.text('group')}."


def _taken_out(told: Told) -> str:
    return f"{told.text('name')} took it out of case {told.text('group')}: it is looked after by itself again."


def _list_reminded(told: Told) -> str:
    named = told.detail.get("records")
    known = [str(one) for one in named] if isinstance(named, list) else []
    number = int(str(told.detail.get("number") or len(known)))
    more = f" and {number - len(known)} more" if number > len(known) else ""
    return f"Still waiting for an answer: {', '.join(known)}{more}."


def _asked(told: Told) -> str:
    return f"{told.text('name')} asks for an approval: “{one_line(told.text('text'), 180)}”"


def _answered(told: Told) -> str:
    return f"The approval that was asked for (case {told.text('approval')}): {one_line(told.text('answer'), 200)}."


#: Audit action -> its line.
LINES: Mapping[str, Callable[[Told], str]] = {
    "exception.acknowledged": _taken,
    "exception.assigned": _assigned,
    "exception.handed_back": _handed_back,
    "exception.snoozed": _snoozed,
    "exception.resolved": _resolved,
    "exception.reopened": _reopened,
    "exception.changed": _changed,
    "exception.grouped": _grouped,
    "exception.taken_out": _taken_out,
    "list.reminded": _list_reminded,
    "exception.asked": _asked,
    "exception.answered": _answered,
}

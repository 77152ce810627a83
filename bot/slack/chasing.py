"""What a thread is told of time: reminders, messages, hand-overs, pauses, and the end of what nobody answered.

Core: pure; lines for ``story.py``'s table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

_MOST_NAMES = 5


class Told(Protocol):
    """What a line is made of."""

    @property
    def detail(self) -> Mapping[str, Any]:
        """The entry's detail."""

    def text(self, name: str) -> str:
        """A text of the detail; empty where there is none."""


def reminded(told: Told) -> str:
    """A reminder."""
    return f"Still waiting for an answer, {_age(told)}.{_not_told(told)}{_passed_over(told)}"


def messaged(told: Told) -> str:
    """Copies of the card were sent to people."""
    people = _people(told)
    whom = f"Sent to {people} as a direct message" if people else "Nobody was found to send a direct message to"
    return f"{whom}: no answer for {_age(told)}.{_not_told(told)}{_passed_over(told)}"


def posted(told: Told) -> str:
    """A copy of the card went into another channel."""
    return f"Told in {told.text('channel')}: no answer for {_age(told)}.{_passed_over(told)}"


def reassigned(told: Told) -> str:
    """Another role is asked instead."""
    return f"Handed to {_role(told)}: no answer for {_age(told)}.{_not_told(told)}{_passed_over(told)}"


def handed_by_hand(told: Told) -> str:
    """A person has another role asked."""
    reason = f" “{told.text('reason')[:180]}”" if told.text("reason") else ""
    return f"{told.text('name')} handed this to {_role(told)}.{reason}{_not_told(told)}"


def woken(told: Told) -> str:
    """Somebody's time without reminders is over; nothing to say where that person is not asked any more."""
    return f"Still waiting for an answer, {_age(told)}." if told.detail.get("mention") else ""


def widened(told: Told) -> str:
    """Another role is asked too."""
    return f"{_role(told).capitalize()} is asked too: no answer for {_age(told)}.{_not_told(told)}{_passed_over(told)}"


def skipped(told: Told) -> str:
    """A step that could not be done."""
    return f"A step of the escalation was left out: {told.text('skipped')}."


def withheld(told: Told) -> str:
    """A step that would have approved, and may not."""
    return f"Not approved by itself: {told.text('skipped')}."


def paused(told: Told) -> str:
    """A person stopped the clock."""
    return f"{told.text('name')} stopped the clock: {told.text('cause')}."


def resumed(told: Told) -> str:
    """The clock goes on."""
    by = told.text("name")
    return f"{by} started the clock again." if by else "The pause is over; the clock runs again."


def missed(_told: Told) -> str:
    """The self-audit found a step that was never done."""
    return "A step of the escalation had been missed; it is done now, and the admins see it in their report."


def fell_back(told: Told) -> str:
    """Slack did not take the card, so people were told in Odoo."""
    return f"Slack did not take the card in time; {_people(told)} were told by an activity in Odoo."


def expired(told: Told) -> str:
    """Nobody decided in time."""
    return f"Expired: {told.text('ending')}."


def _age(told: Told) -> str:
    return told.text("waiting") or "some time"


def _role(told: Told) -> str:
    return told.text("role").replace("_", " ")


def _people(told: Told) -> str:
    named = told.detail.get("people") or ()
    known = [str(one) for one in named] if isinstance(named, Sequence) and not isinstance(named, str) else []
    more = f" and {len(known) - _MOST_NAMES} more" if len(known) > _MOST_NAMES else ""
    return ", ".join(known[:_MOST_NAMES]) + more


def _not_told(told: Told) -> str:
    """Who was passed over, and why."""
    named = told.detail.get("not_told")
    pairs = [one for one in named if isinstance(one, Sequence)] if isinstance(named, Sequence) else []
    if not pairs:
        return ""
    said = [f"{email} ({why})" for email, why in pairs[:_MOST_NAMES]]
    more = f" and {len(pairs) - _MOST_NAMES} more" if len(pairs) > _MOST_NAMES else ""
    alone = " Nobody of those asked is at work now." if told.detail.get("nobody_there") else ""
    return f"{alone} Passed over: {', '.join(said)}{more}."


def _passed_over(told: Told) -> str:
    missed = told.detail.get("passed_over")
    number = len(missed) if isinstance(missed, Sequence) else 0
    if not number:
        return ""
    steps = "1 earlier step was" if number == 1 else f"{number} earlier steps were"
    return f" {steps} left out: {told.text('because')}."

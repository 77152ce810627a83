"""What falls due on a case, and when: read off the case alone, so that a restart or a replica finds the same.

Core. ``store.py`` writes ``next_due`` beside every case that it writes; ``ticking.py`` does what is due. A new kind
of due thing is a member of ``Due``, a line in ``due_things`` and an arm in ``ticking.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.cases.model import Case, Status
from bot.cases.remark import open_question, waited_for_answers
from bot.cases.review import owes_review
from bot.escalation.timetable import next_firing


class Due(StrEnum):
    """The closed set of things that time brings about. Of two at the same instant the earlier named goes first."""

    GRACE = "grace"  #: an answer that was held counts
    EXPIRY = "expiry"  #: nobody may decide any more
    TELL = "tell"  #: people are told of an exception that is still true
    HAND_BACK = "hand_back"  #: an exception is nobody's again
    RESUME = "resume"  #: the clock goes on after a pause
    STEP = "step"  #: the next step of the escalation
    WAKE = "wake"  #: somebody's reminders have rested long enough
    REVIEW = "review"  #: whoever owes the review of an emergency approval is reminded


_ORDER = {what: place for place, what in enumerate(Due)}


@dataclass(frozen=True, slots=True)
class DueThing:
    """One thing, and the instant (UTC) at which it is due."""

    at: datetime
    what: Due


def due_things(case: Case) -> tuple[DueThing, ...]:
    """The next thing of every kind that time will bring about if nobody does anything, the earliest first."""
    review = case.chase.review_due if owes_review(case) else None
    if case.closed_at is not None:  # the one thing that outlives a case
        return (DueThing(review, Due.REVIEW),) if review else ()
    step = next_firing(case) if case.intended is None else None  # nobody is chased who has answered
    at = {
        Due.GRACE: held_until(case),
        Due.EXPIRY: expires_at(case),
        Due.TELL: case.care.tell_at if case.care is not None and case.is_waiting else None,
        Due.HAND_BACK: _handed_back_at(case),
        Due.RESUME: case.chase.paused_until,
        Due.STEP: step.at if step else None,
        Due.WAKE: wakes_at(case),
        Due.REVIEW: review,
    }
    found = (DueThing(when, what) for what, when in at.items() if when is not None)
    return tuple(sorted(found, key=lambda thing: (thing.at, _ORDER[thing.what])))


def next_due(case: Case) -> datetime | None:
    """When somebody has to look at the case again."""
    return next((thing.at for thing in due_things(case)), None)


def _handed_back_at(case: Case) -> datetime | None:
    """When the owner of an exception loses it. Not while it is put off: that was agreed."""
    if case.care is None or case.care.parent or case.status is not Status.ACKNOWLEDGED or case.chase.paused:
        return None
    return case.care.hand_back_at


def held_until(case: Case) -> datetime | None:
    """When the answer that is held counts."""
    return case.intended.until if case.intended is not None and case.status is Status.PENDING else None


def expires_at(case: Case) -> datetime | None:
    """When a pending case expires: wall time from its opening, whatever its revision.

    Where the policy says so, not while a question is open, and later by the time that answers took.
    """
    if case.status is not Status.PENDING or case.plan.expires is None or case.intended is not None:
        return None
    at = case.opened_at + case.plan.expires
    if not case.plan.manner.question_pauses:
        return at
    return None if open_question(case.remarks) else at + waited_for_answers(case.remarks)


def wakes_at(case: Case) -> datetime | None:
    """When the first of those who wanted no reminders is to be reminded again."""
    if not case.is_waiting:
        return None
    return min((until for _, until in case.chase.snoozed), default=None)


def is_expired(case: Case, now: datetime) -> bool:
    """Whether the time to decide is over; at the instant itself it is, even where nobody has noted it yet."""
    at = expires_at(case)
    return at is not None and at <= now

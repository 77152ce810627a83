"""How long a case has been waiting, as values: the segments of its clock, and how far its escalation has got.

Core. ``bot.escalation`` keeps them; nothing here counts time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time in which the clock of one stage ran, or stood still for a cause.

    A new one begins with every stage, pause and step, and where the calendar changed: what was used stays as measured.
    """

    stage: int
    fired: int  #: steps of the stage that were done before it began, repeats counted
    since: datetime
    until: datetime | None = None  #: None: it goes on
    worked: timedelta = timedelta(0)  #: working time in it by the calendar of its days, once it has ended
    cause: str = ""  #: why the clock stood still; empty: it ran


@dataclass(frozen=True, slots=True)
class Chase:
    """The clock of a case. Empty where its policy counts no time."""

    segments: tuple[Segment, ...] = ()
    paused: str = ""  #: the cause of the pause that holds now
    paused_until: datetime | None = None  #: when it ends by itself
    snoozed: tuple[tuple[str, datetime], ...] = ()  #: (address, until when this person wants no reminders)
    handed: int = 0  #: how often people have had another role asked
    review_due: datetime | None = None  #: when whoever owes the review of an emergency approval is reminded next

    @property
    def current(self) -> Segment | None:
        """The segment that goes on."""
        last = self.segments[-1] if self.segments else None
        return last if last is not None and last.until is None else None

    @property
    def level(self) -> int:
        """Steps that were done in the stage that is asked now."""
        return self.segments[-1].fired if self.segments else 0

    def is_quiet_for(self, email: str, now: datetime) -> bool:
        """Whether this person wants no reminders now."""
        return any(one == email and now < until for one, until in self.snoozed)

    def fired_in(self, stage: int) -> int:
        """Steps that were done in a stage so far."""
        return max((one.fired for one in self.segments if one.stage == stage), default=0)


NOBODY_COUNTS = Chase()


def chase_to_text(chase: Chase) -> str | None:
    """As JSON; None for an empty one, which costs a case nothing."""
    if chase == NOBODY_COUNTS:
        return None
    rows = [
        [
            one.stage,
            one.fired,
            one.since.isoformat(),
            one.until.isoformat() if one.until else None,
            one.worked // _MICROSECOND,
            one.cause,
        ]
        for one in chase.segments
    ]
    until = chase.paused_until.isoformat() if chase.paused_until else None
    quiet = [[email, at.isoformat()] for email, at in chase.snoozed]
    review = [chase.review_due.isoformat()] if chase.review_due else []
    steered = [quiet, chase.handed, *review] if quiet or chase.handed or review else []
    return json.dumps([rows, chase.paused, until, *steered], ensure_ascii=False, separators=(",", ":"))


def chase_from_text(text: str | None) -> Chase:
    """The inverse of ``chase_to_text``."""
    if text is None:
        return NOBODY_COUNTS
    rows, paused, until, quiet, handed, review = _whole(json.loads(text))
    ends, reminded = (datetime.fromisoformat(at) if at else None for at in (until, review))
    snoozed = tuple((email, datetime.fromisoformat(at)) for email, at in quiet)
    return Chase(tuple(_segment(*row) for row in rows), paused, ends, snoozed, handed, reminded)


def _whole(parts: list[Any]) -> list[Any]:
    """With what older rows do not have."""
    return [*parts, *[None, [], 0, None][len(parts) - 2 :]]


def _segment(stage: int, fired: int, since: str, until: str | None, worked: int, cause: str) -> Segment:
    ended = datetime.fromisoformat(until) if until else None
    return Segment(stage, fired, datetime.fromisoformat(since), ended, worked * _MICROSECOND, cause)

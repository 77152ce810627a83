"""When people work: calendars, and spans that are counted in their hours.

Core: values only. ``bot.escalation.calendar`` counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

#: Opening and closing in minutes from midnight of the day; a closing above 1440 is on the day after.
Hours = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working hours of a place."""

    timezone: str  #: IANA name
    hours: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]  #: Monday to Sunday
    holidays: tuple[str, ...] = ()  #: regions whose public holidays are free: ``US``, ``US-IL``
    closed: frozenset[date] = frozenset()  #: own closing days


@dataclass(frozen=True, slots=True)
class Span:
    """An amount of time."""

    amount: timedelta
    wall: bool = False  #: counted around the clock; else in the hours of the case's calendar

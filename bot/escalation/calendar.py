"""Working time: how much of it lies between two instants, and when an amount of it will be used up.

Core: pure; instants are aware datetimes in UTC. Opening hours are local clock times of the calendar's zone: a night
when the clocks change is an hour shorter or longer, as the people on shift live it. A clock time that comes twice is
the first of the two; one that is skipped counts as the clock would have stood without the change.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bot.config.model import Calendar, Span

_DAY = timedelta(days=1)
_NONE = timedelta(0)

#: No amount that a config can ask for takes longer in a calendar that is open for a minute a week.
_FARTHEST = timedelta(days=366 * 20)

Opening = tuple[datetime, datetime]


def between(calendar: Calendar | None, start: datetime, end: datetime) -> timedelta:
    """Working time from ``start`` to ``end``; none where ``end`` is not later. Without a calendar all time is."""
    if end <= start:
        return _NONE
    if calendar is None:
        return end - start
    inside = (min(closes, end) - max(opens, start) for opens, closes in _openings(calendar, start, end))
    return sum((span for span in inside if span > _NONE), _NONE)


def used_up(calendar: Calendar | None, start: datetime, amount: timedelta) -> datetime | None:
    """The earliest instant at which ``amount`` of working time has passed since ``start``.

    Nothing is used up at the start itself, and an amount that ends with the day is used up at closing, not at the next
    opening. None where the calendar will not be open for so long within twenty years.
    """
    if amount <= _NONE:
        return start
    if calendar is None:
        return start + amount
    left = amount
    for opens, closes in _openings(calendar, start, start + _FARTHEST):
        begins = max(opens, start)
        if closes - begins >= left:
            return begins + left
        left -= max(closes - begins, _NONE)
    return None


def elapsed(calendar: Calendar | None, start: datetime, end: datetime, *, wall: bool) -> timedelta:
    """Time from ``start`` to ``end`` as ``wall`` time, or else as working time."""
    return between(None if wall else calendar, start, end)


def due(calendar: Calendar | None, start: datetime, span: Span) -> datetime | None:
    """When ``span`` is used up after ``start``."""
    return used_up(None if span.wall else calendar, start, span.amount)


def is_open(calendar: Calendar | None, at: datetime) -> bool:
    """Whether ``at`` is working time; the opening instant is, the closing instant is not."""
    return calendar is None or any(opens <= at < closes for opens, closes in _openings(calendar, at, at + _DAY))


def shift(calendar: Calendar, at: datetime) -> Opening | None:
    """The opening hours that hold ``at``, else the next ones; None where there are none within twenty years."""
    return next((found for found in _openings(calendar, at, at + _FARTHEST) if found[1] > at), None)


def _openings(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Opening]:
    """Opening hours that may lie between two instants, in order and without overlaps."""
    zone = ZoneInfo(calendar.timezone)
    # A span belongs to the day on which it starts: the night shift of the day before may still be running.
    day, last = start.astimezone(zone).date() - _DAY, end.astimezone(zone).date()
    open_until = start - _DAY * 3
    while day <= last:
        for opens, closes in _spans(calendar, day):
            if closes > open_until:
                yield max(opens, open_until), closes
                open_until = closes
        day += _DAY


@lru_cache(maxsize=4096)
def _spans(calendar: Calendar, day: date) -> tuple[Opening, ...]:
    """The spans that start on one day, as instants."""
    if day in calendar.closed or any(day in _public_holidays(region, day.year) for region in calendar.holidays):
        return ()
    zone = ZoneInfo(calendar.timezone)
    found = (
        (_instant(zone, day, opens), _instant(zone, day, closes)) for opens, closes in calendar.hours[day.weekday()]
    )
    return tuple(sorted((opens, closes) for opens, closes in found if closes > opens))


def _instant(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """A local clock time, in minutes from midnight of ``day``: 1440 and more are the day after."""
    days, minute = divmod(minute, 24 * 60)
    return datetime.combine(day + days * _DAY, time(minute // 60, minute % 60), zone).astimezone(UTC)


@lru_cache(maxsize=256)
def _public_holidays(region: str, year: int) -> frozenset[date]:
    """Public holidays of a country or of a part of it (``US``, ``US-IL``), with the days on which they are observed."""
    country, _, part = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year, observed=True))

"""The stretch of time that a report is about, in whose zone it is told.

Core. Half open: the first instant is in it, the last is in the next one. A day begins at midnight of the zone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.model import Config

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """[since, until), in UTC."""

    since: datetime
    until: datetime
    zone: ZoneInfo  #: in which it is told

    def local(self, at: datetime) -> str:
        """An instant as people of the zone read it."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def __str__(self) -> str:
        """``2026-11-14 00:00 to 2026-11-21 00:00 (America/Chicago)``."""
        return f"{self.local(self.since)} to {self.local(self.until)} ({self.zone.key})"


def zone_of(config: Config, sites: Collection[str] = ()) -> ZoneInfo:
    """The zone of the one site that is asked about, else of the default calendar, else UTC."""
    site = config.sites.get(next(iter(sites))) if len(sites) == 1 else None
    name = (site.calendar if site else None) or config.calendar
    return ZoneInfo(config.calendars[name].timezone if name else "UTC")


def up_to(until: datetime, zone: ZoneInfo) -> Period:
    """The seven days of 24 hours before an instant."""
    return Period(until - WEEK, until, zone)


def week_before(day: datetime, zone: ZoneInfo) -> Period:
    """The seven local days before the local day of an instant."""
    midnight = day.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return Period((midnight - WEEK).astimezone(UTC), midnight.astimezone(UTC), zone)


def instant(text: str, zone: ZoneInfo) -> datetime:
    """``2026-11-16`` is midnight of the zone, ``2026-11-16T06:00`` a time there; an offset at the end counts.

    Raises ValueError for anything else.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        msg = f'"{text}" is neither a day such as 2026-11-16 nor a time such as 2026-11-16T06:00'
        raise ValueError(msg) from None
    return (read.replace(tzinfo=zone) if read.tzinfo is None else read).astimezone(UTC)

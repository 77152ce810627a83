"""Working hours: opening times, days, time zones, public holidays, and spans that are counted in them.

Core. Zones and holidays are asked of the libraries that know them, so that a name which loads can be counted with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import holidays
from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from bot.config.durations import write_duration
from bot.config.fields.known import refuse
from bot.config.fields.shown import KIND, shown
from bot.config.fields.text import Text
from bot.config.model import Span
from bot.config.problems import did_you_mean
from bot.config.spans import read_span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT = 24 * 60
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=366)
_MOST_PERCENT = 1000
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)


def _timezone(name: str) -> str:
    if name not in available_timezones():
        refuse(f'no time zone named "{name}"', did_you_mean(name, available_timezones()) or "write America/Chicago")
    ZoneInfo(name)
    return name


TimeZone = Annotated[Text, AfterValidator(_timezone), shown("IANA time zone", example="America/Chicago")]


def _region(name: str) -> str:
    country, _, part = name.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        refuse(f'no holidays of "{country}" are known', "write a country such as US, or a part of it such as US-IL")
    if part and part not in known[country]:
        refuse(f'no holidays of "{part}" in {country} are known', did_you_mean(part, known[country]))
    return name


Region = Annotated[Text, AfterValidator(_region), shown("country or part of it", example="US-IL")]


def _date(value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        refuse("must be a date", "write it as 2026-12-24")


Day = Annotated[date, BeforeValidator(_date), shown("date", example="2026-12-24")]


def _time(value: object) -> time:
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        refuse("must be a time of day", 'write it as "08:00"')
    return time(int(found[1]), int(found[2]))


TimeOfDay = Annotated[
    time, BeforeValidator(_time), shown("time of day", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", example="08:00")
]


def _span(value: object) -> Span:
    if not isinstance(value, str):
        refuse("a length of time needs its unit", f"write {value}m, {value}h or {value}h wall")
    try:
        span = read_span(value)
    except ValueError:
        refuse("must be a length of time", "write it as 30m or 1h30m of working time, or as 2h wall around the clock")
    if not _SHORTEST <= span.amount <= _LONGEST:
        refuse(f"must be from {write_duration(_SHORTEST)} to {write_duration(_LONGEST)}")
    return span


_WRITTEN_SPAN = r"(\d+d)?(\d+h)?(\d+m)?(\d+s)?( wall)?"

WorkingSpan = Annotated[
    Span, BeforeValidator(_span), shown("working time, or wall time", pattern=f"^{_WRITTEN_SPAN}$", example="2h wall")
]


def _share_or_span(value: object) -> Decimal | Span:
    found = re.fullmatch(r"(\d{1,4})%", value, re.ASCII) if isinstance(value, str) else None
    if found is None:
        return _span(value)
    if not 0 < int(found[1]) <= _MOST_PERCENT:
        refuse(f"must be from 1% to {_MOST_PERCENT}%")
    return Decimal(found[1]) / 100


ShareOrSpan = Annotated[
    Decimal | Span,
    BeforeValidator(_share_or_span),
    shown("share of the SLA, or a span", pattern=rf"^(\d+%|{_WRITTEN_SPAN})$", example="50%"),
]


def _week(value: object) -> object:
    if not isinstance(value, dict) or not value:
        refuse("must be a mapping of days to hours", 'write mon-fri: "06:00-18:00"')
    week: dict[str, tuple[tuple[int, int], ...]] = {}
    for days, hours in value.items():
        spans = tuple(sorted(_opening(one) for one in (hours if isinstance(hours, list) else [hours])))
        for day in _days(days):
            if day in week:
                refuse(f"{day} is named twice")
            week[day] = spans
    whole = tuple(week.get(day, ()) for day in DAYS)
    _refuse_overlaps(whole)
    return whole


def _days(text: str) -> Iterator[str]:
    """``mon-fri``, ``sat``, ``fri-mon``, ``mon,wed``."""
    for part in text.replace(" ", "").lower().split(","):
        first, _, last = part.partition("-")
        for day in (first, last or first):
            if day not in DAYS:
                refuse(f'no day named "{day}"', f"days are {', '.join(DAYS)}; write mon-fri or sat,sun")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        yield from (DAYS[number % 7] for number in range(begin, (end if end >= begin else end + 7) + 1))


def _opening(value: object) -> tuple[int, int]:
    found = _HOURS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        refuse("must be hours of a day", 'write "06:00-18:00"; "22:00-06:00" runs on into the next day')
    opens = int(found[1]) * 60 + int(found[2])
    closes = _MIDNIGHT if found[3] is None else int(found[3]) * 60 + int(found[4])
    if opens == closes:
        refuse("opens and closes at the same time", 'write "00:00-24:00" for the whole day')
    return opens, closes if closes > opens else closes + _MIDNIGHT


def _refuse_overlaps(week: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    flat = [
        (day * _MIDNIGHT + opens, day * _MIDNIGHT + closes) for day, hours in enumerate(week) for opens, closes in hours
    ]
    first = flat[0]
    for (_, closes), (opens, _) in zip(flat, [*flat[1:], (first[0] + 7 * _MIDNIGHT, 0)], strict=True):
        if opens < closes:
            day = DAYS[opens // _MIDNIGHT % 7]
            refuse(f"hours of {day} begin before earlier ones have ended")


def _every_day(value: object) -> object:
    """``"22:00-06:00"`` in place of a mapping means the same hours every day."""
    return {"mon-sun": value} if isinstance(value, str | list) else value


_SPANS = {"type": ["string", "array"], "items": {"type": "string"}}

Week = Annotated[
    tuple[tuple[tuple[int, int], ...], ...],
    BeforeValidator(_week),
    WithJsonSchema(
        {
            "type": "object",
            KIND: "days with their hours",
            "additionalProperties": _SPANS,
            "examples": [{"mon-fri": "06:00-18:00", "sat": ["08:00-12:00", "13:00-15:00"]}],
        }
    ),
]

WeekOrEveryDay = Annotated[
    tuple[tuple[tuple[int, int], ...], ...],
    BeforeValidator(_week),
    BeforeValidator(_every_day),
    WithJsonSchema(
        {
            "type": ["string", "array", "object"],
            KIND: "hours of every day, or days with their hours",
            "items": {"type": "string"},
            "additionalProperties": _SPANS,
            "examples": ["22:00-06:00", {"mon-fri": "20:00-06:00", "sat-sun": "00:00-24:00"}],
        }
    ),
]

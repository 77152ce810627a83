"""Calendars, spans and steps as plain JSON values, for plans. Core: values in, values out, and back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.config.model import Act, Calendar, Hours, Span, Step
from bot.money import Money


def span_to_plain(span: Span) -> list[object]:
    """Seconds, and whether they are wall time."""
    return [int(span.amount.total_seconds()), span.wall]


def span_from_plain(plain: list[Any]) -> Span:
    """The inverse of ``span_to_plain``."""
    seconds, wall = plain
    return Span(timedelta(seconds=seconds), wall)


def calendar_to_plain(calendar: Calendar) -> list[object]:
    """Zone, hours from Monday, holidays, own closing days."""
    hours = [[list(span) for span in day] for day in calendar.hours]
    return [calendar.timezone, hours, list(calendar.holidays), sorted(day.isoformat() for day in calendar.closed)]


def calendar_from_plain(plain: list[Any]) -> Calendar:
    """The inverse of ``calendar_to_plain``."""
    timezone, hours, holidays, closed = plain
    mon, tue, wed, thu, fri, sat, sun = (_hours(day) for day in hours)
    free = frozenset(date.fromisoformat(day) for day in closed)
    return Calendar(timezone, (mon, tue, wed, thu, fri, sat, sun), tuple(holidays), free)


def step_to_plain(step: Step) -> list[object]:
    """When, what, for whom, and the rest."""
    after = str(step.after) if isinstance(step.after, Decimal) else span_to_plain(step.after)
    limit = [str(step.limit.amount), step.limit.currency] if step.limit else None
    return [after, step.act.value, step.to, step.also_channel, step.repeat, limit]


def step_from_plain(plain: list[Any]) -> Step:
    """The inverse of ``step_to_plain``."""
    after, act, to, also, repeat, limit = plain
    when = Decimal(after) if isinstance(after, str) else span_from_plain(after)
    return Step(when, Act(act), to, also, repeat, Money(Decimal(limit[0]), limit[1]) if limit else None)


def _hours(day: list[list[int]]) -> Hours:
    return tuple((opens, closes) for opens, closes in day)

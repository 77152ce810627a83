"""Working time: laws that hold in every calendar, and the hard cases one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.config.model import Calendar, Hours
from bot.escalation.calendar import between, is_open, used_up

_FREE: Hours = ()
MINUTE = timedelta(minutes=1)


def week(*, mon_fri: Hours = ((360, 1080),), sat: Hours = _FREE, sun: Hours = _FREE) -> tuple[Hours, ...]:
    return (mon_fri,) * 5 + (sat, sun)


def a_calendar(
    timezone: str = "America/Chicago",
    hours: tuple[Hours, ...] = week(sat=((480, 720),)),
    holidays: tuple[str, ...] = ("US-IL",),
    closed: frozenset[date] = frozenset(),
) -> Calendar:
    """Chicago: Monday to Friday from 6 to 18, Saturday from 8 to 12."""
    mon, tue, wed, thu, fri, sat, sun = hours
    return Calendar(timezone, (mon, tue, wed, thu, fri, sat, sun), holidays, closed)


CHICAGO = a_calendar()
NIGHTS = a_calendar(hours=week(mon_fri=((1320, 1800),)))
BERLIN_NIGHTS = a_calendar("Europe/Berlin", hours=(((1320, 1800),),) * 7, holidays=("DE-BE",))
SPLIT = a_calendar("Asia/Kolkata", hours=week(mon_fri=((540, 780), (840, 1080))), holidays=("IN",))
ALWAYS = a_calendar("Australia/Lord_Howe", hours=(((0, 1440),),) * 7, holidays=())
CALENDARS = (CHICAGO, NIGHTS, BERLIN_NIGHTS, SPLIT, ALWAYS)


def at(text: str, zone: str = "America/Chicago", *, fold: int = 0) -> datetime:
    """A local clock time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


# When an amount of working time is used up; clock times of the calendar's zone.
@pytest.mark.parametrize(
    ("calendar", "start", "amount", "end"),
    [
        pytest.param(CHICAGO, "2026-03-03 09:00", hours(2), "2026-03-03 11:00", id="inside one day"),
        pytest.param(CHICAGO, "2026-03-03 17:00", hours(2), "2026-03-04 07:00", id="over a night"),
        pytest.param(
            CHICAGO, "2026-03-03 17:00", hours(1), "2026-03-03 18:00", id="used up at closing is due at closing"
        ),
        pytest.param(CHICAGO, "2026-03-03 22:00", hours(0), "2026-03-03 22:00", id="nothing is due at the start"),
        pytest.param(CHICAGO, "2026-03-03 22:00", hours(1), "2026-03-04 07:00", id="begins when they open"),
        pytest.param(CHICAGO, "2026-03-03 18:00", hours(1), "2026-03-04 07:00", id="closing time is closed"),
        pytest.param(CHICAGO, "2026-03-06 17:00", hours(5), "2026-03-07 12:00", id="into Saturday"),
        pytest.param(CHICAGO, "2026-03-06 17:00", hours(6), "2026-03-09 07:00", id="over the weekend of the change"),
        pytest.param(CHICAGO, "2026-07-02 17:00", hours(2), "2026-07-06 07:00", id="a holiday observed on Friday"),
        pytest.param(
            CHICAGO, "2027-12-30 17:00", hours(2), "2028-01-03 07:00", id="next year's holiday observed in this"
        ),
        pytest.param(CHICAGO, "2026-03-02 07:00", hours(1), "2026-03-03 07:00", id="a holiday of the state alone"),
        pytest.param(NIGHTS, "2026-03-12 23:00", hours(6), "2026-03-13 05:00", id="over midnight"),
        pytest.param(NIGHTS, "2026-03-13 23:00", hours(6), "2026-03-14 05:00", id="Friday's shift runs into Saturday"),
        pytest.param(NIGHTS, "2026-03-14 23:00", hours(1), "2026-03-16 23:00", id="Saturday has none of its own"),
        pytest.param(NIGHTS, "2026-12-24 23:00", hours(7), "2026-12-25 06:00", id="a shift runs on into a holiday"),
        pytest.param(NIGHTS, "2026-12-24 23:00", hours(8), "2026-12-28 23:00", id="no shift starts on a holiday"),
        pytest.param(SPLIT, "2026-03-05 12:30", hours(1), "2026-03-05 14:30", id="a break at noon"),
        pytest.param(
            a_calendar(closed=frozenset({date(2026, 3, 4)})),
            "2026-03-03 17:00",
            hours(2),
            "2026-03-05 07:00",
            id="an own closing day",
        ),
    ],
)
def test_an_amount_is_used_up(calendar: Calendar, start: str, amount: timedelta, end: str) -> None:
    begins, ends = at(start, calendar.timezone), at(end, calendar.timezone)
    assert used_up(calendar, begins, amount) == ends
    assert between(calendar, begins, ends) == amount


# The night shift of a change of the clocks is as long as the people on it live it.
@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        pytest.param("Europe/Berlin", date(2026, 3, 28), hours(7), id="Berlin, spring"),
        pytest.param("Europe/Berlin", date(2026, 10, 24), hours(9), id="Berlin, autumn"),
        pytest.param("America/Chicago", date(2026, 3, 7), hours(7), id="Chicago, spring"),
        pytest.param("America/Chicago", date(2026, 10, 31), hours(9), id="Chicago, autumn"),
        pytest.param("Australia/Lord_Howe", date(2026, 4, 4), hours(8.5), id="half an hour, autumn"),
        pytest.param("Asia/Kolkata", date(2026, 3, 28), hours(8), id="no change at all"),
    ],
)
def test_a_night_shift_at_a_change_of_the_clocks(zone: str, day: date, length: timedelta) -> None:
    calendar = a_calendar(zone, hours=(((1320, 1800),),) * 7, holidays=())
    opens, closes = at(f"{day} 22:00", zone), at(f"{day + timedelta(days=1)} 06:00", zone)
    assert between(calendar, opens - hours(3), closes + hours(3)) == length
    assert used_up(calendar, opens, length) == closes


def test_a_day_that_is_worked_through_has_23_24_or_25_hours() -> None:
    through = a_calendar(hours=(((0, 1440),),) * 7, holidays=())
    assert [
        between(through, at(f"{day} 00:00"), at(f"{after} 00:00"))
        for day, after in (("2026-03-08", "2026-03-09"), ("2026-03-10", "2026-03-11"), ("2026-11-01", "2026-11-02"))
    ] == [hours(23), hours(24), hours(25)]


def test_hours_that_begin_in_the_skipped_hour_and_end_in_the_doubled_one() -> None:
    skipped = a_calendar(hours=(((150, 300),),) * 7, holidays=())
    doubled = a_calendar(hours=(((0, 90),),) * 7, holidays=())
    assert used_up(skipped, at("2026-03-08 00:00"), hours(1)) == at("2026-03-08 04:30")
    assert used_up(doubled, at("2026-11-01 00:00"), hours(1.5)) == at("2026-11-01 01:30", fold=0)


def test_without_a_calendar_all_time_is_working_time() -> None:
    start = at("2026-03-07 23:00")
    assert used_up(None, start, hours(5)) == start + hours(5)
    assert between(None, start, start + hours(5)) == hours(5)
    assert is_open(None, start)


def test_opening_is_open_and_closing_is_closed() -> None:
    times = ("05:59", "06:00", "17:59", "18:00")
    assert [is_open(CHICAGO, at(f"2026-03-03 {time}")) for time in times] == [False, True, True, False]


def test_a_place_that_never_opens_uses_nothing_up() -> None:
    assert used_up(a_calendar(hours=(_FREE,) * 7), at("2026-03-03 06:00"), MINUTE) is None


calendars = st.sampled_from(CALENDARS)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # bounds
amounts = st.integers(0, 200 * 60).map(lambda minutes: minutes * MINUTE)


@settings(max_examples=150, deadline=None)
@given(calendars, instants, instants, instants)
@example(BERLIN_NIGHTS, *(at(f"2026-03-29 {hour:02}:30", "Europe/Berlin") for hour in (1, 2, 3)))
def test_working_time_adds_up(calendar: Calendar, one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    whole = between(calendar, first, last)
    assert between(calendar, first, middle) + between(calendar, middle, last) == whole
    assert timedelta(0) <= whole <= last - first


@settings(max_examples=150, deadline=None)
@given(calendars, instants, amounts)
def test_what_is_used_up_is_what_has_passed_and_no_instant_is_earlier(
    calendar: Calendar, start: datetime, amount: timedelta
) -> None:
    end = used_up(calendar, start, amount)
    assert end is not None
    assert between(calendar, start, end) == amount
    if end > start:
        assert between(calendar, start, end - timedelta(microseconds=1)) < amount


@settings(max_examples=150, deadline=None)
@given(calendars, instants, amounts, amounts)
def test_more_time_is_used_up_later_and_in_two_steps_as_in_one(
    calendar: Calendar, start: datetime, one: timedelta, other: timedelta
) -> None:
    first = used_up(calendar, start, one)
    assert first is not None
    both = used_up(calendar, start, one + other)
    assert both is not None
    assert both >= first
    assert both == used_up(calendar, first, other)


@settings(max_examples=40, deadline=None)
@given(calendars, instants, st.integers(1, 72))
def test_minute_by_minute_it_is_the_same(calendar: Calendar, start: datetime, length: int) -> None:
    start = start.replace(second=0, microsecond=0)
    minutes = [start + number * MINUTE for number in range(length * 60)]
    assert (
        between(calendar, start, start + hours(length)) == sum(by_the_clock(calendar, one) for one in minutes) * MINUTE
    )


def by_the_clock(calendar: Calendar, instant: datetime) -> bool:
    """Counted the slow way: whether the local clock shows a time in hours that began today or yesterday."""
    local = instant.astimezone(ZoneInfo(calendar.timezone))
    minute = local.hour * 60 + local.minute
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    return in_hours(calendar, today, minute) or in_hours(calendar, yesterday, minute + 1440)


@cache
def free_days(region: str, year: int) -> frozenset[date]:
    country, _, part = region.partition("-")
    return frozenset(country_holidays(country, subdiv=part or None, years=year))


def in_hours(calendar: Calendar, day: date, minute: int) -> bool:
    free = day in calendar.closed or any(day in free_days(region, day.year) for region in calendar.holidays)
    return not free and any(opens <= minute < closes for opens, closes in calendar.hours[day.weekday()])

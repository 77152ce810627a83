"""The timetable against one that is counted minute by minute, by the wall clock of the place alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.config.model import Act, Calendar, Span, Stage, Step
from bot.escalation.timetable import firings
from tests.core.test_calendar import BERLIN_NIGHTS, CALENDARS, CHICAGO, MINUTE, NIGHTS, at, by_the_clock, instants
from tests.core.test_timetable import opened, under
from tests.factories import a_policy

#: Steps that neither end a case nor change who is asked: only their times matter here.
SHARES = st.sampled_from(["0.25", "0.5", "1", "1.5"]).map(Decimal)
SPANS = st.tuples(st.integers(1, 240), st.booleans()).map(lambda one: Span(one[0] * MINUTE, wall=one[1]))
STEPS = st.tuples(SHARES | SPANS, st.integers(0, 2)).map(lambda one: Step(one[0], Act.REMIND, "channel", repeat=one[1]))


def in_order(steps: list[Step]) -> tuple[Step, ...]:
    """As a config has them: shares rise."""
    shares = sorted(step.after for step in steps if isinstance(step.after, Decimal))
    return tuple(replace(step, after=shares.pop(0)) if isinstance(step.after, Decimal) else step for step in steps)


def walked(calendar: Calendar, start: datetime, amount: timedelta, *, wall: bool) -> datetime:
    """The end of the minute in which ``amount`` is used up."""
    left = int(amount / MINUTE)
    while left:
        left -= wall or by_the_clock(calendar, start)
        start += MINUTE
    return start


def by_hand(calendar: Calendar, start: datetime, sla: timedelta, steps: tuple[Step, ...]) -> list[datetime]:
    """When each step comes, its repeats too."""
    times: list[datetime] = []
    for step in steps:
        for again in range(step.repeat + 1):
            last = times[-1] if times else start
            if isinstance(step.after, Span):
                come = walked(calendar, last, step.after.amount, wall=step.after.wall)
            elif again:
                come = walked(calendar, last, sla * float(step.after), wall=False)
            else:
                come = walked(calendar, start, sla * float(step.after), wall=False)
            times.append(max(come, last))
    return times


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(CALENDARS), instants, st.integers(1, 60), st.lists(STEPS, min_size=1, max_size=3))
@example(CHICAGO, at("2026-07-02 16:00"), 60, [Step(Decimal(1), Act.REMIND, "channel", repeat=1)])
@example(NIGHTS, at("2026-12-24 23:00"), 60, [Step(Decimal("1.5"), Act.REMIND, "channel", repeat=1)])
@example(BERLIN_NIGHTS, at("2026-03-28 22:30", "Europe/Berlin"), 90, [Step(Decimal(1), Act.REMIND, "channel")])
@example(BERLIN_NIGHTS, at("2026-10-24 22:30", "Europe/Berlin"), 90, [Step(Decimal(1), Act.REMIND, "channel")])
def test_every_step_comes_in_the_minute_in_which_its_time_is_used_up(
    calendar: Calendar, start: datetime, quarters: int, steps: list[Step]
) -> None:
    start = start.replace(second=0, microsecond=0)
    sla, ordered = quarters * 8 * MINUTE, in_order(steps)
    rules = under(*ordered, policy=a_policy(Stage(("finance",), sla=Span(sla))))
    rules = replace(rules, config=replace(rules.config, calendars={"here": calendar}, calendar="here"))
    assert [one.at for one in firings(opened(rules, now=start))] == by_hand(calendar, start, sla, ordered)

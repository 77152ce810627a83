"""When the report of the week is due, of which days it tells, and whether amounts may be told in its channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.config.model import Config, Role, RoleOverlay, Site, Weekly
from bot.reports.weekly import may_show_values, newest_due
from tests.factories import a_config

#: Every Monday at eight in Chicago.
WEEKLY = Weekly("#leadership", 0, time(8), "America/Chicago", frozenset(), shows_values=True)
HOUR = timedelta(hours=1)

DUE = [
    # now (UTC), due (UTC), hours of the seven days before: both changes of the clocks are Sundays
    ("2026-05-11T12:59", "2026-05-04T13:00", 168),  # a minute before
    ("2026-05-11T13:00", "2026-05-11T13:00", 168),  # at its instant
    ("2026-05-17T23:00", "2026-05-11T13:00", 168),  # nearly a week late
    ("2026-03-09T13:00", "2026-03-09T13:00", 167),  # spring
    ("2026-11-02T13:59", "2026-10-26T13:00", 168),
    ("2026-11-02T14:00", "2026-11-02T14:00", 169),  # autumn
]


@pytest.mark.parametrize(("now", "due", "hours"), DUE)
def test_it_is_due_at_a_local_time_and_tells_of_seven_local_days(now: str, due: str, hours: int) -> None:
    found = newest_due(WEEKLY, a_config(), datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found.at == datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert found.period.until - found.period.since == hours * HOUR
    assert found.period.local(found.period.until).endswith("00:00")


def _config(*, site_channel: str | None = None) -> Config:
    lead = Role("lead", "#leads-{site}", frozenset({"lee@example.com"}), hides_values=True)
    overlay = {"lead": replace(RoleOverlay(), channel=site_channel)} if site_channel else {}
    return a_config(roles=[lead], sites=[Site("CHI", frozenset({"CHI"}), frozenset(), overlay)])


@pytest.mark.parametrize(
    ("channel", "shows", "config", "told"),
    [
        ("#leadership", True, _config(), True),
        ("#leadership", False, _config(), False),
        ("#leads-chi", True, _config(), False),
        ("#chi-floor", True, _config(site_channel="#chi-floor"), False),
        ("#chi-floor", True, _config(), True),
    ],
)
def test_amounts_are_not_told_where_somebody_is_asked_who_may_not_see_them(
    channel: str, *, shows: bool, config: Config, told: bool
) -> None:
    assert may_show_values(replace(WEEKLY, channel=channel, shows_values=shows), config) is told

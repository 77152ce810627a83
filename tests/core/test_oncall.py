"""Who is on call: people and hours of each role at each place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.planning import Rules
from bot.config.model import Reachable, RoleOverlay, Site
from bot.escalation.oncall import hours, told, watches
from tests.core.test_calendar import CHICAGO, NIGHTS, at
from tests.factories import a_config, a_role

NIGHT = Site("CHI", frozenset({"CHI"}), frozenset(), {"finance": RoleOverlay(members=frozenset({"n@x.com"}))}, "nights")
CONFIG = a_config(
    roles=[
        replace(a_role(members=["b@x.com", "a@x.com"]), escalation_contact="lead@x.com"),
        a_role("ops", ["o@x.com"]),
    ],
    sites=[NIGHT],
    calendars={"chicago": CHICAGO, "nights": NIGHTS},
    calendar="chicago",
)


def test_every_role_is_told_with_its_places_and_hours() -> None:
    assert [told(one) for one in watches(Rules(CONFIG, {}), at("2026-03-03 17:00"))] == [
        "finance: a@x.com, b@x.com; then lead@x.com (at work until 18:00 CST)",
        "finance at CHI: n@x.com; then lead@x.com (from Tue 22:00 CST)",
        "ops: o@x.com (at work until 18:00 CST)",
        "ops at CHI: o@x.com (from Tue 22:00 CST)",
    ]


def test_a_shift_is_told_instead_of_the_hours_of_the_place_and_whoever_is_away_is_marked() -> None:
    roles = {"ops": replace(CONFIG.roles["ops"], shift="nights")}
    config = replace(CONFIG, roles=roles, people={"o@x.com": Reachable("chicago")}, sites={})
    (watch,) = watches(Rules(config, {}), at("2026-03-03 23:00"))
    assert told(watch) == "ops: o@x.com (not on shift until Wed 06:00 CST) (at work until 06:00 CST)"


def test_one_role_may_be_asked_for() -> None:
    assert [one.role for one in watches(Rules(CONFIG, {}), at("2026-03-03 17:00"), role="ops")] == ["ops", "ops"]


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("2026-03-06 18:00", "from Sat 08:00 CST"),
        ("2026-03-07 12:00", "from Mon 06:00 CDT"),
        ("2026-03-09 06:00", "at work until 18:00 CDT"),
    ],
)
def test_the_hours_of_a_place(time: str, said: str) -> None:
    assert hours(CHICAGO, at(time)) == said


def test_without_a_calendar_it_is_always_working_time() -> None:
    assert hours(None, at("2026-03-06 18:00")) == "around the clock"

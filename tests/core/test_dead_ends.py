"""The proof that no stage comes to wait for nobody, and the counter-examples where one does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest

from bot.config.assemble import check_text
from bot.config.model import Group
from bot.config.problems import Report
from tests.core.config_texts import ENV, EVENT_TYPES, HEAD

#: A Friday evening in Chicago; the Monday after it is Washington's birthday.
NOW = datetime(2026, 2, 13, 23, 30, tzinfo=UTC)
PEOPLE = """\
calendars:
  chi: {timezone: America/Chicago, hours: {mon-fri: "06:00-18:00"}, holidays: US}
  early: {timezone: America/Chicago, hours: {mon-fri: "06:00-14:00"}}
  away: {timezone: America/Chicago, hours: {mon-fri: "06:00-18:00"}, closed: ["2026-02-24", "2026-02-25"]}
calendar: chi
roles:
  sup: {channel: "#sup", members: [ann@example.com, bob@example.com, cyd@example.com]}
  fin: {channel: "#fin", members: [cyd@example.com, dee@example.com, eve@example.com]}
"""
RULE = "rules: [{name: everything, policy: one}]\n"


def found(policies: str, people: str = PEOPLE, more: str = RULE, now: datetime | None = NOW) -> list[str]:
    report = report_on(f"{HEAD}{people}policies:\n{policies}{more}", now)
    assert report.config is not None, report.as_text()
    return [one.message for one in report.problems if "decide" in one.message]


def report_on(text: str, now: datetime | None = NOW, insiders: Mapping[Group, frozenset[str]] | None = None) -> Report:
    """What there is to say of a file, where it is known who is in its groups."""
    return check_text(
        text, file="s.yaml", event_types=EVENT_TYPES, find_secret=ENV.__getitem__, now=now, insiders=insiders
    )


def limited(role: str, limit: str) -> str:
    return PEOPLE.replace(f"  {role}: {{", f"  {role}: {{limit: {limit}, ")


@pytest.mark.parametrize(
    ("policies", "people", "told"),
    [
        pytest.param("  one: {stages: [{any_of: [sup]}]}\n", PEOPLE, [], id="three people, none missing"),
        pytest.param(
            "  one: {stages: [{any_of: [sup]}]}\n",
            limited("sup", "2000 USD"),
            [
                "a record, worth 2,000.01 USD: nobody can decide (1 needed)",
                "a record, if its value is not known: nobody can decide (1 needed)",
            ],
            id="nobody above the limit",
        ),
        pytest.param(
            "  one: {stages: [{any_of: [sup], under: 2000 USD}, {any_of: [fin], over: 1999.99 USD}]}\n",
            limited("sup", "2000 USD"),
            ["a record, if its value is not known: nobody can decide (1 needed)"],
            id="a border that leaves nothing out",
        ),
        pytest.param(
            "  one: {stages: [{any_of: [sup], count: 2}, {any_of: [fin], count: 2}]}\n",
            PEOPLE,
            [
                "a record made by dee@example.com: only eve@example.com can decide, once cyd@example.com "
                "answered before (2 needed)"
            ],
            id="a maker, and somebody who is in both roles",
        ),
        pytest.param(
            "  one: {distinct_people: false, stages: [{any_of: [sup], count: 2}, {any_of: [fin], count: 2}]}\n",
            PEOPLE,
            [],
            id="where people may answer twice",
        ),
        pytest.param(
            "  one: {stages: [{any_of: [sup], count: 2}, {all_of: [fin, sup]}]}\n",
            PEOPLE,
            ["a record made by ann@example.com"],
            id="all of two roles after one of them",
        ),
        pytest.param(
            "  one: {stages: [{any_of: [sup], count: 2}]}\n",
            PEOPLE.replace("cyd@example.com]}\n  fin", "cyd@example.com], shift: early}\n  fin"),
            ["a record, on Tue 2026-02-17 14:00 CST"],
            id="nobody on shift in the afternoon",
        ),
        pytest.param(
            "  one: {stages: [{any_of: [fin]}]}\n",
            PEOPLE + "people: {dee@example.com: {shift: away}, eve@example.com: {shift: away}}\n",
            ["a record made by cyd@example.com, on Tue 2026-02-24 06:00 CST"],
            id="two absent, and the third made it",
        ),
    ],
)
def test_a_dead_end_is_told_with_one_case_of_it(policies: str, people: str, told: list[str]) -> None:
    messages = found(policies, people)
    assert len(messages) == len(told), messages
    for message, beginning in zip(messages, told, strict=True):
        assert message.startswith(beginning)


def test_a_holiday_is_no_working_hour_and_without_an_instant_no_day_is_looked_at() -> None:
    shifts = PEOPLE.replace("cyd@example.com]}\n  fin", "cyd@example.com], shift: early}\n  fin")
    policy = "  one: {stages: [{any_of: [sup], count: 2}]}\n"
    assert "2026-02-17 14:00 CST" in found(policy, shifts)[0]
    assert found(policy, shifts, now=None) == []


def test_a_last_resort_ends_every_dead_end_that_it_can_decide() -> None:
    people = limited("sup", "2000 USD")
    policy = "  one: {stages: [{any_of: [sup]}]}\n"
    assert len(found(policy, people)) == 2
    assert found(policy, people, "last_resort: fin\n" + RULE) == []


@pytest.mark.parametrize(
    ("rules", "number"),
    [
        ("rules: [{name: big, over: 2000 USD, policy: two}, {name: rest, policy: one}]\n", 1),
        ("rules: [{name: big, over: 2500 USD, policy: two}, {name: rest, policy: one}]\n", 2),
        ("rules: [{name: small, under: 2000.01 USD, policy: one}, {name: rest, policy: two}]\n", 0),
    ],
)
def test_only_what_a_rule_leads_there_is_told(rules: str, number: int) -> None:
    policies = "  one: {stages: [{any_of: [sup]}]}\n  two: {stages: [{any_of: [fin]}]}\n"
    assert len(found(policies, limited("sup", "2000 USD"), rules)) == number


def test_a_role_with_power_at_one_site_alone_is_a_dead_end_elsewhere() -> None:
    people = PEOPLE.replace("  sup: {", "  sup: {sites: [CHI], ") + "sites: {CHI: {match: {warehouse: CHI}}}\n"
    policy = "  one: {stages: [{any_of: [sup]}]}\n  two: {stages: [{any_of: [fin]}]}\n"
    everywhere = "rules: [{name: special, match: {warehouse: XXX}, policy: two}, {name: rest, policy: one}]\n"
    there = "rules: [{name: here, match: {site: CHI}, policy: one}, {name: rest, policy: two}]\n"
    assert found(policy, people, everywhere) == ["a record: nobody can decide (1 needed)"]
    assert found(policy, people, there) == []


@pytest.mark.slow
def test_many_sites_and_rules_are_proved_in_seconds() -> None:
    sites = "".join(
        f"  S{n}: {{match: {{warehouse: W{n}}}, roles: {{sup: {{limit: {n}00 USD}}}}}}\n" for n in range(1, 40)
    )
    policies = "".join(
        f"  p{n}: {{stages: [{{any_of: [sup]}}, {{any_of: [fin], over: {n}000 USD}}]}}\n" for n in range(1, 20)
    )
    rules = "".join(f"  - {{name: r{n}, match: {{partner: P{n}}}, policy: p{n % 19 + 1}}}\n" for n in range(2000))
    began = process_time()
    found(policies, PEOPLE + "sites:\n" + sites, f"rules:\n{rules}  - {{name: rest, policy: p1}}\n", NOW + timedelta(1))
    assert process_time() - began < 4


MANAGERS = Group("main", "account.group_account_manager")
#: Finance is whoever is in a group of Odoo, and Dee.
BY_GROUP = PEOPLE.replace(
    "members: [cyd@example.com, dee@example.com, eve@example.com]",
    "members: {odoo_group: account.group_account_manager, people: [dee@example.com]}",
)


@pytest.mark.parametrize(
    ("stages", "people", "told"),
    [
        pytest.param("{any_of: [fin], count: 3}", BY_GROUP, [], id="a group may be large enough"),
        pytest.param(
            "{any_of: [fin]}",
            BY_GROUP.replace("fin: {", "fin: {limit: 500 USD, "),
            [
                "a record, worth 500.01 USD: nobody can decide (1 needed)",
                "a record, if its value is not known: nobody can decide (1 needed)",
            ],
            id="no group reaches above its limit",
        ),
        pytest.param(
            "{any_of: [sup], count: 2}, {all_of: [fin, sup]}",
            BY_GROUP,
            [
                "a record made by ann@example.com: only dee@example.com, somebody in the group "
                "account.group_account_manager of Odoo can decide, once bob@example.com, cyd@example.com answered "
                "before (each of fin, sup has to)"
            ],
            id="another role runs out",
        ),
    ],
)
def test_a_group_that_was_not_looked_up_is_taken_for_large_enough(stages: str, people: str, told: list[str]) -> None:
    assert found(f"  one: {{stages: [{stages}]}}\n", people) == told


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ({"eve@example.com", "cyd@example.com", "fay@example.com"}, ""),
        ({"eve@example.com", "cyd@example.com"}, "a record made by dee@example.com: only eve@example.com can decide"),
        (set(), "count is 2, but only 1 person may decide"),
    ],
    ids=["enough", "not for every maker", "too few"],
)
def test_a_group_that_was_looked_up_is_counted_by_its_people(inside: set[str], told: str) -> None:
    policies = "policies: {one: {stages: [{any_of: [sup], count: 2}, {any_of: [fin], count: 2}]}}\n"
    report = report_on(f"{HEAD}{BY_GROUP}{policies}{RULE}", None, {MANAGERS: frozenset(inside)})
    messages = [one.message for one in report.problems if "decide" in one.message]
    assert [one[: len(told)] for one in messages] == ([told] if told else [])
    assert (report.config is None) == (inside == set())

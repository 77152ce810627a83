"""Who is written to: shifts and quiet hours, who is asked in the stead of those who are away, and who could not be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.approvals.insiders import Insiders
from bot.cases.answers import Transition
from bot.cases.commands import Tick, Undelivered
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.cases.transitions import transition
from bot.config.model import EVERYBODY, SLACK, Calendar, Group, Ping, Reachable, RoleOverlay, Site
from bot.effects import EffectKind
from bot.escalation.attendance import away, is_pinged, mentions
from bot.slack.story import LINES, Happened
from tests.core.test_calendar import CHICAGO, at
from tests.core.test_timetable import HALF, OPENED, OVER, WHOLE, opened, under
from tests.factories import FINANCE, NOW, a_case, a_config, a_decide, a_plan, a_role, a_stage, rules

ANN, BOB, CYD = FINANCE


def daily(hours: tuple[int, int], timezone: str = "America/Chicago") -> Calendar:
    """From one hour to another, every day; above 24 it is the next day."""
    day = ((hours[0] * 60, hours[1] * 60),)
    return Calendar(timezone, (day, day, day, day, day, day, day))


#: The same quiet hours, written with a cut at midnight.
CUT = replace(daily((0, 6)), hours=(((0, 360), (1320, 1440)),) * 7)
QUIET = daily((22, 30))
NIGHTS = daily((22, 30))
LATE = daily((14, 22))


@pytest.mark.parametrize(
    ("role", "own", "local", "wanted"),
    [
        pytest.param(Reachable(), Reachable(), "2026-03-03 03:00", "", id="nothing is said: at any time"),
        pytest.param(Reachable("days"), Reachable(), "2026-03-03 05:59", "not on shift until Tue 06:00 CST", id="role"),
        pytest.param(Reachable("days"), Reachable(), "2026-03-03 06:00", "", id="at the opening"),
        pytest.param(Reachable("days"), Reachable(), "2026-03-03 18:00", "not on shift until Wed 06:00 CST", id="end"),
        pytest.param(Reachable("days"), Reachable("nights"), "2026-03-03 23:00", "", id="own shift before the role's"),
        pytest.param(
            Reachable("days"), Reachable("nights"), "2026-03-03 12:00", "not on shift until Tue 22:00 CST", id="own"
        ),
        pytest.param(
            Reachable(None, QUIET), Reachable(), "2026-03-03 23:00", "quiet hours until Wed 06:00 CST", id="q"
        ),
        pytest.param(
            Reachable("nights"),
            Reachable(None, QUIET),
            "2026-03-04 05:00",
            "quiet hours until Wed 06:00 CST",
            id="both",
        ),
        pytest.param(
            Reachable(None, CUT),
            Reachable(),
            "2026-03-03 23:00",
            "quiet hours until Wed 06:00 CST",
            id="cut at midnight",
        ),
    ],
)
def test_when_somebody_is_written_to(role: Reachable, own: Reachable, local: str, wanted: str) -> None:
    config = a_config(
        roles=[replace(a_role(), shift=role.shift, quiet_hours=role.quiet_hours)],
        people={ANN: own},
        calendars={"days": CHICAGO, "nights": NIGHTS},
    )
    assert away(ANN, ["finance"], Rules(config, {}), at(local), site=None) == wanted


def test_a_site_has_shifts_of_its_own_and_one_role_at_work_is_enough() -> None:
    site = Site("CHI", frozenset({"CHI"}), frozenset(), {"finance": RoleOverlay(shift="nights")})
    config = a_config(
        roles=[replace(a_role(), shift="days"), replace(a_role("buyers"), shift="days")],
        sites=[site],
        calendars={"days": CHICAGO, "nights": NIGHTS},
    )
    night = at("2026-03-03 23:00")
    assert away(ANN, ["finance"], Rules(config, {}), night, site=None)
    assert not away(ANN, ["finance"], Rules(config, {}), night, site=site)
    assert not away(ANN, ["buyers", "finance"], Rules(config, {}), night, site=site)
    assert away(ANN, ["buyers"], Rules(config, {}), night, site=site)


def by(**people: Reachable) -> Rules:
    """Finance with a contact, then operations; who works late is told by first name."""
    found = under(HALF, WHOLE, OVER)
    hours = {f"{name}@example.com": one for name, one in people.items()}
    config = replace(found.config, people=hours, calendars={**found.config.calendars, "late": LATE, "nights": NIGHTS})
    return replace(found, config=config)


def chased(rules: Rules, *, until: datetime = OPENED + timedelta(hours=2)) -> list[Transition]:
    """What each step up to an instant made of a case."""
    case, made = opened(rules), []
    for now in (OPENED + timedelta(hours=1), until):
        answer = transition(case, Tick(1), rules, now)
        assert isinstance(answer, Transition)
        made.append(answer)
        case = answer.case
    return made


AWAY = Reachable("nights")


def test_who_is_not_on_shift_is_passed_over_and_the_others_get_the_message() -> None:
    reminded, messaged = chased(by(ann=AWAY))
    assert reminded.entries[0].detail["mention"] == [BOB, CYD]
    assert "nobody_there" not in reminded.entries[0].detail
    assert messaged.entries[0].detail["people"] == [BOB, CYD]
    assert messaged.entries[0].detail["not_told"] == [[ANN, "not on shift until Tue 22:00 CST"]]


def test_where_nobody_asked_is_at_work_the_contact_gets_the_message() -> None:
    _, messaged = chased(by(ann=AWAY, bob=AWAY, cyd=AWAY))
    assert messaged.entries[0].detail["people"] == ["lead@example.com"]
    posted = [one.target for one in messaged.effects if one.kind is EffectKind.POST_CARD]
    assert posted == ["@lead@example.com"]


def test_where_the_contact_sleeps_too_whoever_would_be_asked_next_gets_it() -> None:
    quiet = Reachable(None, daily((17, 30)))
    _, messaged = chased(by(ann=AWAY, bob=AWAY, cyd=AWAY, lead=quiet))
    assert messaged.entries[0].detail["people"] == ["ops@example.com"]
    assert messaged.entries[0].detail["not_told"] == [
        *([email, "not on shift until Tue 22:00 CST"] for email in FINANCE),
        ["lead@example.com", "quiet hours until Wed 06:00 CST"],
    ]


def test_what_is_meant_for_a_contact_who_is_away_comes_to_those_asked_where_nobody_is_next() -> None:
    found = by(lead=Reachable("nights"), ann=AWAY)
    steps = (HALF, replace(WHOLE, to="contact"))
    _, messaged = chased(replace(found, config=replace(found.config, escalations={"standard": steps})))
    assert messaged.entries[0].detail["people"] == [BOB, CYD]
    assert messaged.entries[0].detail["not_told"] == [
        ["lead@example.com", "not on shift until Tue 22:00 CST"],
        [ANN, "not on shift until Tue 22:00 CST"],
    ]


def test_where_nobody_at_all_is_there_the_thread_says_so_and_the_next_step_comes_all_the_same() -> None:
    rules = by(ann=AWAY, bob=AWAY, cyd=AWAY, lead=AWAY, ops=AWAY)
    reminded, messaged = chased(rules)
    first, entry = reminded.entries[0], messaged.entries[0]
    said = LINES[first.action](Happened(1, first.action, first.at, first.detail))
    assert said.startswith("Still waiting for an answer, 1h. Nobody of those asked is at work now. Passed over: ann@")
    assert entry.detail["people"] == []
    line = LINES[entry.action](Happened(1, entry.action, entry.at, entry.detail))
    assert line.startswith("Nobody was found to send a direct message to: no answer for 2h. Passed over: ann@example")
    assert "(not on shift until Tue 22:00 CST)" in line
    handed = transition(messaged.case, Tick(1), rules, at("2026-03-04 06:30"))
    assert isinstance(handed, Transition)
    assert handed.case.plan.stages[0].roles == ("operations",)


def lost(case: Case, email: str, rules: Rules) -> Transition:
    command = Undelivered(1, f"@{email}", "user_disabled", "This person's Slack account is deactivated.")
    answer = transition(case, command, rules, OPENED + timedelta(hours=2))
    assert isinstance(answer, Transition)
    return answer


def test_who_cannot_be_reached_is_skipped_and_once_nobody_is_left_the_next_one_is_written_to() -> None:
    rules = by()
    rules = replace(rules, config=replace(rules.config, admin_channel="#admins"))
    case = chased(rules)[-1].case
    for email in (ANN, BOB):
        made = lost(case, email, rules)
        assert [one.kind for one in made.effects] == [EffectKind.TELL_STORY, EffectKind.TELL_ADMINS]
        case = made.case
    made = lost(case, CYD, rules)
    assert [one.target for one in made.effects if one.kind is EffectKind.POST_CARD] == ["@lead@example.com"]
    entry = made.entries[0]
    line = LINES[entry.action](Happened(1, entry.action, entry.at, entry.detail))
    assert line == (
        "cyd@example.com cannot be written to: This person's Slack account is deactivated. "
        "lead@example.com is written to instead."
    )


def test_a_message_that_is_repeated_is_told_below_the_card_that_is_there() -> None:
    rules = under(replace(WHOLE, repeat=1))
    case = opened(rules)
    first = transition(case, Tick(1), rules, at("2026-03-03 18:00"))
    assert isinstance(first, Transition)
    again = transition(first.case, Tick(1), rules, at("2026-03-04 08:00"))
    assert isinstance(again, Transition)
    told = [one.target for one in again.effects if one.kind is EffectKind.TELL_STORY]
    assert set(told) == {f"@{email}" for email in FINANCE} | {"#finance"}


BUYERS, LOST = Group(SLACK, "buyers"), Group(SLACK, "lost")
#: Bob, and somebody who holds no role.
IN_BUYERS = {BUYERS: Insiders(frozenset({BOB, "zoe@example.com"}), "S0BUYERS1")}


@pytest.mark.parametrize(
    ("ping", "pinged"),
    [
        pytest.param(EVERYBODY, [ANN, BOB], id="all"),
        pytest.param(Ping(frozenset()), [], id="nobody"),
        pytest.param(Ping(frozenset({BOB})), [BOB], id="some"),
        pytest.param(Ping(group=BUYERS), [BOB], id="a user group"),
        pytest.param(Ping(group=LOST), [ANN, BOB], id="a user group that is not known"),
    ],
)
def test_whoever_is_not_pinged_may_decide_and_is_not_written_to(ping: Ping, pinged: list[str]) -> None:
    config = a_config(roles=[replace(a_role(members=(ANN, BOB)), ping=ping)])
    known = replace(rules(config), groups=IN_BUYERS)
    assert [one for one in (ANN, BOB) if is_pinged(one, ["finance"], known, site=None)] == pinged
    assert [one for one in (ANN, BOB) if not away(one, ["finance"], known, NOW, site=None)] == pinged
    assert all(isinstance(transition(a_case(), a_decide(one), known, NOW), Transition) for one in (ANN, BOB))
    assert is_pinged("eve@example.com", ["finance"], known, site=None), "a stand-in is asked in the name of a member"


def test_the_next_stage_mentions_those_who_are_pinged() -> None:
    quiet = replace(a_role("executive", (BOB, "dee@example.com")), ping=Ping(frozenset({BOB})))
    known = rules(a_config(roles=[a_role(members=(ANN,)), quiet]))
    answer = transition(a_case(plan=a_plan(a_stage(), a_stage("executive"))), a_decide(ANN), known, NOW)
    assert isinstance(answer, Transition)
    assert answer.entries[0].detail["mention"] == [BOB]


@pytest.mark.parametrize(
    ("people", "spared", "told"),
    [
        pytest.param([ANN, BOB], [], [ANN, "S0BUYERS1"], id="the group stands for its people"),
        pytest.param([ANN], [], [ANN], id="nobody of the group is meant"),
        pytest.param([ANN, BOB], ["zoe@example.com"], [ANN, BOB], id="it would wake somebody who is spared"),
        pytest.param([BOB, "eve@example.com"], [], ["eve@example.com", "S0BUYERS1"], id="a stand-in by name"),
    ],
)
def test_a_user_group_is_mentioned_instead_of_its_people(people: list[str], spared: list[str], told: list[str]) -> None:
    config = a_config(roles=[replace(a_role(members=(ANN, BOB)), ping=Ping(group=BUYERS))])
    known = replace(rules(config), groups=IN_BUYERS)
    assert mentions(people, ["finance"], known, site=None, spared=spared) == told
    assert mentions(people, ["finance"], rules(config), site=None, spared=spared) == people, "its id is not known"


def test_a_site_pings_whom_it_names() -> None:
    site = Site("CHI", frozenset({"CHI"}), frozenset(), {"finance": RoleOverlay(ping=Ping(frozenset({ANN})))})
    known = rules(a_config(roles=[replace(a_role(members=(ANN, BOB)), ping=Ping(frozenset({BOB})))], sites=[site]))
    assert [is_pinged(one, ["finance"], known, site=site) for one in (ANN, BOB)] == [True, False]
    assert [is_pinged(one, ["finance"], known, site=None) for one in (ANN, BOB)] == [False, True]

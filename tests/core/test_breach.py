"""What happens past an open case in Odoo, changes without an author, and stages for which too few people are left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.approvals.authority import Allowed, Reason, Refused
from bot.approvals.eligible import candidates, eligible
from bot.approvals.powers import powers_at
from bot.cases.answers import Transition
from bot.cases.commands import Observed, Over, Tick
from bot.cases.model import NOBODY_KNOWN, Case, Event, Status
from bot.cases.planning import Rules
from bot.cases.transitions import transition
from bot.config.model import Stage
from tests.factories import (
    FINANCE,
    NOW,
    a_case,
    a_config,
    a_decide,
    a_decision,
    a_maker,
    a_plan,
    a_policy,
    a_record,
    a_role,
    a_stage,
    an_event,
    rules,
    seen,
    usd,
)

ANN, BOB, CYD = FINANCE
MIA, OPS = "mia@example.com", "ops@example.com"
TWO = a_case(plan=a_plan(a_stage(count=2)))


def approved_in_odoo(by: str, email: str) -> Observed:
    """What is read once somebody has approved the record in Odoo itself."""
    return Observed(a_record(), Over("approved in Odoo", by, "odoo:main:7", email, approved=True))


@pytest.mark.parametrize(
    ("case", "email", "action", "words"),
    [
        pytest.param(a_case(), ANN, "case.decided_in_odoo", "past this case", id="who might have decided it"),
        pytest.param(a_case(), OPS, "case.control_breach", "not in the role", id="somebody else"),
        pytest.param(a_case(), MIA, "case.control_breach", "not in the role", id="the maker"),
        pytest.param(
            a_case(event=an_event(makers=(a_maker(ANN),))),
            ANN,
            "case.control_breach",
            "asked for it or changed it",
            id="a maker in the role",
        ),
        pytest.param(TWO, ANN, "case.control_breach", "more people", id="one where two are asked"),
        pytest.param(
            replace(TWO, decisions=(a_decision(BOB),)), ANN, "case.decided_in_odoo", "past", id="the second of two"
        ),
        pytest.param(
            a_case(plan=a_plan(a_stage(), a_stage("quality"))), ANN, "case.control_breach", "more people", id="a stage"
        ),
        pytest.param(a_case(), "", "case.control_breach", "cannot be told", id="nobody that Odoo names"),
        pytest.param(a_case(), "admin", "case.control_breach", "not in the role", id="a login of nobody"),
    ],
)
def test_a_decision_in_odoo_past_the_case_is_judged_like_a_click(
    case: Case, email: str, action: str, words: str
) -> None:
    answer = transition(case, approved_in_odoo("Somebody", email), rules(), NOW)
    assert isinstance(answer, Transition)
    assert [(entry.action, entry.actor) for entry in answer.entries] == [(action, "odoo:main:7")]
    assert answer.case.status is Status.WITHDRAWN
    assert words in answer.case.ending
    assert ("control breach" in answer.case.ending) == (action == "case.control_breach")
    assert bool(answer.entries[0].detail.get("mention")) == (action == "case.control_breach")


def test_what_was_only_cancelled_in_odoo_is_no_breach() -> None:
    answer = transition(
        a_case(), Observed(a_record(), Over("cancelled in Odoo", "Mia", "odoo:main:7", MIA)), rules(), NOW
    )
    assert isinstance(answer, Transition)
    assert answer.entries[0].action == "case.withdrawn"


LARGER = an_event(seen=seen(amount_total="13000.00"), value=usd("13000"), anonymous=True)


@pytest.mark.parametrize(
    ("event", "unknown"),
    [
        pytest.param(LARGER, True, id="a watched figure"),
        pytest.param(an_event(value=usd("13000"), anonymous=True), True, id="the value"),
        pytest.param(an_event(anonymous=True), False, id="nothing that is watched"),
        pytest.param(replace(LARGER, anonymous=False), False, id="somebody whom Odoo names"),
    ],
)
def test_a_watched_change_without_an_author_has_an_unknown_maker(event: Event, unknown: bool) -> None:
    answer = transition(a_case(), Observed(a_record(), event), rules(), NOW)
    after = answer.case if isinstance(answer, Transition) else a_case()
    assert (NOBODY_KNOWN in after.event.makers) == unknown


WITH_OPS = (a_role(), a_role("ops", [OPS]))


def resort(*stages: Stage, last_resort: str = "ops") -> Rules:
    """A config whose last resort is ops."""
    policy = a_policy(*stages) if stages else a_policy()
    return rules(a_config(roles=WITH_OPS, policies=[policy], last_resort=last_resort, admin_channel="#admins"))


def opened(event: Event, under: Rules) -> Transition:
    """The case that such an event opens."""
    answer = transition(None, Observed(a_record(), event), under, NOW)
    assert isinstance(answer, Transition)
    return answer


MADE_BY_ALL = an_event(makers=tuple(map(a_maker, FINANCE)))


def test_where_nobody_is_left_the_last_resort_is_asked_and_it_is_said() -> None:
    made = opened(MADE_BY_ALL, resort())
    (stage,) = made.case.plan.stages
    assert (stage.roles, stage.last_resort) == (("finance", "ops"), "ops")
    assert made.case.channels == ("#finance", "#ops")
    assert made.entries[0].detail["nobody_left"] is True
    answer = transition(replace(made.case, id=1), a_decide(OPS), resort(), NOW)
    assert isinstance(answer, Transition)
    assert (answer.case.status, answer.case.decisions[0].as_role) == (Status.APPROVED, "ops")


@pytest.mark.parametrize(
    ("event", "stage"),
    [
        pytest.param(an_event(), Stage(("finance",)), id="enough people"),
        pytest.param(an_event(makers=(a_maker(ANN),)), Stage(("finance",), 2), id="just enough"),
    ],
)
def test_while_enough_are_left_the_last_resort_has_no_power(event: Event, stage: Stage) -> None:
    made = opened(event, resort(stage))
    assert made.case.plan.stages[0].last_resort is None
    answer = transition(replace(made.case, id=1), a_decide(OPS), resort(stage), NOW)
    assert not isinstance(answer, Transition)


def test_a_quorum_that_cannot_be_reached_any_more_is_noticed_when_somebody_becomes_a_maker() -> None:
    under = resort(Stage(("finance",), 3))
    case = replace(opened(an_event(), under).case, id=1)
    edited = transition(case, Observed(a_record(), an_event(makers=(a_maker(ANN),))), under, NOW)
    assert isinstance(edited, Transition)
    assert edited.case.plan.stages[0].last_resort == "ops"


@pytest.mark.parametrize(
    ("makers", "last_resort", "asked"),
    [
        pytest.param(FINANCE, "", ("#finance",), id="there is none"),
        pytest.param((*FINANCE, OPS), "ops", ("#finance", "#ops"), id="nor may it"),
    ],
)
def test_where_nobody_is_left_at_all_the_admins_get_the_card(
    makers: tuple[str, ...], last_resort: str, asked: tuple[str, ...]
) -> None:
    made = opened(an_event(makers=tuple(map(a_maker, makers))), resort(last_resort=last_resort))
    assert made.case.plan.stages[0].last_resort == ""
    assert made.case.channels == (*asked, "#admins")
    assert made.entries[0].detail["nobody_left"] is True


def test_a_last_resort_that_is_left_by_its_people_is_an_alarm_too() -> None:
    case = replace(opened(MADE_BY_ALL, resort()).case, id=1)
    left = [a_role(), a_role("ops", FINANCE[:1])]
    emptied = rules(a_config(roles=left, last_resort="ops", admin_channel="#admins"))
    answer = transition(case, Tick(1), emptied, NOW)
    assert isinstance(answer, Transition)
    assert (answer.case.plan.stages[0].last_resort, answer.case.channels[-1]) == ("", "#admins")
    assert transition(answer.case, Tick(1), emptied, NOW) is None, "once"


def test_everybody_is_told_apart_by_what_their_click_would_be_answered() -> None:
    case = a_case(event=an_event(makers=(a_maker(ANN),)), plan=a_plan(a_stage(count=2)), decisions=(a_decision(BOB),))
    powers = powers_at(case, rules())
    verdicts = {one.email: one.verdict for one in candidates(case, NOW, powers)}
    reasons = {email: verdict.reason for email, verdict in verdicts.items() if isinstance(verdict, Refused)}
    assert reasons == {ANN: Reason.OWN_REQUEST, BOB: Reason.ANSWERED_BEFORE}
    assert isinstance(verdicts[CYD], Allowed)
    assert eligible(case, NOW, powers) == (CYD,)

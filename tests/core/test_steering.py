"""What people do about the chase of a case: peace from reminders for one of them, and another role asked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition
from bot.cases.chase import chase_from_text, chase_to_text
from bot.cases.clock_commands import ClockCommand, Reassign, Silence
from bot.cases.codec import plan_from_text, plan_to_text
from bot.cases.commands import Command, Tick
from bot.cases.model import Case, Status
from bot.cases.planning import Rules
from bot.cases.timing import next_due
from bot.cases.transitions import transition
from bot.config.model import ReassignRule, Span, Stage, Step
from bot.effects import EffectKind
from bot.escalation.timetable import firings, next_firing
from bot.slack.buttons import Action, buttons
from bot.slack.story import LINES, Happened
from tests.core.test_timetable import HALF, MIN, OPENED, STANDARD, WHOLE, opened, under
from tests.factories import FINANCE, a_decide, a_maker, a_person, a_policy, a_role, an_event, usd

ANN, BOB, CYD = FINANCE
HOUR = timedelta(hours=1)
REMIND = replace(HALF, after=Span(30 * MIN), repeat=3)


def steered(*steps: Step, most: int = 2, to: tuple[str, ...] = ("operations", "directors")) -> Rules:
    policy = a_policy(Stage(("finance",), sla=Span(2 * HOUR)), reassign=ReassignRule(("operations",), to, most))
    found = under(*steps, policy=policy, around_the_clock=True)
    directors = replace(a_role("directors", ["dir@example.com", "ops@example.com"]), limit=usd("13000.00"))
    roles = {**found.config.roles, "directors": directors}
    return replace(found, config=replace(found.config, roles=roles))


BY = steered(*STANDARD)
OPS = a_person("ops@example.com")


def made(case: Case, command: Command, at: datetime, by: Rules = BY) -> Transition:
    answer = transition(case, command, by, at)
    assert isinstance(answer, Transition), answer
    return answer


def refused(case: Case, command: ClockCommand, by: Rules = BY, at: datetime = OPENED) -> Reason:
    answer = transition(case, command, by, at)
    assert isinstance(answer, Refusal)
    assert answer.entries[0].action == "case.refused"
    return answer.reason


def snooze(length: timedelta = HOUR, who: str = ANN) -> Silence:
    return Silence(1, a_person(who), length)


def test_a_snooze_silences_what_would_mention_one_person_and_moves_no_step() -> None:
    by = steered(REMIND)
    case = opened(by)
    quiet = made(case, snooze(), OPENED + MIN, by).case
    assert list(firings(quiet)) == list(firings(case))
    reminded = made(quiet, Tick(1), OPENED + 30 * MIN, by)
    assert reminded.entries[0].detail["mention"] == [BOB, CYD]
    assert reminded.entries[0].detail["not_told"] == [[ANN, "wants no reminder yet"]]


def test_when_the_peace_is_over_the_person_is_reminded_once_below_the_card_and_in_the_own_message() -> None:
    by = steered(WHOLE)
    case = made(opened(by), Tick(1), OPENED + 2 * HOUR, by).case
    case = made(case, snooze(), OPENED + 2 * HOUR, by).case
    assert next_due(case) == OPENED + 3 * HOUR
    woken = made(case, Tick(1), OPENED + 3 * HOUR, by)
    (entry,) = woken.entries
    assert (entry.action, entry.detail["mention"]) == ("reminder.due", [ANN])
    assert LINES[entry.action](Happened(1, entry.action, entry.at, entry.detail)) == "Still waiting for an answer, 3h."
    told = {one.target for one in woken.effects if one.kind is EffectKind.TELL_STORY}
    assert told == {"#finance", f"@{ANN}"}
    assert next_due(woken.case) is None


def test_a_repeated_direct_message_leaves_out_who_wants_peace_and_the_first_one_never_does() -> None:
    by = steered(replace(WHOLE, repeat=1))
    first = made(made(opened(by), snooze(3 * HOUR), OPENED, by).case, Tick(1), OPENED + 2 * HOUR, by)
    assert f"@{ANN}" in [one.target for one in first.effects if one.kind is EffectKind.POST_CARD]
    quiet = made(first.case, snooze(4 * HOUR), OPENED + 2 * HOUR, by).case
    again = made(quiet, Tick(1), OPENED + 4 * HOUR, by)
    told = {one.target for one in again.effects if one.kind is EffectKind.TELL_STORY}
    assert told == {"#finance", f"@{BOB}", f"@{CYD}"}


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        pytest.param(snooze(who="eve@example.com"), Reason.NOT_IN_ROLE, id="nobody who is asked"),
        pytest.param(snooze(timedelta(days=2)), Reason.OVER_LIMIT, id="too long"),
        pytest.param(Silence(1, a_person(ANN, guest=True), HOUR), Reason.GUEST, id="a guest"),
    ],
)
def test_a_snooze_is_ones_own_and_bounded(command: Silence, reason: Reason) -> None:
    assert refused(opened(BY), command) is reason


def test_after_the_decision_nobody_is_woken() -> None:
    case = made(opened(BY), snooze(), OPENED).case
    decided = made(case, a_decide(BOB), OPENED + MIN).case
    assert decided.status is Status.APPROVED
    assert next_due(decided) is None
    assert refused(decided, snooze()) is Reason.DECIDED


def test_the_button_is_on_the_copy_of_one_person_alone() -> None:
    case = made(opened(BY), Tick(1), OPENED + HOUR).case
    case = made(case, Tick(1), OPENED + 2 * HOUR).case
    assert Action.QUIET in [one["action_id"] for one in buttons(case, f"@{ANN}")]
    assert Action.QUIET not in [one["action_id"] for one in buttons(case, "#finance")]


def hand(role: str = "operations", who: str = "ops@example.com", reason: str = "Ann is ill") -> Reassign:
    return Reassign(1, a_person(who), role, reason)


def test_a_case_that_is_handed_over_is_decided_by_the_other_role_and_its_clock_runs_on() -> None:
    case = opened(BY)
    handed = made(case, hand(), OPENED + 30 * MIN)
    assert handed.case.plan.stages[0].roles == ("operations",)
    assert [one.target for one in handed.effects if one.kind is EffectKind.POST_CARD] == ["#operations"]
    (entry,) = handed.entries
    assert entry.detail["mention"] == [ANN, "ops@example.com"]
    line = LINES[entry.action](Happened(1, entry.action, entry.at, entry.detail))
    assert line == "Ops handed this to operations. “Ann is ill”"
    assert next_firing(handed.case) == next_firing(case)
    assert not isinstance(transition(handed.case, a_decide(BOB), BY, OPENED + 31 * MIN), Transition)
    assert made(handed.case, a_decide("ops@example.com"), OPENED + 31 * MIN).case.status is Status.APPROVED


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        pytest.param(hand(who=BOB), Reason.NOT_IN_ROLE, id="not in a role that may"),
        pytest.param(hand("finance"), Reason.NOT_NAMED, id="a role that the policy does not name"),
        pytest.param(hand("nonsense"), Reason.NOT_NAMED, id="no role"),
        pytest.param(hand(reason="  "), Reason.REASON_OWED, id="without a reason"),
    ],
)
def test_a_hand_over_is_bounded_by_the_policy(command: Reassign, reason: Reason) -> None:
    assert refused(opened(BY), command) is reason


def test_a_case_goes_from_hand_to_hand_as_often_as_the_policy_lets() -> None:
    case = opened(BY)
    for role in ("operations", "directors"):
        case = made(case, hand(role), OPENED).case
    assert refused(case, hand()) is Reason.OVER_LIMIT
    assert refused(made(opened(BY), hand(), OPENED).case, hand()) is Reason.UNFIT


def test_nobody_is_asked_who_could_not_decide() -> None:
    dear = opened(BY, an_event(value=usd("14000.00")))
    assert refused(dear, hand("directors")) is Reason.OVER_LIMIT
    own = opened(BY, an_event(makers=(a_maker("ops@example.com"),)))
    assert refused(own, hand()) is Reason.OWN_REQUEST
    two = steered(to=("operations",))
    policy = replace(two.config.policies["one_approver"], stages=(Stage(("finance",), count=3),))
    two = replace(two, config=replace(two.config, policies={"one_approver": policy}))
    assert refused(opened(two), hand(), two) is Reason.UNFIT


def test_where_the_policy_names_nobody_a_case_is_not_handed_over() -> None:
    assert refused(opened(under(*STANDARD)), hand(), under(*STANDARD)) is Reason.NOT_IN_ROLE


def test_what_people_did_is_kept_with_the_case() -> None:
    case = made(made(opened(BY), snooze(), OPENED).case, hand(), OPENED).case
    assert chase_from_text(chase_to_text(case.chase)) == case.chase
    assert chase_from_text('[[],"",null]').snoozed == ()
    assert plan_from_text(plan_to_text(case.plan)) == case.plan

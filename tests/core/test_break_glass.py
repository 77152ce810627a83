"""Approving alone in an emergency: who may, what it goes past, and the review that it owes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition
from bot.cases.chase import chase_from_text, chase_to_text
from bot.cases.commands import BreakGlass, Command, Say, Tick
from bot.cases.model import NOBODY_KNOWN, Case, Status, WriteBackState
from bot.cases.planning import Rules
from bot.cases.remark import RemarkKind
from bot.cases.review import EVERY, ROLE, owes_review, reviewers
from bot.cases.timing import next_due
from bot.cases.transitions import transition
from bot.config import model
from bot.effects import Effect, EffectKind
from tests.factories import NOW, a_case, a_maker, a_person, a_plan, a_role, a_stage, an_event, rules

DEE = a_person("dee@example.com")
GLASS = model.BreakGlass(frozenset({"dee@example.com", "gus@example.com"}), "#security", "auditors")
UNDER = rules(roles=[a_role(), a_role("auditors", ["olga@example.com", "dee@example.com"])], break_glass=GLASS)
TWO_STAGES = a_case(plan=a_plan(a_stage(), a_stage("executive", count=2)))


def broken(case: Case = TWO_STAGES) -> Case:
    answer = transition(case, BreakGlass(1, 1, DEE, "the line stands still"), UNDER, NOW)
    assert isinstance(answer, Transition)
    return replace(answer.case, id=1)


def refused(case: Case, command: Command, under: Rules = UNDER) -> Reason:
    answer = transition(case, command, under, NOW)
    assert isinstance(answer, Refusal)
    return answer.reason


def test_a_named_person_approves_past_every_stage_and_everybody_is_shown() -> None:
    answer = transition(TWO_STAGES, BreakGlass(1, 1, DEE, "the line stands still"), UNDER, NOW)
    assert isinstance(answer, Transition)
    assert (answer.case.status, answer.case.decisions[0].as_role) == (Status.APPROVED, ROLE)
    assert Effect(EffectKind.POST_CARD, 1, "#security") in answer.effects
    (entry,) = answer.entries
    assert (entry.action, entry.detail["break_glass"], entry.detail["reason"]) == (
        "case.approved",
        True,
        "the line stands still",
    )


@pytest.mark.parametrize(
    ("case", "command", "under", "reason"),
    [
        pytest.param(
            a_case(), BreakGlass(1, 1, a_person(), "now"), UNDER, Reason.NOT_IN_ROLE, id="who is not named for it"
        ),
        pytest.param(a_case(), BreakGlass(1, 1, DEE, "now"), rules(), Reason.NOT_IN_ROLE, id="where nobody is"),
        pytest.param(a_case(), BreakGlass(1, 1, DEE, " "), UNDER, Reason.REASON_OWED, id="without a reason"),
        pytest.param(a_case(number=2), BreakGlass(1, 1, DEE, "now"), UNDER, Reason.CHANGED, id="figures of before"),
        pytest.param(
            a_case(event=an_event(makers=(a_maker("dee@example.com"),))),
            BreakGlass(1, 1, DEE, "now"),
            UNDER,
            Reason.OWN_REQUEST,
            id="what one asked for oneself",
        ),
        pytest.param(
            a_case(),
            BreakGlass(1, 1, a_person("gus@example.com", guest=True), "now"),
            UNDER,
            Reason.GUEST,
            id="a guest, named or not",
        ),
        pytest.param(
            a_case(plan=a_plan(photo=True)), BreakGlass(1, 1, DEE, "now"), UNDER, Reason.EVIDENCE_OWED, id="no photo"
        ),
        pytest.param(
            a_case(event=an_event(makers=(NOBODY_KNOWN,)), plan=a_plan(unknown_maker=model.UnknownMaker.REFUSE)),
            BreakGlass(1, 1, DEE, "now"),
            UNDER,
            Reason.UNKNOWN_MAKER,
            id="what nobody knows who asked for, where that is refused",
        ),
    ],
)
def test_the_glass_does_not_break_for(case: Case, command: Command, under: Rules, reason: Reason) -> None:
    assert refused(case, command, under) is reason


def test_the_review_is_owed_until_somebody_else_of_the_role_gives_it() -> None:
    case = broken()
    assert owes_review(case)
    assert refused(case, Say(1, DEE, RemarkKind.REVIEW, "fine")) is Reason.OWN_REQUEST
    assert refused(case, Say(1, a_person(), RemarkKind.REVIEW, "fine")) is Reason.NOT_IN_ROLE
    closed = replace(case, closed_at=NOW)
    answer = transition(closed, Say(1, a_person("olga@example.com"), RemarkKind.REVIEW, "it was needed"), UNDER, NOW)
    assert isinstance(answer, Transition)
    assert not owes_review(answer.case)
    assert answer.entries[0].action == "case.reviewed"
    assert refused(answer.case, Say(1, a_person("olga@example.com"), RemarkKind.REVIEW, "again")) is Reason.NOBODY_ASKED


def test_whoever_made_the_record_does_not_review_it() -> None:
    case = broken(a_case(event=an_event(makers=(a_maker("olga@example.com"),))))
    assert refused(case, Say(1, a_person("olga@example.com"), RemarkKind.REVIEW, "fine")) is Reason.OWN_REQUEST
    assert reviewers(case, UNDER) == ()


def test_the_review_is_reminded_of_every_day_until_it_is_given_and_missed_days_are_not_made_up_for() -> None:
    case = replace(broken(), write_back=WriteBackState.CONFIRMED, closed_at=NOW)
    assert next_due(case) == NOW + EVERY
    assert transition(case, Tick(1), UNDER, NOW + EVERY / 2) is None
    answer = transition(case, Tick(1), UNDER, NOW + 3 * EVERY + EVERY / 2)
    assert isinstance(answer, Transition)
    (entry,) = answer.entries
    assert (entry.action, entry.detail["mention"]) == ("case.review_owed", ["olga@example.com"])
    assert next_due(answer.case) == NOW + 4 * EVERY
    given = transition(
        answer.case, Say(1, a_person("olga@example.com"), RemarkKind.REVIEW, "it was needed"), UNDER, NOW
    )
    assert isinstance(given, Transition)
    assert next_due(given.case) is None
    assert chase_from_text(chase_to_text(answer.case.chase)) == answer.case.chase

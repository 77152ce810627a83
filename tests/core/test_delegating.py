"""Naming a stand-in: who may write a delegation down, for whom and for how long; and forwarding a single case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.approvals.authority import Reason, Refused
from bot.approvals.delegating import LONGEST, Delegate, Revoke, delegate, revoke
from bot.approvals.standins import Delegation
from bot.cases.answers import Answer, Refusal, Transition
from bot.cases.codec import forwards_from_text, forwards_to_text
from bot.cases.commands import Forward
from bot.cases.model import Case, Person, Status
from bot.cases.planning import Rules
from bot.cases.steward_commands import TakeBack
from bot.cases.transitions import transition
from bot.slack import words
from tests.factories import (
    FINANCE,
    NOW,
    a_case,
    a_config,
    a_decide,
    a_maker,
    a_person,
    a_role,
    an_event,
    minutes,
    rules,
)

ANN, BOB, _CYD = map(a_person, FINANCE)
EVE, DEPUTY = a_person("eve@example.com"), a_person("deputy@example.com")
CONFIG = a_config(roles=[a_role(), a_role("office", [DEPUTY.email])], delegation_by="office")


def asked(**changes: object) -> Delegate:
    """Ann names Eve for a week."""
    dull = Delegate(ANN, ANN, EVE, NOW, NOW + timedelta(days=7))
    return replace(dull, **changes)  # type: ignore[arg-type]  # any field by its name


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        pytest.param(asked(), None, id="one's own"),
        pytest.param(asked(person=DEPUTY), None, id="an absent one's, by the role that is named for it"),
        pytest.param(asked(person=BOB), Reason.NOT_YOURS, id="a colleague's"),
        pytest.param(asked(taker=ANN), Reason.TO_ONESELF, id="to oneself"),
        pytest.param(asked(person=DEPUTY, taker=DEPUTY), Reason.TO_ONESELF, id="an absent one's to oneself"),
        pytest.param(asked(ends_at=NOW), Reason.BAD_DATES, id="over at once"),
        pytest.param(asked(starts_at=minutes(60), ends_at=minutes(60)), Reason.BAD_DATES, id="no time at all"),
        pytest.param(asked(ends_at=NOW + LONGEST), None, id="as long as may be"),
        pytest.param(asked(ends_at=NOW + LONGEST + timedelta(seconds=1)), Reason.BAD_DATES, id="longer"),
        pytest.param(asked(taker=replace(EVE, guest=True)), Reason.UNFIT, id="to a guest"),
        pytest.param(asked(taker=replace(EVE, deactivated=True)), Reason.UNFIT, id="to somebody who has left"),
        pytest.param(asked(taker=replace(EVE, email="")), Reason.UNFIT, id="to somebody without an address"),
        pytest.param(
            asked(person=replace(ANN, guest=True), giver=replace(ANN, guest=True)), Reason.GUEST, id="by a guest"
        ),
    ],
)
def test_who_may_delegate_what_to_whom(command: Delegate, reason: Reason | None) -> None:
    made = delegate(command, Rules(CONFIG, {}), NOW)
    assert (made.reason if isinstance(made, Refused) else None) is reason


def test_a_delegation_never_reaches_into_the_past() -> None:
    made = delegate(asked(starts_at=NOW - timedelta(days=3)), Rules(CONFIG, {}), NOW)
    assert isinstance(made, Delegation)
    assert made.starts_at == NOW


GIVEN = Delegation(1, ANN.email, "Ann", EVE.email, "Eve", NOW, minutes(60))


@pytest.mark.parametrize(
    ("person", "found", "reason"),
    [
        (ANN, GIVEN, None),
        (EVE, GIVEN, None),
        (DEPUTY, GIVEN, None),
        (BOB, GIVEN, Reason.NOT_YOURS),
        (ANN, None, Reason.NO_DELEGATION),
        (ANN, replace(GIVEN, ends_at=NOW), Reason.NO_DELEGATION),
        (replace(ANN, guest=True), GIVEN, Reason.GUEST),
    ],
)
def test_who_may_end_one(person: Person, found: Delegation | None, reason: Reason | None) -> None:
    refused = revoke(Revoke(person, 1), found, Rules(CONFIG, {}), NOW)
    assert (refused.reason if refused else None) is reason


def forwarded(case: Case, person: Person = ANN, taker: Person = EVE) -> Answer:
    """What forwarding the case does."""
    return transition(case, Forward(1, 1, person, taker), rules(), NOW)


def test_a_forwarded_case_reaches_the_stand_in_who_answers_in_that_name() -> None:
    made = forwarded(a_case())
    assert isinstance(made, Transition)
    assert made.case.channels == ("#finance", "@eve@example.com")
    assert [entry.action for entry in made.entries] == ["case.forwarded"]
    done = transition(made.case, a_decide(EVE.email), rules(), minutes(60 * 24 * 30))
    assert isinstance(done, Transition)
    assert (done.case.status, done.case.decisions[0].behalf) == (Status.APPROVED, (ANN.email,))


def test_whoever_forwarded_a_case_takes_it_back_and_may_forward_it_again() -> None:
    made = forwarded(a_case())
    assert isinstance(made, Transition)
    back = transition(made.case, TakeBack(1, ANN), rules(), minutes(1))
    assert isinstance(back, Transition)
    assert [(entry.action, entry.detail["takers"]) for entry in back.entries] == [
        ("case.forward_taken_back", [EVE.email])
    ]
    assert forwards_from_text(forwards_to_text(back.case.forwards)) == back.case.forwards
    assert words.standing(back.case).endswith("Ann took back that Eve may answer in that name.")
    late = transition(back.case, a_decide(EVE.email), rules(), minutes(2))
    assert isinstance(late, Refusal)
    assert late.reason is Reason.NOT_IN_ROLE
    again = transition(back.case, TakeBack(1, ANN), rules(), minutes(2))
    assert isinstance(again, Refusal)
    assert again.reason is Reason.NO_DELEGATION
    assert isinstance(forwarded(back.case), Transition)


def test_nobody_takes_back_what_somebody_else_gave() -> None:
    made = forwarded(a_case())
    assert isinstance(made, Transition)
    for person in (BOB, EVE):
        refused = transition(made.case, TakeBack(1, person), rules(), minutes(1))
        assert isinstance(refused, Refusal)
        assert refused.reason is Reason.NO_DELEGATION


@pytest.mark.parametrize(
    ("case", "person", "taker", "reason"),
    [
        pytest.param(a_case(), EVE, BOB, Reason.NOT_IN_ROLE, id="who may not answer forwards nothing"),
        pytest.param(a_case(), ANN, ANN, Reason.TO_ONESELF, id="to oneself"),
        pytest.param(
            a_case(event=an_event(makers=(a_maker(EVE.email),))), ANN, EVE, Reason.OWN_REQUEST, id="to a maker"
        ),
        pytest.param(a_case(), ANN, replace(EVE, guest=True), Reason.UNFIT, id="to a guest"),
        pytest.param(a_case(number=2), ANN, EVE, Reason.CHANGED, id="figures of before"),
    ],
)
def test_who_may_forward_a_case_to_whom(case: Case, person: Person, taker: Person, reason: Reason) -> None:
    answer = forwarded(case, person, taker)
    assert isinstance(answer, Refusal)
    assert answer.reason is reason
    assert [entry.action for entry in answer.entries] == ["case.refused"]

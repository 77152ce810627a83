"""An exception asks for an approval: who may, what is opened, how the answer comes back, and what ends with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition
from bot.cases.commands import Command, Decide, Tick
from bot.cases.model import Case, Kind, Status, Verdict, WriteBackState
from bot.cases.transitions import transition
from bot.config.model import CareRule, Pattern, Policy, Stage
from bot.effects import EffectKind
from bot.exceptions.commands import Alike, Answered, AskApproval, Asked, DropRequest, Recur, Repeated, Resolve, Tracked
from bot.odoo.catalog.repeats import REPEATS
from tests.factories import LATE, NOW, a_config, a_person, a_role, a_rule, an_event, minutes, rules, usd

ANN, BOB, CYD = (a_person(f"{name}@example.com") for name in ("ann", "bob", "cyd"))
OWNED = Policy("owned", (Stage(("finance",)), Stage(("finance",))), care=CareRule(approvals=("bought", "owned")))
BOUGHT = Policy("bought", (Stage(("finance", "buyers")),), expires=timedelta(days=1))
WHY = Pattern("repeat.supplier_delay", (LATE,), ("partner",), 3, timedelta(days=30), "owned")
RULES = rules(
    a_config(
        roles=[a_role(), a_role("buyers", ["eve@example.com"])],
        policies=[OWNED, BOUGHT],
        rules=[a_rule(policy="owned")],
        patterns={WHY.name: WHY},
    )
)
RULES = replace(RULES, traits={**RULES.traits, **REPEATS})
ASK = AskApproval(1, ANN, "bought", "ten boxes from next door")


def say(case: Case | None, command: Command) -> Transition:
    """What a command does, which has to do something."""
    made = transition(case, command, RULES, minutes(1))
    assert isinstance(made, Transition), made
    return made


def late() -> Case:
    """An open exception, as number 1."""
    event = an_event(event_type=LATE, value=usd("10.00"))
    made = transition(None, Tracked(event.record, LATE, event), RULES, NOW)
    assert isinstance(made, Transition)
    return replace(made.case, id=1)


def request() -> Case:
    """The approval that it asked for, as number 2."""
    opened = say(late(), ASK).successor
    assert opened is not None
    return replace(opened.case, id=2)


def test_an_approval_is_opened_that_is_about_the_exception_alone() -> None:
    made = say(late(), ASK)
    assert made.successor is not None
    opened = made.successor.case
    assert (opened.kind, opened.status, opened.record.is_ours, opened.record.id) == (
        Kind.APPROVAL,
        Status.PENDING,
        True,
        1,
    )
    assert (opened.plan.policy, opened.plan.care) == ("bought", None)
    assert opened.event.seen[0].shown == "ten boxes from next door"
    assert made.successor.then == (Asked(1, 0),)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (replace(ASK, policy="owned"), Reason.CODE_OWED),
        (replace(ASK, policy="unknown"), Reason.CODE_OWED),
        (replace(ASK, text=" "), Reason.REASON_OWED),
        (replace(ASK, person=a_person("eve@example.com")), Reason.NOT_IN_ROLE),
    ],
)
def test_what_cannot_be_asked_for(command: AskApproval, reason: Reason) -> None:
    answer = transition(late(), command, RULES, NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is reason


def test_one_is_asked_for_at_a_time() -> None:
    asking = say(late(), Asked(1, 2)).case
    answer = transition(asking, ASK, RULES, NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.ANSWERED_BEFORE


def test_whoever_asks_does_not_decide() -> None:
    answer = transition(request(), Decide(2, 1, ANN, Verdict.APPROVE), RULES, NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.OWN_REQUEST


@pytest.mark.parametrize(
    ("verdict", "reason", "sentence"),
    [(Verdict.APPROVE, "", "approved by Bob"), (Verdict.REJECT, "too dear", "rejected by Bob: too dear")],
)
def test_the_answer_goes_back_and_nothing_goes_to_odoo(verdict: Verdict, reason: str, sentence: str) -> None:
    made = say(request(), Decide(2, 1, BOB, verdict, reason))
    assert (made.case.write_back, made.case.closed_at) == (WriteBackState.NONE, minutes(1))
    assert EffectKind.WRITE_BACK not in {one.kind for one in made.effects}
    assert made.then == (Answered(1, 2, sentence),)
    heard = say(say(late(), Asked(1, 2)).case, made.then[0])
    assert heard.case.care is not None
    assert (heard.case.care.request, heard.case.care.answer) == (0, sentence)


def test_nobody_answered_in_time_and_that_goes_back_too() -> None:
    made = transition(request(), Tick(2), RULES, minutes(1) + timedelta(days=1))
    assert isinstance(made, Transition)
    (answered,) = made.then
    assert isinstance(answered, Answered)
    assert (made.case.status, made.case.covers, answered.sentence.split(":")[0]) == (Status.EXPIRED, False, "expired")
    heard = say(say(late(), Asked(1, 2)).case, answered)
    assert heard.case.care is not None
    assert (heard.case.care.request, heard.case.care.answer) == (0, answered.sentence)
    assert isinstance(transition(heard.case, ASK, RULES, minutes(5)), Transition)


def test_an_answer_to_an_earlier_request_is_none_to_the_present_one() -> None:
    assert transition(say(late(), Asked(1, 3)).case, Answered(1, 2, "approved by Bob"), RULES, NOW) is None


def test_what_asks_why_it_repeats_asks_for_approvals_like_any_other() -> None:
    found = Repeated(WHY.name, "partner", "Globex", 3, (Alike(1, "P1"), Alike(2, "P2"), Alike(3, "P3")))
    parent = replace(say(late(), Recur(1, (found,))).case, id=4)
    opened = say(parent, replace(ASK, case_id=4)).successor
    assert opened is not None
    assert (opened.case.kind, opened.case.plan.policy, opened.case.plan.care) == (Kind.APPROVAL, "bought", None)


def test_nobody_has_to_decide_for_an_exception_that_is_over() -> None:
    asking = say(late(), Asked(1, 2)).case
    over = say(asking, Resolve(1, 1, ANN, "supplier late", "cancelled"))
    assert over.then == (DropRequest(2, "case 1, which asked for it, is over"),)
    dropped = say(request(), over.then[0])
    assert dropped.case.status is Status.WITHDRAWN
    assert transition(over.case, Answered(1, 2, "withdrawn"), RULES, NOW) is None

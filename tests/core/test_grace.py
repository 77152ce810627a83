"""Thinking again: the answer that would end a case is held for a while, and whoever gave it can take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition
from bot.cases.commands import Command, Observed, Over, Tick, Undo
from bot.cases.intended_codec import intended_from_text, intended_to_text
from bot.cases.model import Case, Status, Verdict, WriteBackState
from bot.cases.timing import next_due
from bot.cases.transitions import transition
from bot.config.model import Manner
from bot.effects import EffectKind
from tests.factories import (
    NOW,
    a_case,
    a_decide,
    a_maker,
    a_person,
    a_plan,
    a_record,
    a_stage,
    an_event,
    minutes,
    rules,
    seen,
    usd,
)

MINUTE = Manner(grace=timedelta(minutes=1))
ONE = a_case(plan=a_plan(manner=MINUTE))
TWO = a_case(plan=a_plan(a_stage(count=2), manner=MINUTE))
ANN = a_person()


def say(case: Case, command: Command, now: datetime = NOW) -> Transition:
    answer = transition(case, command, rules(), now)
    assert isinstance(answer, Transition)
    return answer


def refused(case: Case, command: Command, now: datetime = NOW) -> Reason:
    answer = transition(case, command, rules(), now)
    assert isinstance(answer, Refusal)
    return answer.reason


@pytest.mark.parametrize("verdict", Verdict)
def test_the_answer_that_ends_a_case_is_held_and_counts_when_its_time_is_over(verdict: Verdict) -> None:
    held = say(ONE, a_decide(verdict=verdict))
    assert (held.case.status, held.case.decisions, next_due(held.case)) == (Status.PENDING, (), minutes(1))
    assert EffectKind.WRITE_BACK not in {effect.kind for effect in held.effects}
    assert transition(held.case, Tick(1), rules(), minutes(0.9)) is None
    done = say(held.case, Tick(1), minutes(1))
    expected = Status.APPROVED if verdict is Verdict.APPROVE else Status.REJECTED
    assert (done.case.status, done.case.write_back) == (expected, WriteBackState.QUEUED)
    assert (done.case.intended, done.case.decisions[0].at) == (None, NOW)
    assert [(one.action, one.actor) for one in done.entries] == [(f"case.{expected}", ANN.key)]


def test_only_the_last_answer_is_held() -> None:
    once = say(TWO, a_decide())
    assert (once.case.intended, len(once.case.decisions)) == (None, 1)
    assert say(once.case, a_decide("bob@example.com")).case.intended is not None


def test_whoever_gave_it_takes_it_back_and_may_answer_again() -> None:
    held = say(ONE, a_decide(verdict=Verdict.REJECT)).case
    undone = say(held, Undo(1, ANN), minutes(0.5))
    assert (undone.case.intended, undone.entries[0].action) == (None, "case.undone")
    assert next_due(undone.case) is None
    assert say(undone.case, a_decide(), minutes(0.6)).case.intended is not None


def test_nobody_else_takes_it_back_and_nobody_answers_meanwhile() -> None:
    held = say(ONE, a_decide()).case
    assert refused(held, Undo(1, a_person("bob@example.com"))) is Reason.NOT_IN_ROLE
    assert refused(held, a_decide("bob@example.com", Verdict.REJECT)) is Reason.HELD


def test_at_the_instant_at_which_it_counts_it_is_too_late() -> None:
    held = say(ONE, a_decide()).case
    assert refused(held, Undo(1, ANN), minutes(1)) is Reason.NOT_HELD


def test_a_changed_record_and_one_that_is_over_drop_what_was_held() -> None:
    held = say(ONE, a_decide()).case
    dearer = an_event(seen=seen(partner_id="Globex", amount_total="13000.00"), value=usd("13000.00"))
    assert say(held, Observed(a_record(), dearer)).case.intended is None
    withdrawn = say(held, Observed(a_record(), Over("cancelled in Odoo"))).case
    assert (withdrawn.status, withdrawn.intended, next_due(withdrawn)) == (Status.WITHDRAWN, None, None)


def test_an_answer_that_was_given_in_time_counts_though_the_case_expires_meanwhile() -> None:
    brief = a_case(plan=a_plan(manner=MINUTE, expires=timedelta(minutes=5)))
    held = say(brief, a_decide(), minutes(4.5)).case
    assert say(held, Tick(1), minutes(5.5)).case.status is Status.APPROVED


def test_an_approval_by_whoever_edits_meanwhile_does_not_count() -> None:
    held = say(ONE, a_decide()).case
    edited = say(held, Observed(a_record(), replace(an_event(), makers=(a_maker("ann@example.com"),)))).case
    assert say(edited, Tick(1), minutes(1)).case.status is Status.PENDING


def test_what_is_held_comes_back_from_the_store_as_it_was() -> None:
    held = say(ONE, a_decide(verdict=Verdict.REJECT)).case.intended
    assert held is not None
    assert intended_from_text(intended_to_text(held)) == held
    assert intended_from_text(intended_to_text(None)) is None

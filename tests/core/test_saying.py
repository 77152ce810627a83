"""What people say about a case without deciding it, whom it reaches, and how the clock waits for an answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition, update_cards
from bot.cases.commands import Command, Say
from bot.cases.model import Case, Verdict
from bot.cases.remark import Remark, RemarkKind, open_question
from bot.cases.saying import MOST
from bot.cases.timing import expires_at, is_expired
from bot.cases.transitions import transition
from bot.config.model import Manner
from bot.effects import Effect, EffectKind
from tests.factories import NOW, a_case, a_decide, a_maker, a_person, a_plan, an_approved_case, an_event, minutes, rules

ANN, BOB, MIA = (a_person(f"{name}@example.com") for name in ("ann", "bob", "mia"))
K = RemarkKind


def say(case: Case, person: str, kind: RemarkKind, text: str = "why so many?", minute: float = 0) -> Case:
    answer = transition(case, Say(1, a_person(f"{person}@example.com"), kind, text), rules(), minutes(minute))
    assert isinstance(answer, Transition)
    return answer.case


def refused(case: Case, command: Command) -> Reason:
    answer = transition(case, command, rules(), NOW)
    assert isinstance(answer, Refusal)
    return answer.reason


def test_a_question_reaches_whoever_asked_for_the_record_in_person() -> None:
    answer = transition(a_case(), Say(1, ANN, K.QUESTION, " why\x00 so many? "), rules(), NOW)
    assert isinstance(answer, Transition)
    asked = Remark(K.QUESTION, ANN.key, ANN.email, ANN.name, "finance", "why so many?", NOW)
    assert answer.case.remarks == (asked,)
    assert answer.effects == (
        *update_cards(a_case()),
        Effect(EffectKind.POST_CARD, 1, "@mia@example.com"),
    )
    (entry,) = answer.entries
    assert (entry.action, entry.detail["text"], entry.detail["mention"]) == (
        "case.asked",
        "why so many?",
        ["mia@example.com"],
    )


def test_a_question_about_a_record_of_nobody_in_slack_stays_on_the_card() -> None:
    unknown = a_case(event=an_event(makers=(a_maker("", login="purchasing"),)))
    assert say(unknown, "ann", K.QUESTION).channels == ("#finance",)


def test_a_second_question_makes_no_second_copy_of_the_card() -> None:
    once = say(a_case(), "ann", K.QUESTION)
    assert say(once, "bob", K.QUESTION).channels == ("#finance", "@mia@example.com")


def test_an_answer_goes_to_whoever_asked_and_closes_the_question() -> None:
    asked = say(a_case(), "ann", K.QUESTION)
    answer = transition(asked, Say(1, MIA, K.ANSWER, "it was on sale"), rules(), minutes(2))
    assert isinstance(answer, Transition)
    assert answer.entries[0].detail["mention"] == ["ann@example.com"]
    assert open_question(answer.case.remarks) is None
    assert refused(answer.case, Say(1, MIA, K.ANSWER, "again")) is Reason.NOBODY_ASKED


@pytest.mark.parametrize(
    ("case", "command", "reason"),
    [
        pytest.param(a_case(), Say(1, MIA, K.QUESTION, "?"), Reason.NOT_IN_ROLE, id="who may not decide asks nothing"),
        pytest.param(
            a_case(), Say(1, a_person(guest=True), K.COMMENT, "hi"), Reason.GUEST, id="a guest does not comment"
        ),
        pytest.param(a_case(), Say(1, ANN, K.COMMENT, " \u200b\n"), Reason.REASON_OWED, id="nothing is no comment"),
        pytest.param(a_case(), Say(1, ANN, K.COMMENT, "hi", "0" * 10), Reason.CHANGED, id="a card of another record"),
        pytest.param(
            a_case(remarks=(Remark(K.COMMENT, "k", "e", "n", "", "t", NOW),) * MOST),
            Say(1, ANN, K.COMMENT, "hi"),
            Reason.TOO_MANY,
            id="as much as a case can hold",
        ),
    ],
)
def test_what_is_not_taken_is_refused_by_name(case: Case, command: Command, reason: Reason) -> None:
    assert refused(case, command) is reason


def test_a_remark_decides_nothing_and_takes_nothing_from_whoever_made_it() -> None:
    talked = say(say(a_case(), "ann", K.QUESTION), "ann", K.COMMENT)
    answer = transition(talked, a_decide(), rules(), NOW)
    assert isinstance(answer, Transition)
    assert answer.case.status == "approved"


def test_a_comment_is_kept_on_a_decided_case_until_it_is_closed() -> None:
    assert say(an_approved_case(), "mia", K.COMMENT, "thank you").remarks[0].text == "thank you"


HOUR = a_plan(expires=timedelta(hours=1))
PATIENT = a_plan(expires=timedelta(hours=1), manner=Manner(question_pauses=True))


def test_the_expiry_waits_for_an_answer_where_the_policy_says_so() -> None:
    asked = say(a_case(plan=PATIENT), "ann", K.QUESTION, minute=50)
    assert not is_expired(asked, minutes(500))
    answered = say(asked, "mia", K.ANSWER, minute=500)
    assert expires_at(answered) == minutes(60 + 450)
    assert expires_at(say(answered, "ann", K.QUESTION, minute=505)) is None


def test_the_expiry_does_not_wait_otherwise() -> None:
    asked = say(a_case(plan=HOUR), "ann", K.QUESTION, minute=50)
    assert expires_at(asked) == minutes(60)


CODED = a_plan(manner=Manner(reject_codes=("Too dear", "Wrong vendor")))


@pytest.mark.parametrize("code", ["", "Too late", "too dear"])
def test_a_rejection_owes_one_of_the_reasons_that_the_policy_names(code: str) -> None:
    assert refused(a_case(plan=CODED), a_decide(verdict=Verdict.REJECT, code=code)) is Reason.CODE_OWED


def test_the_chosen_reason_is_kept_beside_the_text() -> None:
    answer = transition(a_case(plan=CODED), a_decide(verdict=Verdict.REJECT, code="Too dear"), rules(), NOW)
    assert isinstance(answer, Transition)
    assert (answer.case.decisions[0].code, answer.entries[0].detail["code"]) == ("Too dear", "Too dear")


def test_a_code_that_nobody_asked_for_is_not_kept() -> None:
    answer = transition(a_case(), a_decide(code="Too dear"), rules(), NOW)
    assert isinstance(answer, Transition)
    assert answer.case.decisions[0].code == ""


@pytest.mark.parametrize("kind", [K.COMMENT, K.QUESTION])
def test_what_was_sent_twice_is_said_once(kind: RemarkKind) -> None:
    """A late answer makes Slack offer to send a modal again; a replay does the same."""
    said = say(a_case(), "ann", kind, "why so many?")
    assert refused(said, Say(1, ANN, kind, " why so many?\x00")) is Reason.SAID_BEFORE
    assert refused(say(said, "ann", kind, "and more"), Say(1, ANN, kind, "why so many?")) is Reason.SAID_BEFORE


def test_an_answer_sent_twice_is_told_so_and_not_that_nobody_asked() -> None:
    answered = say(say(a_case(), "ann", K.QUESTION), "mia", K.ANSWER, "on sale")
    assert refused(answered, Say(1, MIA, K.ANSWER, "on sale")) is Reason.SAID_BEFORE


def test_the_same_words_count_again_from_somebody_else_of_another_kind_or_later() -> None:
    said = say(a_case(), "ann", K.COMMENT, "ok")
    assert len(say(said, "bob", K.COMMENT, "ok").remarks) == 2
    assert len(say(said, "ann", K.QUESTION, "ok").remarks) == 2
    assert len(say(said, "ann", K.COMMENT, "ok", minute=5).remarks) == 2

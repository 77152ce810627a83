"""A choice with an approval: what is offered, what is taken by itself, what binds whoever comes next, what says it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.approvals.authority import Reason, Refused
from bot.audit.export import Form, heading
from bot.cases import choosing
from bot.cases.answers import Answer, Refusal, Transition
from bot.cases.codec import plan_from_text, plan_to_text, revision_from_text, revision_to_text
from bot.cases.commands import BreakGlass, Observed
from bot.cases.intended_codec import intended_from_text, intended_to_text
from bot.cases.model import Case, Choice, Intended, Status, Verdict
from bot.cases.transitions import transition
from bot.config.explain import explain
from bot.config.explain_text import as_data, as_text
from bot.config.model import CHOICES, Execution
from bot.config.model import BreakGlass as Glass
from bot.handlers.payloads import CHOOSING
from bot.odoo.catalog import CATALOG
from bot.slack.buttons import Action, choosing_id, more_buttons
from bot.slack.cards import render
from bot.slack.modals import CHOICE_BLOCK, ask_reason, asks_first
from bot.slack.story import LINES, Happened
from tests.factories import (
    NOW,
    a_case,
    a_config,
    a_decide,
    a_decision,
    a_person,
    a_plan,
    a_policy,
    a_rule,
    a_stage,
    an_event,
    minutes,
    rules,
)

SPLIT = Choice("backorder", "backorder the rest", "the rest becomes a backorder")
DROP = Choice("cancel_rest", "cancel the rest", "the rest is cancelled")
WAIT = Choice("wait", "wait for all of it", "nothing goes yet")
SHORT = an_event(choices=(SPLIT, DROP, WAIT))


def pending(*allowed: str, default: str = "", stages: int = 1, **changes: object) -> Case:
    """A delivery of which a part is there, under a policy that lets these be chosen."""
    plan = a_plan(*[a_stage()] * stages, choices=allowed, default_choice=default)
    return a_case(event=SHORT, plan=replace(plan, distinct_people=False), **changes)


def approved_with(case: Case, code: str, email: str = "bob@example.com") -> Case:
    return replace(case, decisions=(*case.decisions, a_decision(email, choice=code)))


def answered(case: Case, **command: Any) -> Answer:
    return transition(case, a_decide(**{"pin": case.pin, **command}), rules(), NOW)


@pytest.mark.parametrize(
    ("case", "offered", "usual"),
    [
        (pending(), ["backorder", "cancel_rest", "wait"], "backorder"),
        (pending(default="cancel_rest"), ["backorder", "cancel_rest", "wait"], "cancel_rest"),
        (pending(default="ask"), ["backorder", "cancel_rest", "wait"], None),
        (pending("cancel_rest", "wait"), ["cancel_rest", "wait"], "cancel_rest"),
        (pending("wait", default="ask"), ["wait"], "wait"),
        (pending("other"), [], None),
        (approved_with(pending(default="ask"), "wait"), ["wait"], "wait"),
        (approved_with(pending(number=2), "wait"), ["backorder", "cancel_rest", "wait"], "backorder"),
        (a_case(), [], None),
    ],
)
def test_what_may_be_chosen_and_what_is_taken_by_itself(case: Case, offered: list[str], usual: str | None) -> None:
    assert [one.code for one in choosing.offered(case)] == offered
    found = choosing.usual(case)
    assert (found.code if found else None) == usual


@pytest.mark.parametrize(
    ("case", "code", "taken"),
    [
        (pending(), "", "backorder"),
        (pending(), "cancel_rest", "cancel_rest"),
        (pending(default="ask"), "", Reason.CHOICE_OWED),
        (pending(default="ask"), "wait", "wait"),
        (pending("backorder"), "cancel_rest", Reason.NOT_OFFERED),
        (pending("other"), "", Reason.NOT_OFFERED),
        (pending(), "burn_it", Reason.NOT_OFFERED),
        (approved_with(pending(), "wait"), "", "wait"),
        (approved_with(pending(), "wait"), "cancel_rest", Reason.NOT_OFFERED),
        (a_case(), "", ""),
        (a_case(), "backorder", Reason.NOT_OFFERED),
    ],
)
def test_a_choice_is_taken_or_refused_for_its_reason(case: Case, code: str, taken: str) -> None:
    found = choosing.taken(case, code)
    assert (found.reason if isinstance(found, Refused) else found) == taken


def test_what_was_chosen_is_kept_in_the_decision_and_told_everywhere() -> None:
    made = answered(pending(stages=2), choice="cancel_rest")
    assert isinstance(made, Transition)
    assert [one.choice for one in made.case.decisions] == ["cancel_rest"]
    (entry,) = made.entries
    assert (entry.detail["choice"], entry.detail["chosen"]) == ("cancel_rest", "cancel the rest")
    card = json.dumps(render(made.case, "#finance").blocks)
    assert "Approved by Ann (finance): cancel the rest" in card
    assert "Approved so far with \\u201ccancel the rest\\u201d" in card
    assert "Approve: the rest is cancelled." in card
    assert list(more_buttons(made.case, "#finance")) == []
    told = Happened(1, entry.action, entry.at, entry.detail)
    assert LINES[entry.action](told).startswith("Approved by Ann (finance): cancel the rest.")
    ended = answered(made.case, person=a_person("bob@example.com"))
    assert isinstance(ended, Transition)
    assert (ended.case.status, ended.case.decisions[-1].choice) == (Status.APPROVED, "cancel_rest")


def test_whoever_comes_later_cannot_choose_otherwise_and_may_reject() -> None:
    case = approved_with(pending(stages=2), "wait")
    refused = answered(case, choice="backorder")
    assert isinstance(refused, Refusal)
    assert "approved with “wait for all of it” before" in refused.sentence
    made = answered(case, verdict=Verdict.REJECT, reason="no", choice="backorder")
    assert isinstance(made, Transition)
    assert (made.case.status, made.case.decisions[-1].choice) == (Status.REJECTED, "")


def test_a_card_that_was_drawn_before_the_choice_approves_nothing() -> None:
    """Its button says what was taken by itself then; whoever presses it has not seen what it would be now."""
    before = pending(stages=2)
    case = approved_with(before, "wait")
    refused = answered(case, pin=before.pin)
    assert isinstance(refused, Refusal)
    assert (refused.reason, "with “wait for all of it” since" in refused.sentence) == (Reason.CHANGED, True)
    taken = answered(case, pin=case.pin)
    assert isinstance(taken, Transition)
    assert taken.case.decisions[-1].choice == "wait"


def test_a_changed_record_is_chosen_about_anew() -> None:
    case = approved_with(pending(stages=2), "wait")
    more = replace(SHORT, seen=tuple(replace(one, value="other", shown="other") for one in SHORT.seen))
    made = transition(case, Observed(case.record, more), rules(), NOW)
    assert isinstance(made, Transition)
    assert len(choosing.offered(made.case)) == len(SHORT.choices)


@pytest.mark.parametrize(
    ("case", "others", "opens", "marked"),
    [
        (pending(), ["cancel_rest", "wait"], False, "backorder"),
        (pending(default="wait"), ["backorder", "cancel_rest"], False, "wait"),
        (pending(default="ask"), ["backorder", "cancel_rest", "wait"], True, None),
    ],
)
def test_each_choice_has_its_button_and_the_form_has_all(
    case: Case, others: list[str], *, opens: bool, marked: str | None
) -> None:
    found = list(more_buttons(case, "#finance"))
    assert [one["action_id"] for one in found] == [f"case:approve:{code}" for code in others]
    assert all(CHOOSING.fullmatch(one["action_id"]) for one in found)
    assert asks_first(case, Action.APPROVE) is opens
    assert asks_first(case, Action.APPROVE, "wait") is False
    for choice, wanted in (("", marked), ("cancel_rest", "cancel_rest")):
        radio = ask_reason(case, Action.APPROVE, "C1", choice=choice)["blocks"][2]
        assert (radio["block_id"], len(radio["element"]["options"])) == (CHOICE_BLOCK, 3)
        assert radio["element"].get("initial_option", {}).get("value") == wanted


def test_a_release_says_which_and_carrying_out_what_it_brings() -> None:
    carried = json.dumps(render(pending(), "#finance").blocks, ensure_ascii=False)
    assert "Approve: the rest becomes a backorder. Approve, cancel the rest: the rest is cancelled." in carried
    released = replace(pending(), plan=replace(pending().plan, execution=Execution.RELEASE, approve_does="a note"))
    assert "Approve: a note; the note says “backorder the rest”, or as the other buttons say." in json.dumps(
        render(released, "#finance").blocks, ensure_ascii=False
    )
    asking = json.dumps(render(pending(default="ask"), "#finance").blocks, ensure_ascii=False)
    assert "“Approve” asks which of these it is to be. Approve, backorder the rest: the rest" in asking


@pytest.mark.parametrize(("default", "choice"), [("", "backorder"), ("wait", "wait"), ("ask", None)])
def test_a_rule_that_approves_alone_takes_the_usual_one_or_leaves_it_to_people(
    default: str, choice: str | None
) -> None:
    alone = a_rule("alone", approves=True, policy="")
    config = a_config(rules=[alone, a_rule()], policies=[replace(a_policy(), default_choice=default)])
    made = transition(None, Observed(SHORT.record, SHORT), rules(config), NOW)
    assert isinstance(made, Transition)
    assert [one.choice for one in made.case.decisions] == ([choice] if choice else [])


@pytest.mark.parametrize(
    ("default", "given", "choice"), [("", "", "backorder"), ("ask", "wait", "wait"), ("ask", "", None)]
)
def test_break_glass_owes_the_choice_too(default: str, given: str, choice: str | None) -> None:
    case = pending(default=default)
    config = replace(a_config(), break_glass=Glass(frozenset({"ann@example.com"}), "#all", "finance"))
    command = BreakGlass(case.id, 1, a_person(), "the truck leaves", case.event.pin, given)
    made = transition(case, command, rules(config), NOW)
    if choice is None:
        assert isinstance(made, Refusal)
        assert made.reason is Reason.CHOICE_OWED
    else:
        assert isinstance(made, Transition)
        assert made.case.decisions[-1].choice == choice


@pytest.mark.parametrize(
    ("default", "usual", "words"),
    [("", "backorder", "backorder where nothing is chosen"), ("ask", None, "nothing by itself")],
)
def test_what_may_be_chosen_is_explained_and_exported(default: str, usual: str | None, words: str) -> None:
    config = a_config(policies=[replace(a_policy(), choices=("backorder", "wait"), default_choice=default)])
    told = explain(SHORT, rules(config), NOW)
    said = f"Whoever approves chooses: backorder (backorder the rest), wait (wait for all of it); {words}."
    assert said in as_text(told, "signoff.yaml")
    data = as_data(told)
    assert (data["choices"], data["default_choice"]) == (["backorder", "wait"], usual)
    assert "chosen" in heading(Form.CSV).split(",")


def test_what_is_chosen_outlives_storing() -> None:
    case = pending("wait", "backorder", default="ask")
    assert plan_from_text(plan_to_text(case.plan)) == case.plan
    told = revision_to_text(case.revision)
    assert revision_from_text(case.record, 1, NOW, told) == case.revision
    held = Intended(a_decision(choice="wait"), minutes(1))
    assert intended_from_text(intended_to_text(held)) == held


def test_the_config_knows_every_choice_of_the_catalog_and_buttons_can_carry_it() -> None:
    known = {one.choice.code: one.choice for entry in CATALOG.values() for one in entry.branches}
    assert set(known) == set(CHOICES)
    assert all(CHOOSING.fullmatch(choosing_id(one)) for one in known.values())

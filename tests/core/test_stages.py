"""Stages: which are asked, in what order, when one is complete, and that a record's findings become one plan."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.approvals.authority import Reason
from bot.approvals.quorum import assign, current_stage_number
from bot.cases.answers import Answer, Refusal, Transition
from bot.cases.commands import Observed
from bot.cases.model import NOBODY_KNOWN, Case, Event, Finding, Status, Verdict
from bot.cases.planning import Rules, plan_for
from bot.cases.transitions import transition
from bot.config.model import ReasonRule, Stage, UnknownMaker
from bot.effects import EffectKind
from bot.money import Money
from tests.factories import (
    FINANCE,
    NOW,
    PURCHASE,
    SALE,
    a_case,
    a_config,
    a_decide,
    a_maker,
    a_policy,
    a_record,
    a_role,
    a_rule,
    an_event,
    rules,
    usd,
)

ANN, BOB, CYD = FINANCE
DEE = "dee@example.com"
ROLES = (a_role(), a_role("quality", [CYD, DEE]), a_role("leads", [BOB, DEE]))
FINANCE_STAGE, QUALITY_STAGE = Stage(("finance",)), Stage(("quality",))


def world(*stages: Stage, **more: object) -> Rules:
    """One policy for everything; finance, quality and leads share people."""
    return rules(a_config(roles=ROLES, policies=[a_policy(*stages, **more)]))


def opened(under: Rules, event: Event | None = None) -> Case:
    """The case that such an event opens."""
    answer = transition(None, Observed(a_record(), event or an_event()), under, NOW)
    assert isinstance(answer, Transition)
    return replace(answer.case, id=1)


def answer(case: Case, under: Rules, email: str, verdict: Verdict = Verdict.APPROVE) -> Answer:
    """What one person's click does."""
    return transition(case, a_decide(email, verdict, revision=case.revision.number), under, NOW)


def after(case: Case, under: Rules, *emails: str) -> Case:
    """The case after these people approved in this order; who is refused changes nothing."""
    for email in emails:
        made = answer(case, under, email)
        case = made.case if isinstance(made, Transition) else case
    return case


def refused(made: Answer) -> Reason:
    """Why it was refused."""
    assert isinstance(made, Refusal)
    return made.reason


def test_stages_are_asked_one_after_the_other_each_in_its_own_channel() -> None:
    under = world(FINANCE_STAGE, QUALITY_STAGE)
    case = opened(under)
    assert case.channels == ("#finance",)
    assert refused(answer(case, under, DEE)) is Reason.NOT_IN_ROLE
    first = answer(case, under, ANN)
    assert isinstance(first, Transition)
    assert (first.case.status, current_stage_number(first.case)) == (Status.PENDING, 1)
    posted = [effect.target for effect in first.effects if effect.kind is EffectKind.POST_CARD]
    assert (posted, first.case.channels) == (["#quality"], ("#finance", "#quality"))
    assert first.entries[0].detail["asked_now"] == ["quality"]
    assert after(first.case, under, DEE).status is Status.APPROVED


def test_a_rejection_in_any_stage_ends_the_case() -> None:
    under = world(FINANCE_STAGE, QUALITY_STAGE)
    made = answer(after(opened(under), under, ANN), under, DEE, Verdict.REJECT)
    assert isinstance(made, Transition)
    assert made.case.status is Status.REJECTED


@pytest.mark.parametrize(("distinct", "reason"), [(True, Reason.ANSWERED_BEFORE), (False, None)])
def test_who_answered_one_stage_is_left_out_of_the_others_unless_the_policy_lets(
    distinct: bool, reason: Reason | None
) -> None:
    under = world(FINANCE_STAGE, QUALITY_STAGE, distinct_people=distinct)
    made = answer(after(opened(under), under, CYD), under, CYD)
    assert (made.reason if isinstance(made, Refusal) else None) is reason


EVERY = Stage(("finance", "quality"), 2, every=True)


@pytest.mark.parametrize("order", [(CYD, ANN), (ANN, CYD)])
def test_who_holds_two_roles_answers_for_the_one_nobody_else_does_whoever_comes_first(order: tuple[str, ...]) -> None:
    """Cyd is in finance and quality, Ann in finance alone."""
    under = world(EVERY)
    assert after(opened(under), under, *order).status is Status.APPROVED


def test_where_each_role_answers_a_second_person_of_one_role_is_not_enough() -> None:
    under = world(EVERY)
    case = after(opened(under), under, ANN)
    assert refused(answer(case, under, BOB)) is Reason.ROLE_ANSWERED
    assert after(case, under, DEE).status is Status.APPROVED


@given(st.permutations([ANN, BOB, CYD, DEE]))
def test_the_order_inside_a_stage_does_not_matter(order: list[str]) -> None:
    """Whoever of the four comes first: the four of them always bring it about, and never with one voice."""
    under = world(EVERY)
    done = after(opened(under), under, *order)
    assert done.status is Status.APPROVED
    assert len({given.person for given in done.decisions}) == 2


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("xyz")).map(sorted).map(tuple), max_size=6))
def test_roles_are_assigned_to_as_many_people_as_can_be(could: dict[str, tuple[str, ...]]) -> None:
    taken = assign(could)
    assert all(role in could[person] for role, person in taken.items())
    assert len(set(taken.values())) == len(taken)
    possible = max(
        len({role for role, person in zip("xyz", chosen, strict=True) if role in could.get(person, ())})
        for chosen in permutations([*could, "-", "--", "---"], 3)
    )
    assert len(taken) == possible


BORDER = usd("5000")


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        (usd("4999.99"), [("leads",)]),
        (BORDER, [("leads",), ("finance",), ("quality",)]),  # on the border of both nobody would be asked: all are
        (usd("5000.01"), [("finance",), ("quality",)]),
        (usd("-5000.01"), [("finance",), ("quality",)]),
        (usd("20000"), [("finance",), ("quality",)]),
        (None, [("leads",), ("finance",), ("quality",)]),
        (Money.parse("10 EUR"), [("leads",), ("finance",), ("quality",)]),
    ],
)
def test_a_stage_is_asked_where_its_condition_holds_or_cannot_be_judged(
    value: Money | None, asked: list[tuple[str, ...]]
) -> None:
    under = world(
        Stage(("leads",), under=BORDER),
        Stage(("finance",), over=BORDER),
        Stage(("quality",), over=BORDER),
    )
    plan = plan_for(an_event(value=value), under)
    assert [stage.roles for stage in plan.stages] == asked
    assert plan.missing == (() if value and value.currency == "USD" else ("value in USD",))


BOTH = an_event(findings=(Finding(PURCHASE, "above the limit"), Finding(SALE, "below the margin")))
TWO_POLICIES = rules(
    a_config(
        roles=ROLES,
        policies=[
            a_policy(FINANCE_STAGE, QUALITY_STAGE, name="buying"),
            a_policy(
                Stage(("finance",), 2),
                name="selling",
                approve_reason=ReasonRule.REQUIRED,
                unknown_maker=UnknownMaker.REFUSE,
            ),
        ],
        rules=[a_rule("sales", "selling", match={"event_type": (SALE,)}), a_rule("the rest", "buying")],
    )
)


def test_several_findings_are_one_plan_of_all_their_stages_and_the_strictest_rules() -> None:
    plan = plan_for(BOTH, TWO_POLICIES)
    assert [(stage.roles, stage.count) for stage in plan.stages] == [(("finance",), 2), (("quality",), 1)]
    assert (plan.policy, plan.rule) == ("buying + selling", "the rest + sales")
    assert (plan.approve_reason, plan.unknown_maker) == (ReasonRule.REQUIRED, UnknownMaker.REFUSE)


def test_a_finding_gained_while_it_waits_adds_its_stages_and_losing_one_takes_none_away() -> None:
    case = after(opened(TWO_POLICIES, an_event()), TWO_POLICIES, ANN)
    assert current_stage_number(case) == 1
    gained = transition(case, Observed(a_record(), BOTH), TWO_POLICIES, NOW)
    assert isinstance(gained, Transition)
    assert [entry.action for entry in gained.entries] == ["case.finding_gained"]
    assert (gained.case.revision.number, current_stage_number(gained.case)) == (1, 0)  # finance gives one more
    assert len(gained.case.standing) == 1  # what was approved stays approved
    assert transition(gained.case, Observed(a_record(), BOTH), TWO_POLICIES, NOW) is None
    assert transition(gained.case, Observed(a_record(), an_event()), TWO_POLICIES, NOW) is None


def test_the_same_figures_at_another_worth_are_a_new_revision() -> None:
    """Limits and stages are about the value, and people approved the value they saw."""
    dearer = transition(a_case(), Observed(a_record(), an_event(value=usd("99000"))), rules(), NOW)
    assert isinstance(dearer, Transition)
    assert dearer.case.revision.number == 2
    assert [(change.before, change.after) for change in dearer.case.revision.changed] == [
        ("12,500.00 USD", "99,000 USD")
    ]


UNKNOWN = an_event(makers=(a_maker("admin"),))


@pytest.mark.parametrize("event", [UNKNOWN, an_event(makers=(NOBODY_KNOWN,))], ids=["a login of nobody", "no author"])
def test_a_maker_whom_nobody_knows_takes_a_second_person(event: Event) -> None:
    under = world(FINANCE_STAGE)
    one = after(opened(under, event), under, ANN)
    assert one.status is Status.PENDING
    assert refused(answer(one, under, ANN)) is Reason.ANSWERED_BEFORE
    assert after(one, under, BOB).status is Status.APPROVED


def test_two_stages_have_their_second_person_already() -> None:
    under = world(FINANCE_STAGE, QUALITY_STAGE)
    assert after(opened(under, UNKNOWN), under, ANN, DEE).status is Status.APPROVED


@pytest.mark.parametrize(("rule", "reason"), [(UnknownMaker.REFUSE, Reason.UNKNOWN_MAKER), (UnknownMaker.ALLOW, None)])
def test_a_policy_can_refuse_or_allow_an_unknown_maker(rule: UnknownMaker, reason: Reason | None) -> None:
    under = world(FINANCE_STAGE, unknown_maker=rule)
    made = answer(opened(under, UNKNOWN), under, ANN)
    assert (made.reason if isinstance(made, Refusal) else None) is reason
    assert isinstance(made, Refusal) or made is not None


def test_where_makers_may_approve_an_unknown_one_makes_no_difference() -> None:
    under = world(FINANCE_STAGE, self_approval=True)
    assert after(opened(under, UNKNOWN), under, ANN).status is Status.APPROVED

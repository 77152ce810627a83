"""Who may decide: the one authority function, and that no way leads around it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.approvals.authority import Allowed, Reason, Refused, may
from bot.approvals.insiders import Insiders
from bot.approvals.powers import Powers, Seat, powers_at
from bot.approvals.quorum import approvers, current_stage_number, is_complete
from bot.approvals.standins import Delegation
from bot.cases.answers import Refusal, Transition
from bot.cases.commands import Conflict, Observed, Tick
from bot.cases.model import Case, Person, Status
from bot.cases.transitions import transition
from bot.config.model import SLACK, Group, Ping, RoleOverlay, Site, Stage
from tests.factories import (
    NOW,
    a_case,
    a_config,
    a_decide,
    a_decision,
    a_maker,
    a_person,
    a_plan,
    a_policy,
    a_record,
    a_role,
    a_stage,
    an_approved_case,
    an_event,
    rules,
    seen,
    usd,
)
from tests.strategies import PEOPLE

MEMBERS = {"finance": frozenset({"ann@example.com", "bob@example.com"}), "executive": frozenset({"bob@example.com"})}
POWERS = Powers({role: Seat(members) for role, members in MEMBERS.items()})
OWN = an_event(makers=(a_maker("ann@example.com"),))


@pytest.mark.parametrize(
    ("person", "case", "result"),
    [
        pytest.param(a_person(), a_case(), "finance", id="a member may"),
        pytest.param(a_person("eve@example.com"), a_case(), Reason.NOT_IN_ROLE, id="an outsider may not"),
        pytest.param(
            a_person("bob@example.com"),
            a_case(plan=a_plan(a_stage("executive", "finance"))),
            "executive",
            id="acts as the first role of the stage",
        ),
        pytest.param(
            a_person(),
            a_case(plan=a_plan(a_stage("executive"), a_stage("finance"))),
            Reason.NOT_IN_ROLE,
            id="a later stage has to wait",
        ),
        pytest.param(
            a_person(),
            a_case(plan=a_plan(a_stage(), a_stage("executive")), decisions=(a_decision(),)),
            Reason.NOT_IN_ROLE,
            id="an earlier stage is over",
        ),
        pytest.param(a_person(), a_case(plan=a_plan(a_stage("gone"))), Reason.NOT_IN_ROLE, id="a role nobody is in"),
        pytest.param(a_person(), a_case(event=OWN), Reason.OWN_REQUEST, id="nobody decides about what is his own"),
        pytest.param(
            a_person(),
            a_case(event=OWN, plan=a_plan(self_approval=True)),
            "finance",
            id="unless the policy lets",
        ),
        pytest.param(a_person(guest=True), a_case(), Reason.GUEST, id="a guest"),
        pytest.param(a_person(deactivated=True), a_case(), Reason.DEACTIVATED, id="a deactivated account"),
        pytest.param(a_person(foreign=True), a_case(), Reason.FOREIGN, id="another workspace"),
        pytest.param(a_person(email=""), a_case(), Reason.UNKNOWN_PERSON, id="an address that Slack does not tell"),
        pytest.param(
            a_person(email=""), a_case(event=an_event(makers=())), Reason.UNKNOWN_PERSON, id="no address is no member"
        ),
    ],
)
def test_who_may(person: Person, case: Case, result: str | Reason) -> None:
    found = may(person, a_decide(), case, NOW, POWERS)
    assert (found.reason if isinstance(found, Refused) else found.as_role) == result


def test_the_refusal_names_every_role_that_may() -> None:
    case = a_case(plan=a_plan(a_stage("finance", "executive", "operations_manager")))
    found = may(a_person("eve@example.com"), a_decide(), case, NOW, POWERS)
    assert isinstance(found, Refused)
    assert found.sentence == ("This is decided by finance, executive or operations manager; you are not in that role.")


def test_membership_is_what_it_is_at_the_click() -> None:
    """The plan keeps the roles; who is in them is the config's to say, each time."""
    left = rules(roles=[a_role(members=["bob@example.com"])])
    answer = transition(a_case(), a_decide("ann@example.com"), left, NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.NOT_IN_ROLE


@pytest.mark.parametrize(("email", "status"), [("dan@example.com", Status.APPROVED), ("ann@example.com", None)])
def test_a_site_has_its_own_members(email: str, status: Status | None) -> None:
    overlay = RoleOverlay(members=frozenset({"dan@example.com"}))
    site = Site("CHI", frozenset({"CHI"}), frozenset(), {"finance": overlay})
    answer = transition(a_case(plan=a_plan(site="CHI")), a_decide(email), rules(a_config(sites=[site])), NOW)
    assert (answer.case.status if isinstance(answer, Transition) else None) is status


PAIR = a_plan(a_stage(count=2))


@pytest.mark.parametrize(
    ("decisions", "complete"),
    [
        ((a_decision(),), False),
        ((a_decision(), a_decision()), False),  # the same person twice
        ((a_decision(), a_decision("bob@example.com")), True),
        ((a_decision(), a_decision("bob@example.com", revision=2)), False),  # about other figures
        ((a_decision(), a_decision("bob@example.com", stage=1)), False),
        ((a_decision(), a_decision("mia@example.com")), False),  # mia asked for it
    ],
)
def test_a_quorum_counts_distinct_people_who_may(decisions: tuple[Any, ...], complete: bool) -> None:
    assert is_complete(a_case(plan=PAIR, decisions=decisions), 0) is complete


def test_whoever_edits_after_approving_loses_that_approval() -> None:
    policy = rules(policies=[a_policy(Stage(("finance",), 2))])
    approved_by_ann = a_case(plan=PAIR, decisions=(a_decision("ann@example.com"),))
    edited_by_ann = transition(approved_by_ann, Observed(a_record(), OWN), policy, NOW)
    assert isinstance(edited_by_ann, Transition)
    assert approvers(edited_by_ann.case, 0) == frozenset()
    second = transition(edited_by_ann.case, a_decide("bob@example.com"), policy, NOW)
    assert isinstance(second, Transition)
    assert (second.case.status, current_stage_number(second.case)) == (Status.PENDING, 0)


def test_makers_stay_makers_in_a_successor() -> None:
    """Ann edited the order while it waited. After a conflict it asks again, and the last edit is somebody else's."""
    edited = an_approved_case(event=OWN, decisions=(a_decision("bob@example.com"),))
    changed = an_event(seen=seen(amount_total="13000.00"), makers=(a_maker("mia@example.com"),))
    conflict = transition(edited, Conflict(1, changed), rules(), NOW)
    assert isinstance(conflict, Transition)
    assert conflict.successor is not None
    successor = conflict.successor.case
    answer = transition(successor, a_decide("ann@example.com", revision=2), rules(), NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.OWN_REQUEST


@given(st.sampled_from(PEOPLE), st.booleans(), st.sampled_from(["finance", "executive"]))
def test_nobody_is_allowed_without_being_a_member(person: Person, own: bool, role: str) -> None:
    case = a_case(plan=a_plan(a_stage(role), self_approval=own))
    found = may(person, a_decide(), case, NOW, POWERS)
    assert isinstance(found, Allowed) == (person.email in MEMBERS[role] and not person.guest)


ANN_ALONE = Insiders(frozenset({"ann@example.com"}))
GROUP = Group("main", "purchase.group_purchase_manager")
BY_GROUP = a_config(
    roles=[replace(a_role(members=("bob@example.com",)), group=GROUP), a_role("deputies", ("dee@example.com",))]
)


@pytest.mark.parametrize(
    ("groups", "email", "result"),
    [
        pytest.param({GROUP: ANN_ALONE}, "ann@example.com", "finance", id="in the group"),
        pytest.param({GROUP: Insiders(frozenset())}, "ann@example.com", Reason.NOT_IN_ROLE, id="left the group"),
        pytest.param({}, "ann@example.com", Reason.NOT_TOLD, id="nobody can tell"),
        pytest.param({}, "bob@example.com", "finance", id="named by the config besides"),
    ],
)
def test_a_role_by_a_group(groups: dict[Group, Insiders], email: str, result: str | Reason) -> None:
    answer = transition(a_case(), a_decide(email), replace(rules(BY_GROUP), groups=groups), NOW)
    if isinstance(result, Reason):
        assert isinstance(answer, Refusal)
        assert answer.reason is result
    else:
        assert isinstance(answer, Transition)
        assert answer.case.decisions[-1].as_role == result


def test_a_user_group_that_is_only_pinged_gives_nobody_power() -> None:
    group = Group(SLACK, "finance")
    known = rules(a_config(roles=[replace(a_role(members=("bob@example.com",)), ping=Ping(group=group))]))
    answer = transition(a_case(), a_decide("ann@example.com"), replace(known, groups={group: ANN_ALONE}), NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.NOT_IN_ROLE


def test_a_stand_in_whose_own_roles_cannot_be_told_has_no_power() -> None:
    given = Delegation(1, "bob@example.com", "Bob", "dee@example.com", "Dee", NOW, None)
    powers = powers_at(a_case(), replace(rules(BY_GROUP), delegations=(given,)))
    found = may(a_person("dee@example.com"), a_decide("dee@example.com"), a_case(), NOW, powers)
    assert isinstance(found, Refused)
    assert found.reason is Reason.NOT_TOLD


def test_the_last_resort_is_asked_once_a_group_is_known_to_be_too_small() -> None:
    config = a_config(
        roles=[replace(a_role(members=()), group=GROUP), a_role("chief", ("zoe@example.com",))], last_resort="chief"
    )
    unknown = rules(config)
    assert transition(a_case(), Tick(1), unknown, NOW) is None
    answer = transition(a_case(), Tick(1), replace(unknown, groups={GROUP: Insiders(frozenset())}), NOW)
    assert isinstance(answer, Transition)
    assert answer.case.plan.stages[0].last_resort == "chief"
    assert [entry.action for entry in answer.entries] == ["case.nobody_left"]


def test_another_address_of_the_same_account_is_not_another_person() -> None:
    renamed = replace(a_decision("ann@example.com"), email="ann.before@example.com")
    asked = a_case(plan=a_plan(a_stage(), a_stage("executive")), decisions=(renamed,))
    powers = Powers({"finance": Seat(FINANCE_SEAT), "executive": Seat(FINANCE_SEAT)})
    found = may(a_person("ann@example.com"), a_decide(), asked, NOW, powers)
    assert isinstance(found, Refused)
    assert found.reason is Reason.ANSWERED_BEFORE


FINANCE_SEAT = frozenset({"ann@example.com", "bob@example.com"})


@pytest.mark.parametrize(("value", "reason"), [("2000", None), ("2000.01", Reason.OVER_LIMIT)])
def test_a_stand_in_is_held_to_what_he_may_decide_at_his_own_site(value: str, reason: Reason | None) -> None:
    supervisor = replace(a_role("supervisor", ("dee@example.com",)), limit=usd("2000"), sites=frozenset({"DAL"}))
    config = a_config(roles=[a_role(), supervisor], sites=[Site("DAL", frozenset({"DAL"}), frozenset(), {})])
    given = Delegation(1, "bob@example.com", "Bob", "dee@example.com", "Dee", NOW, None)
    asked = a_case(event=an_event(value=usd(value)))
    powers = powers_at(asked, replace(rules(config), delegations=(given,)))
    found = may(a_person("dee@example.com"), a_decide("dee@example.com"), asked, NOW, powers)
    assert (found.reason if isinstance(found, Refused) else None) is reason

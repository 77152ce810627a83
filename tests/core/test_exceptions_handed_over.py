"""Another role is asked to take an exception: by whom, to whom, and not once somebody has it in hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.approvals.authority import Reason
from bot.cases.answers import Refusal, Transition
from bot.cases.clock_commands import Reassign
from bot.cases.model import Case, Event, Status
from bot.cases.transitions import transition
from bot.config.model import ReassignRule
from bot.effects import EffectKind
from bot.exceptions.commands import Acknowledge, Assign, Tracked
from tests.core.test_exceptions import ANN, BOB, MIA, late, policy, under
from tests.factories import LATE, NOW, a_maker, a_person, usd

CYD = a_person("cyd@example.com")
BY = under(policy(reassign=ReassignRule(("finance",), ("buyers",), 1)))


def opened(event: Event | None = None) -> Case:
    """An exception that has just opened, as number 1."""
    found = event or late()
    made = transition(None, Tracked(found.record, LATE, found), BY, NOW)
    assert isinstance(made, Transition)
    return replace(made.case, id=1, version=1)


def hand(role: str = "buyers", reason: str = "it is a matter of the order") -> Reassign:
    return Reassign(1, ANN, role, reason)


def test_the_other_role_is_asked_to_take_it_and_the_first_one_no_more() -> None:
    made = transition(opened(), hand(), BY, NOW)
    assert isinstance(made, Transition), made
    assert made.case.plan.stages[0].roles == ("buyers",)
    assert [one.target for one in made.effects if one.kind is EffectKind.POST_CARD] == ["#buyers"]
    assert made.entries[0].detail["mention"] == ["cyd@example.com"]
    taken = transition(made.case, Acknowledge(1, CYD), BY, NOW)
    assert isinstance(taken, Transition)
    assert taken.case.status is Status.ACKNOWLEDGED
    assert isinstance(transition(made.case, Acknowledge(1, BOB), BY, NOW), Refusal)


def test_neither_its_value_nor_who_made_the_record_stands_in_the_way() -> None:
    dear = late(value=usd("90000000.00"), makers=(a_maker("ann@example.com"), a_maker("cyd@example.com")))
    assert isinstance(transition(opened(dear), hand(), BY, NOW), Transition)


@pytest.mark.parametrize("command", [Acknowledge(1, BOB), Assign(1, ANN, MIA)])
def test_what_is_in_somebodys_hands_is_assigned_instead(command: Acknowledge | Assign) -> None:
    taken = transition(opened(), command, BY, NOW)
    assert isinstance(taken, Transition)
    answer = transition(taken.case, hand(), BY, NOW)
    assert isinstance(answer, Refusal)
    assert (answer.reason, "assign it on its card" in answer.sentence) == (Reason.NOT_STUCK, True)


def test_not_to_a_role_that_the_policy_does_not_name() -> None:
    answer = transition(opened(), hand("finance"), BY, NOW)
    assert isinstance(answer, Refusal)
    assert answer.reason is Reason.NOT_NAMED

"""Bursts of approvals: when they are listed, what the list hears of them, and when one gets a card of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.answers import Refusal, Transition
from bot.cases.burst_commands import Enlist, Enlisted, ListChanged, ListGrew, ListLeft, ListNudged
from bot.cases.commands import Command, Fail, FallBack, Observed, Over, Say, Tick
from bot.cases.event import OURS
from bot.cases.listed import Listed, listed_from_text, listed_to_text
from bot.cases.manner_codec import manner_from_plain, manner_to_plain
from bot.cases.model import Case, Kind, Person, Status
from bot.cases.remark import RemarkKind
from bot.cases.transitions import transition
from bot.config.model import ASSIGNEES, Act, Burst, Manner, Policy, Span, Stage, Step
from bot.effects import EffectKind
from bot.exceptions.commands import Alike, BringOut
from tests.factories import NOW, a_config, a_decide, a_person, a_rule, an_event, minutes, rules, usd

ANN, CFO = a_person("zoe@example.com"), a_person()
BURST = Burst(3, timedelta(minutes=10))
MANNER = Manner(burst=BURST)
REMIND = Step(Span(timedelta(minutes=30), wall=True), Act.REMIND, ASSIGNEES)
POLICY = Policy("many", (Stage(("finance",)),), manner=MANNER, escalation="usual")
RULES = rules(a_config(policies=[POLICY], rules=[a_rule(policy="many")], escalations={"usual": (REMIND,)}))
FINANCE = "#finance"


def say(case: Case | None, command: Command, after: int = 0) -> Transition:
    """What a command does, which has to do something."""
    made = transition(case, command, RULES, minutes(after) if after else NOW)
    assert isinstance(made, Transition), made
    return made


def opened(number: int = 3) -> Case:
    """An approval that has just opened."""
    event = an_event()
    return replace(say(None, Observed(event.record, event)).case, id=number)


def alike(*numbers: int) -> tuple[Alike, ...]:
    """Others like it."""
    return tuple(Alike(number, f"P0000{number}") for number in numbers)


def the_list() -> Case:
    """The list of three, as number 9."""
    return replace(say(opened(), Enlist(3, FINANCE, alike=alike(1, 2))).case, id=9)


def listed(*, alone: bool = False) -> Case:
    """An approval on list 9."""
    return say(opened(), Enlisted(3, FINANCE, 9, alone)).case


def kinds(made: Transition) -> list[tuple[EffectKind, str]]:
    """What is owed, and where."""
    return [(one.kind, one.target) for one in made.effects]


def test_what_opens_is_not_shown_before_it_is_known_what_else_came() -> None:
    event = an_event()
    made = say(None, Observed(event.record, event))
    assert (made.effects, made.then) == ((), (Enlist(0, FINANCE),))


def test_a_few_have_a_card_each() -> None:
    made = say(opened(), Enlist(3, FINANCE, alike=alike(1)))
    assert (kinds(made), made.entries, made.then) == ([(EffectKind.POST_CARD, FINANCE)], (), ())


def test_enough_of_them_become_a_list_of_which_earlier_ones_keep_their_cards() -> None:
    made = say(opened(), Enlist(3, FINANCE, alike=alike(1, 2), shown=frozenset({1})))
    group = made.case
    assert (group.kind, group.record.model, group.channels) == (Kind.LIST, OURS, (FINANCE,))
    assert made.then == (Enlisted(1, FINANCE, 0, True), Enlisted(2, FINANCE, 0, False), Enlisted(3, FINANCE, 0, False))
    assert kinds(made) == [(EffectKind.POST_CARD, FINANCE)]


def test_a_later_one_joins_the_list_without_a_card() -> None:
    made = say(opened(4), Enlist(4, FINANCE, list_id=9))
    assert (made.effects, made.then) == ((), (Enlisted(4, FINANCE, 9, False), ListGrew(9, (4,))))
    grown = say(the_list(), ListGrew(9, (4,)))
    assert grown.case.care is not None
    assert (grown.case.care.members, grown.case.event.title) == ((1, 2, 3, 4), "4 approvals: many")


def test_the_list_counts_down_to_its_end() -> None:
    less = say(the_list(), ListLeft(9, (1, 2)))
    assert kinds(less) == [(EffectKind.UPDATE_CARD, FINANCE)]
    over = say(less.case, ListLeft(9, (3,)))
    assert (over.case.status, over.case.ending) == (Status.WITHDRAWN, "none of 3 waits here any more")
    assert transition(over.case, ListGrew(9, (4,)), RULES, NOW) is None


@pytest.mark.parametrize(
    ("command", "left"),
    [
        (a_decide(case_id=3), True),
        (Observed(an_event().record, Over("cancelled in Odoo")), True),
        (Observed(an_event().record, replace(an_event(), value=usd("13000.00"))), False),
    ],
    ids=["answered", "over", "changed"],
)
def test_what_becomes_of_one_shows_on_its_list_and_nowhere_else(command: Command, left: bool) -> None:
    made = say(listed(), command)
    assert made.then == ((ListLeft(9, (3,)),) if left else (ListChanged(9),))
    assert not [one for one in made.effects if one.target == FINANCE and one.kind is not EffectKind.WRITE_BACK]


def test_reminders_of_what_has_no_thread_are_told_once_in_that_of_the_list() -> None:
    made = say(listed(), Tick(3), after=31)
    (nudge,) = made.then
    assert isinstance(nudge, ListNudged)
    assert CFO.email in nudge.mention
    told = say(the_list(), replace(nudge, records=("P1", "P2"), members=(1, 2)))
    assert kinds(told) == [(EffectKind.TELL_STORY, FINANCE)]
    assert told.entries[0].detail["number"] == 2
    assert say(listed(alone=True), Tick(3), after=31).then == ()


def test_opened_from_the_list_it_has_a_card_and_stays_on_the_list() -> None:
    made = say(listed(), BringOut(3, ANN))
    assert (kinds(made), made.case.listed) == ([(EffectKind.POST_CARD, FINANCE)], (Listed(FINANCE, 9, True),))
    again = transition(made.case, BringOut(3, ANN), RULES, NOW)
    assert isinstance(again, Refusal)
    assert "a card of its own already" in again.sentence
    late = transition(say(listed(), a_decide(case_id=3)).case, BringOut(3, ANN), RULES, NOW)
    assert isinstance(late, Refusal)


@pytest.mark.parametrize("guest", [replace(ANN, guest=True), replace(ANN, deactivated=True)], ids=["guest", "gone"])
def test_nobody_from_outside_opens_one(guest: Person) -> None:
    assert isinstance(transition(listed(), BringOut(3, guest), RULES, NOW), Refusal)


def test_what_people_speak_about_or_odoo_refuses_gets_a_card_after_all() -> None:
    said = say(listed(), Say(3, CFO, RemarkKind.COMMENT, "is that so?"))
    assert (EffectKind.POST_CARD, FINANCE) in kinds(said)
    approved = say(listed(), a_decide(case_id=3)).case
    failed = say(approved, Fail(3, "the period is closed"))
    assert (EffectKind.POST_CARD, FINANCE) in kinds(failed)
    assert failed.case.listed[0].alone


@pytest.mark.parametrize(
    "command", [a_decide(case_id=9), BringOut(9, ANN), Say(9, CFO, RemarkKind.COMMENT, "hm")], ids=str
)
def test_nothing_is_decided_or_said_through_a_list(command: Command) -> None:
    refused = transition(the_list(), command, RULES, NOW)
    assert isinstance(refused, Refusal)
    assert "each of them is decided by itself" in refused.sentence or isinstance(command, BringOut)


def test_while_slack_is_away_each_of_a_list_is_told_of_in_odoo() -> None:
    assert say(the_list(), FallBack(9, (FINANCE,))).then == tuple(FallBack(one, (FINANCE,)) for one in (1, 2, 3))


def test_it_is_kept_as_it_is() -> None:
    both = (Listed("#a", 1), Listed("#b", 2, True))
    assert listed_from_text(listed_to_text(both)) == both
    assert manner_from_plain(manner_to_plain(MANNER)["manner"]) == MANNER

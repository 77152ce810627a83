"""Storms and repeats: when exceptions become one card, what the card does to its members, and when a repeat opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cases.answers import Following, Refusal, Transition
from bot.cases.clock_commands import Pause
from bot.cases.commands import Command, KeepFile, OfferFiles, Over, Say
from bot.cases.event import OURS, Event, Severity
from bot.cases.files import FileState
from bot.cases.model import Case, Kind, Status, WriteBackState
from bot.cases.remark import RemarkKind
from bot.cases.transitions import transition
from bot.config.model import CareRule, GroupRule, Pattern, Policy, Stage
from bot.effects import EffectKind
from bot.exceptions.commands import (
    Acknowledge,
    Alike,
    AskApproval,
    Assign,
    BringOut,
    Gather,
    Gathered,
    Join,
    Left,
    Recur,
    Reopen,
    Repeated,
    Resolve,
    Snooze,
    TakeFile,
    Tracked,
)
from bot.exceptions.gathering import merged
from bot.exceptions.patterns import counted, parent_of
from bot.odoo.catalog.repeats import REPEATS
from bot.slack.cards import render
from tests.factories import LATE, NOW, TRAITS, a_config, a_person, a_policy, a_rule, an_event, minutes, rules, usd

ANN, BOB, MIA = (a_person(f"{name}@example.com") for name in ("ann", "bob", "mia"))
GROUP = GroupRule("partner", timedelta(minutes=15), 3)
PATTERN = Pattern("repeat.supplier_delay", (LATE,), ("partner",), 3, timedelta(days=30), "stormy")
POLICY = Policy("stormy", (Stage(("finance",)), Stage(("finance",))), care=CareRule(group=GROUP))
RULES = replace(
    rules(a_config(policies=[POLICY], rules=[a_rule(policy="stormy")], patterns={PATTERN.name: PATTERN})),
    traits={**TRAITS, **REPEATS},
)


def say(case: Case | None, command: Command, **under: Any) -> Transition:
    """What a command does, which has to do something."""
    made = transition(case, command, replace(RULES, **under), NOW)
    assert isinstance(made, Transition), made
    return made


def noticed(number: int = 1) -> Case:
    """An exception that has opened and has not been told yet."""
    event = an_event(event_type=LATE, value=usd("10.00"))
    return replace(say(None, Tracked(event.record, LATE, event)).case, id=number)


def alike(*numbers: int) -> tuple[Alike, ...]:
    """Cases like it."""
    return tuple(Alike(number, f"P0000{number}", usd("10.00")) for number in numbers)


def group() -> Case:
    """The case of three together, as number 9."""
    return replace(say(noticed(3), Gather(3, alike=alike(1, 2))).case, id=9)


def test_what_may_be_a_storm_is_not_told_before_the_others_are_known() -> None:
    event = an_event(event_type=LATE)
    made = say(None, Tracked(event.record, LATE, event))
    assert (made.effects, made.entries[0].action) == ((), "exception.noticed")
    assert made.then == (Gather(0), Recur(0))


def test_a_few_have_a_card_each() -> None:
    made = say(noticed(2), Gather(2, alike=alike(1)))
    assert [one.kind for one in made.effects] == [EffectKind.POST_CARD]
    assert (made.entries[0].action, made.then) == ("case.opened", ())


def test_enough_of_them_become_one_card_that_says_what_they_are_worth() -> None:
    made = say(noticed(3), Gather(3, alike=alike(1, 2)))
    assert (made.case.id, made.case.kind, made.case.record.model) == (0, Kind.EXCEPTION, OURS)
    assert (made.case.event.title, made.case.event.value) == ("3 × receiving delay: Globex", usd("30.00"))
    assert made.then == (Join(1, 0), Join(2, 0), Join(3, 0))
    assert [one.kind for one in made.effects] == [EffectKind.POST_CARD]


def test_a_later_one_joins_the_open_group_without_a_card() -> None:
    made = say(noticed(4), Gather(4, group=9))
    assert made.case.care is not None
    assert (made.case.care.parent, made.effects) == (9, ())
    assert made.then == (Gathered(9, (Alike(4, "P00007", usd("10.00")),)),)
    grown = say(group(), made.then[0])
    assert grown.case.care is not None
    assert (grown.case.care.members, grown.case.care.gathered) == ((1, 2, 3, 4), 4)
    assert grown.case.event.value == usd("40.00")
    assert {one.kind for one in grown.effects} == {EffectKind.UPDATE_CARD}


def member() -> Case:
    """A member of group 9."""
    return say(noticed(), Join(1, 9)).case


def test_a_member_has_no_clock_and_is_told_of_by_its_group_alone() -> None:
    assert member().chase.current is None
    refused = transition(member(), Acknowledge(1, ANN, member().event.pin), RULES, NOW)
    assert isinstance(refused, Refusal)
    assert "case 9" in refused.sentence
    gone = say(member(), Tracked(member().record, LATE, Over("received in Odoo")))
    assert (gone.case.status, gone.then) == (Status.WITHDRAWN, (Left(9, (1,)),))


def test_a_group_is_over_when_its_last_member_is() -> None:
    less = say(group(), Left(9, (1, 2)))
    assert less.case.event.context[0] == ("Still open", "1 of 3")
    over = say(less.case, Left(9, (3,)))
    assert (over.case.status, over.case.ending) == (Status.WITHDRAWN, "all 3 are over")


@pytest.mark.parametrize(
    ("command", "follows"),
    [
        (Acknowledge(9, ANN), Acknowledge(1, ANN)),
        (Assign(9, ANN, BOB), Assign(1, ANN, BOB)),
        (
            Resolve(9, 1, ANN, "supplier late", "cancelled"),
            Resolve(1, 0, ANN, "supplier late", "cancelled"),
        ),
    ],
    ids=["taken", "given", "resolved"],
)
def test_what_is_done_to_a_group_is_done_to_each_member(command: Command, follows: Command) -> None:
    made = say(group(), command)
    assert made.then[0] == follows
    assert len(made.then) == 3
    assert isinstance(transition(member(), follows, RULES, NOW), Transition)


def test_a_resolved_group_owes_odoo_nothing_and_each_member_its_note() -> None:
    made = say(group(), Resolve(9, 1, ANN, "supplier late", "cancelled"))
    assert (made.case.write_back, made.case.closed_at) == (WriteBackState.NONE, NOW)
    one = say(member(), made.then[0])
    assert one.case.write_back is WriteBackState.QUEUED


def test_a_member_that_is_reopened_has_a_card_of_its_own() -> None:
    over = replace(say(member(), Resolve(1, 0, ANN, "supplier late", "cancelled")).case, closed_at=minutes(1))
    made = say(replace(over, write_back=WriteBackState.CONFIRMED), Reopen(1, ANN, "not so"))
    assert made.case.care is not None
    assert (made.case.care.parent, [one.kind for one in made.effects]) == (0, [EffectKind.POST_CARD])


def test_a_group_hears_at_once_of_all_who_join_or_leave() -> None:
    heard: list[Following] = [Gathered(9, alike(4)), Left(9, (1,)), Gathered(9, alike(5)), Left(9, (2,)), Join(4, 9)]
    assert merged(heard) == [Gathered(9, alike(4, 5)), Left(9, (1, 2)), Join(4, 9)]


def test_a_repeat_opens_a_case_that_lists_what_repeats() -> None:
    urgent = replace(alike(2)[0], link="https://erp.example.com/2", is_urgent=True)
    found = Repeated(PATTERN.name, "partner", "Globex", 10, (*alike(1), urgent, *alike(3)))
    made = say(noticed(3), Recur(3, (found,)))
    event = made.case.event
    assert (made.case.id, event.event_type, event.title) == (0, PATTERN.name, "Repeats: Globex")
    assert [(one.case_id, one.title, one.link) for one in event.related] == [
        (3, "P00003", ""),
        (2, "P00002", "https://erp.example.com/2"),
        (1, "P00001", ""),
    ]
    assert (dict(event.context)["Before those below"], event.findings[0].text) == ("7 more", "10 times within 30d")
    assert (event.severity, event.partner, event.product) == (Severity.HIGH, "Globex", None)
    assert made.then == ()
    card = render(replace(made.case, id=4), "#finance")
    assert card.text.startswith("Finance: please take Repeats: Globex (10 times within 30d, Globex).")
    assert "unknown" not in str(card.blocks)
    few = replace(found, number=2)
    assert transition(noticed(3), Recur(3, (few,)), RULES, NOW) is None


ABOUT = replace(
    an_event(event_type=LATE),
    products=("BOLT", "NUT"),
    place="WH/Stock/A/1",
    zone="WH/Stock/A",
    counter="Ann (ann)",
)


@pytest.mark.parametrize(
    ("by", "event", "subjects"),
    [
        ("product", ABOUT, ("BOLT", "NUT")),
        ("product", replace(ABOUT, products=(), product="BOLT"), ("BOLT",)),
        ("product", replace(ABOUT, products=(), product=None), ()),
        ("location", ABOUT, ("WH/Stock/A/1",)),
        ("zone", ABOUT, ("WH/Stock/A",)),
        ("counter", ABOUT, ("Ann (ann)",)),
        ("counter", replace(ABOUT, counter=None), ()),
        ("partner", ABOUT, ("Globex",)),
    ],
)
def test_what_a_case_can_repeat_about(by: str, event: Event, subjects: tuple[str, ...]) -> None:
    config = a_config(patterns={PATTERN.name: replace(PATTERN, by=(by,))})
    assert [subject for _, _, subject in counted(event, config)] == list(subjects)


def test_a_case_is_looked_at_again_only_where_it_is_about_more() -> None:
    watching = replace(RULES.config, patterns={PATTERN.name: replace(PATTERN, by=("product",))})
    told = {**TRAITS, **REPEATS}
    first = replace(an_event(event_type=LATE), products=("BOLT",))
    opened = replace(say(None, Tracked(first.record, LATE, first), config=watching, traits=told).case, id=1)
    more = replace(first, products=("BOLT", "NUT"), seen=(*first.seen[:-1], replace(first.seen[-1], value="other")))
    assert Recur(1) in say(opened, Tracked(first.record, LATE, more), config=watching).then
    again = replace(more, products=("BOLT",))
    assert say(opened, Tracked(first.record, LATE, again), config=watching).then == ()


def test_each_subject_of_each_pattern_has_a_case_of_its_own() -> None:
    places = {
        parent_of(source, pattern, by, subject)
        for source in ("main", "east")
        for pattern in ("repeat.variance", "repeat.quality")
        for by in ("product", "partner")
        for subject in ("BOLT", "NUT")
    }
    assert len(places) == 16
    assert all(0 <= place.id < 2**63 for place in places)


def test_what_is_said_of_a_group_or_shown_for_it_is_so_of_each_member() -> None:
    said = say(group(), Say(9, ANN, RemarkKind.COMMENT, "the truck broke down"))
    assert said.then[0] == Say(1, ANN, RemarkKind.COMMENT, "the truck broke down")
    assert say(member(), said.then[0]).case.remarks[0].text == "the truck broke down"
    offered = say(group(), OfferFiles(9, ANN, ("F1",))).case
    kept = replace(offered.files[0], name="pallet.jpg", sha256="a" * 64)
    shown = say(offered, KeepFile(9, kept))
    assert shown.then == tuple(TakeFile(one, kept) for one in (1, 2, 3))
    taken = say(member(), shown.then[0])
    assert taken.case.files[0].state is FileState.KEPT
    assert EffectKind.ATTACH_FILES in [one.kind for one in taken.effects]
    assert transition(taken.case, shown.then[0], RULES, NOW) is None


def test_time_stands_still_for_the_group_alone() -> None:
    put_off = say(group(), Snooze(9, ANN, minutes(60)))
    assert (put_off.case.chase.paused_until, put_off.then) == (minutes(60), ())
    assert say(put_off.case, Pause(9, ANN, timedelta(hours=4), "the supplier")).then == ()


def test_a_group_that_is_opened_again_takes_back_what_was_settled_with_it() -> None:
    resolved = say(group(), Resolve(9, 1, ANN, "supplier late", "cancelled"))
    again = say(resolved.case, Reopen(9, ANN, "they came short"))
    assert again.then[0] == Reopen(1, ANN, "they came short", group=9)
    one = replace(say(member(), resolved.then[0]).case, write_back=WriteBackState.CONFIRMED, closed_at=NOW)
    opened = say(one, again.then[0])
    assert (opened.case.status, opened.effects) == (Status.OPEN, ())
    assert opened.case.care is not None
    assert opened.case.care.parent == 9
    grown = say(again.case, opened.then[0])
    assert grown.case.care is not None
    assert (grown.case.care.members, grown.case.care.gathered) == ((1,), 1)


def test_a_group_asks_for_one_approval_of_all_that_it_is_worth() -> None:
    asking = replace(POLICY, care=CareRule(group=GROUP, approvals=("one_approver",)))
    config = a_config(policies=[asking, a_policy()], rules=[a_rule(policy="stormy")])
    under = replace(RULES, config=config)
    made = transition(noticed(3), Gather(3, alike=alike(1, 2)), under, NOW)
    assert isinstance(made, Transition)
    whole = replace(made.case, plan=replace(made.case.plan, care=asking.care), id=9)
    asked = transition(whole, AskApproval(9, ANN, "one_approver", "buy elsewhere"), under, NOW)
    assert isinstance(asked, Transition)
    assert asked.successor is not None
    assert asked.successor.case.event.value == usd("30.00")
    assert asked.then == ()


def test_taken_out_it_is_everybodys_again_and_the_group_counts_without_it() -> None:
    had = say(member(), Acknowledge(1, ANN)).case
    made = say(had, BringOut(1, BOB))
    assert made.case.care is not None
    assert (made.case.care.parent, made.case.care.owner, made.case.status) == (0, None, Status.OPEN)
    assert EffectKind.POST_CARD in [one.kind for one in made.effects]
    assert made.entries[0].action == "exception.taken_out"
    less = say(group(), made.then[0])
    assert less.case.care is not None
    assert (less.case.care.members, less.case.event.title) == ((2, 3), "2 × receiving delay: Globex")
    assert (less.case.event.value, less.case.event.context[0]) == (usd("20.00"), ("Still open", "2 of 2"))
    for late in (transition(made.case, BringOut(1, BOB), RULES, NOW), transition(had, BringOut(1, MIA), RULES, NOW)):
        assert isinstance(late, Refusal)
    assert transition(less.case, made.then[0], RULES, NOW) is None

"""Laws of storms: whatever comes, changes, ends or is clicked, in any order, each exception is shown exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.answers import Following, Transition
from bot.cases.commands import Command, Over
from bot.cases.model import Case, Status
from bot.cases.transitions import transition
from bot.config.model import CareRule, GroupRule, Policy, Stage
from bot.effects import EffectKind
from bot.exceptions.care import NOT_YET
from bot.exceptions.commands import Acknowledge, Alike, BringOut, Gather, Join, Reopen, Resolve, Tracked
from bot.exceptions.gathering import merged
from tests.factories import LATE, a_config, a_person, a_record, a_rule, an_event, minutes, rules, seen, usd

ANN = a_person()
GROUP = GroupRule("partner", timedelta(minutes=15), 3)
POLICY = Policy("stormy", (Stage(("finance",)), Stage(("finance",))), care=CareRule(group=GROUP))
RULES = rules(a_config(policies=[POLICY], rules=[a_rule(policy="stormy")]))

#: What may happen, to which of the cases so far.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["comes", "comes", "comes", "over", "changed", "out", "take", "resolve", "reopen"]),
        st.integers(0, 12),
    ),
    max_size=40,
)


class Rows:
    """The cases as the service would keep them, with what it would find for a command that asks about others."""

    def __init__(self) -> None:
        self.cases: dict[int, Case] = {}
        self.posted: set[int] = set()

    def do(self, command: Command, after: int) -> None:
        todo: list[Command] = [command]
        while todo:
            todo = [*self._follow(self._informed(todo.pop(0)), after), *todo]

    def _follow(self, command: Command, after: int) -> Sequence[Following]:
        made = transition(self._find(command), command, RULES, minutes(after))
        if not isinstance(made, Transition):
            return ()
        number = made.case.id or len(self.cases) + 1
        self.cases[number] = replace(made.case, id=number, version=made.case.version + 1)
        self.posted |= {number for one in made.effects if one.kind is EffectKind.POST_CARD}
        return merged([_about(one, number) for one in made.then])

    def _find(self, command: Command) -> Case | None:
        if not isinstance(command, Tracked):
            return self.cases.get(getattr(command, "case_id", 0))
        return next((one for one in self.open() if one.record == command.record), None)

    def _informed(self, command: Command) -> Command:
        if not isinstance(command, Gather):
            return command
        group = next((one.id for one in self.groups()), 0)
        alone = [one for one in self.open() if one.id != command.case_id and _stands_alone(one)]
        alike = tuple(Alike(one.id, one.event.title, one.event.value) for one in alone)
        return replace(command, group=group, alike=alike)

    def open(self) -> list[Case]:
        return [one for one in self.cases.values() if one.is_waiting and not one.record.is_ours]

    def groups(self) -> list[Case]:
        return [one for one in self.cases.values() if one.is_waiting and one.record.is_ours]


def _stands_alone(case: Case) -> bool:
    care = case.care or NOT_YET
    return case.status is Status.OPEN and not care.parent and not care.apart


def _about(command: Following, number: int) -> Following:
    """As the service does once a case has its number."""
    if isinstance(command, Join) and not command.parent:
        return replace(command, parent=number)
    return replace(command, case_id=number) if isinstance(command, Gather) else command


def _wanted(what: str, case: Case) -> Command:
    record, number = case.record, case.id
    match what:
        case "over":
            return Tracked(record, LATE, Over("received in Odoo"))
        case "changed":
            fresh = seen(goods=f"now {case.version}")
            return Tracked(record, LATE, an_event(record=record, event_type=LATE, value=usd("20.00"), seen=fresh))
        case "out":
            return BringOut(number, ANN)
        case "take":
            return Acknowledge(number, ANN)
        case "resolve":
            return Resolve(number, case.revision.number, ANN, "supplier late", "cancelled")
        case _:
            return Reopen(number, ANN, "not so")


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_every_exception_has_its_own_card_or_is_a_member_of_one_open_group(steps: list[tuple[str, int]]) -> None:
    rows = Rows()
    for place, (what, which) in enumerate(steps):
        if what == "comes" or not rows.cases:
            record = a_record(100 + place)
            rows.do(Tracked(record, LATE, an_event(record=record, event_type=LATE, value=usd("10.00"))), 0)
        else:
            case = list(rows.cases.values())[which % len(rows.cases)]
            if not (case.record.is_ours and what in {"over", "changed"}):
                rows.do(_wanted(what, case), 0)
        _check(rows)


def test_a_storm_of_three_hundred_is_one_card_after_two() -> None:
    rows = Rows()
    for number in range(300):
        record = a_record(number + 1)
        rows.do(Tracked(record, LATE, an_event(record=record, event_type=LATE, value=usd("10.00"))), 0)
    (group,) = rows.groups()
    assert group.care is not None
    assert (len(group.care.members), group.event.value) == (300, usd("3000.00"))
    assert len(rows.posted) == 3
    rows.do(Resolve(group.id, group.revision.number, ANN, "supplier late", "cancelled"), 1)
    assert rows.open() == []
    _check(rows)


def _check(rows: Rows) -> None:
    """Members and shown are all, and what a group counts is what is in it."""
    inside: dict[int, set[int]] = {one.id: set() for one in rows.groups()}
    for one in rows.open():
        parent = (one.care or NOT_YET).parent
        if parent:
            inside[parent].add(one.id)
        else:
            assert one.id in rows.posted
    for group in rows.groups():
        care = group.care or NOT_YET
        assert set(care.members) == inside[group.id]
        assert len(care.members) <= care.gathered

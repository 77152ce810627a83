"""Who is told in Odoo when Slack does not take a card, and for how long that activity is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.answers import Transition
from bot.cases.commands import Command, FallBack, Observed, Over, Tick
from bot.cases.model import Case
from bot.cases.planning import Rules
from bot.cases.transitions import transition
from bot.config.model import Stage
from bot.effects import EffectKind
from bot.odoo.catalog import CATALOG
from tests.core.test_timetable import OPENED, OVER, WHOLE, opened, under
from tests.factories import COUNT, FINANCE, a_decide, a_policy, a_record, a_role, an_event, rules

ANN, BOB, CYD = FINANCE
LATER = OPENED + timedelta(minutes=10)
BY = under(WHOLE, OVER, around_the_clock=True)


def after(case: Case, command: Command, by: Rules = BY, at: timedelta = timedelta(minutes=10)) -> Transition:
    made = transition(case, command, by, OPENED + at)
    assert isinstance(made, Transition)
    return made


def fallen_back(case: Case, *places: str, by: Rules = BY) -> Case:
    return after(case, FallBack(1, places), by).case


def owed(made: Transition) -> bool:
    return any(one.kind is EffectKind.KEEP_ACTIVITIES for one in made.effects)


def test_a_channel_that_is_not_reached_leads_to_everybody_who_may_answer_there() -> None:
    made = after(opened(BY), FallBack(1, ("#finance",)))
    assert made.case.activities == FINANCE
    assert owed(made)
    assert made.entries[0].detail["people"] == list(FINANCE)


def test_a_direct_message_that_is_not_taken_leads_to_that_person_alone() -> None:
    case = after(opened(BY), Tick(1), at=timedelta(hours=2)).case
    assert fallen_back(case, f"@{BOB}").activities == (BOB,)


@pytest.mark.parametrize("places", [("#elsewhere",), ("@nobody@example.com",), ()])
def test_a_place_that_is_not_asked_leads_to_nobody(places: tuple[str, ...]) -> None:
    assert transition(opened(BY), FallBack(1, places), BY, LATER) is None


def test_nobody_is_told_twice_and_somebody_new_only_once() -> None:
    case = fallen_back(after(opened(BY), Tick(1), at=timedelta(hours=2)).case, f"@{BOB}")
    assert transition(case, FallBack(1, (f"@{BOB}",)), BY, LATER) is None
    made = after(case, FallBack(1, ("#finance",)))
    assert made.entries[0].detail["people"] == [ANN, CYD]
    assert made.case.activities == FINANCE


@pytest.mark.parametrize("can", [True, False])
def test_where_odoo_has_no_activities_nobody_is_told_there(*, can: bool) -> None:
    by = replace(BY, traits={**BY.traits, COUNT: replace(BY.traits[COUNT], has_activities=can)})
    answer = transition(opened(by, an_event(event_type=COUNT)), FallBack(1, ("#finance",)), by, LATER)
    assert isinstance(answer, Transition) is can


def test_counts_scrap_and_reordering_rules_have_theirs_on_the_product() -> None:
    on_product = {entry.name for entry in CATALOG.values() if entry.activities_on}
    assert {"inventory.count_variance", "inventory.scrap", "inventory.low_stock", "inventory.negative"} <= on_product
    assert all(entry.traits.has_activities for entry in CATALOG.values())


@pytest.mark.parametrize(
    "command",
    [a_decide(), Observed(a_record(), Over("cancelled in Odoo"))],
    ids=["decided", "withdrawn"],
)
def test_the_end_of_the_case_is_the_end_of_the_activities(command: Command) -> None:
    made = after(fallen_back(opened(BY), "#finance"), command)
    assert made.case.activities == ()
    assert owed(made)


def test_who_has_answered_and_who_is_not_asked_any_more_needs_none() -> None:
    two = rules(
        policies=[a_policy(Stage(("finance",), count=2), Stage(("operations",)))],
        roles=[a_role(), a_role("operations", ["ops@example.com", CYD])],
    )
    case = fallen_back(opened(two), "#finance", by=two)
    first = after(case, a_decide(ANN), two)
    assert (first.case.activities, owed(first)) == ((BOB, CYD), True)
    second = after(first.case, a_decide(BOB), two)
    assert second.case.activities == (CYD,)


def test_a_hand_over_ends_those_of_the_first_role() -> None:
    case = after(fallen_back(opened(BY), "#finance"), Tick(1), at=timedelta(hours=2)).case
    assert case.activities == FINANCE
    handed = after(case, Tick(1), at=timedelta(hours=3))
    assert handed.case.activities == (ANN,)


def test_without_a_fallback_nothing_is_owed_to_odoo() -> None:
    assert not owed(after(opened(BY), a_decide()))

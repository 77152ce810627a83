"""Following a record: when a case opens, what a change does to it, and how it ends by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.answers import Transition, update_cards
from bot.cases.commands import Observed, Over
from bot.cases.model import Case, Change, Event, Status, WriteBackState
from bot.cases.planning import Rules
from bot.cases.transitions import transition
from bot.config.model import Stage
from bot.effects import Effect, EffectKind
from bot.money import Money
from tests.factories import (
    NOW,
    PURCHASE,
    a_case,
    a_decision,
    a_maker,
    a_plan,
    a_policy,
    a_record,
    a_role,
    a_rule,
    a_stage,
    an_approved_case,
    an_event,
    minutes,
    rules,
    seen,
    usd,
)

RULES = rules(materiality={PURCHASE: usd("100")})
#: The card is drawn anew, and its thread told.
SHOWN_AND_TOLD = (Effect(EffectKind.UPDATE_CARD, 1, "#finance"), Effect(EffectKind.TELL_STORY, 1, "#finance"))
LARGER = an_event(seen=seen(partner_id="Globex", amount_total="13000.00"), value=usd("13000.00"))


def follow(case: Case | None, now_is: Event | Over, under: Rules = RULES) -> Transition | None:
    answer = transition(case, Observed(a_record(), now_is), under, minutes(1))
    assert answer is None or isinstance(answer, Transition)
    return answer


def test_a_case_opens_with_its_card_and_says_what_was_seen() -> None:
    opened = transition(None, Observed(a_record(), an_event()), rules(), NOW)
    assert isinstance(opened, Transition)
    assert replace(opened.case, id=1) == a_case()
    assert opened.effects == (Effect(EffectKind.POST_CARD, 0, "#finance"),)
    (entry,) = opened.entries
    assert entry.detail["seen"] == {"Partner id": "Globex", "Amount total": "12500.00"}
    assert entry.detail["makers"] == ["mia@example.com"]


@pytest.mark.parametrize(
    ("value", "opens"),
    [
        (usd("100.00"), True),  # the border is material
        (usd("99.99"), False),
        (usd("-99.99"), False),  # by its absolute value
        (usd("-100.00"), True),
        (None, True),  # what cannot be told is
        (Money.parse("1 EUR"), True),  # and what cannot be compared
    ],
)
def test_only_what_is_material_opens_a_case(value: Money | None, opens: bool) -> None:
    assert (follow(None, an_event(value=value)) is not None) is opens


COVERED = an_approved_case(closed_at=NOW, covers=True)


@pytest.mark.parametrize(
    ("closed", "now_is", "opens"),
    [
        pytest.param(COVERED, an_event(), False, id="covered while its figures stand"),
        pytest.param(COVERED, an_event(title="P00007 (copy)"), False, id="a title is no figure"),
        pytest.param(COVERED, LARGER, True, id="other figures ask anew"),
        pytest.param(replace(COVERED, covers=False), an_event(), True, id="what was carried out covers nothing"),
        pytest.param(a_case(status=Status.WITHDRAWN, closed_at=NOW), an_event(), True, id="withdrawn covers nothing"),
    ],
)
def test_a_closed_case_covers_until_its_figures_change(closed: Case, now_is: Event, opens: bool) -> None:
    answer = follow(closed, now_is)
    assert (answer is not None) is opens
    assert answer is None or answer.case.id == 0


def test_a_change_opens_the_next_revision_and_voids_what_was_approved() -> None:
    pair = rules(policies=[a_policy(Stage(("finance",), 2))])
    before = a_case(plan=a_plan(a_stage(count=2)), decisions=(a_decision(),))
    revised = follow(before, LARGER, pair)
    assert revised is not None
    after = revised.case
    assert (after.id, after.status, after.revision.number, after.standing) == (1, Status.PENDING, 2, ())
    assert after.decisions == before.decisions
    assert after.revision.changed == (Change("Amount total", "12500.00", "13000.00"),)
    assert revised.effects == SHOWN_AND_TOLD


def test_a_change_is_judged_anew_by_rule_and_channel() -> None:
    """The old channel keeps its card, made true; the new one gets its own."""
    under = rules(
        roles=[a_role(), a_role("executive", ["dee@example.com"])],
        policies=[a_policy(), replace(a_policy(Stage(("executive",))), name="large")],
        rules=[a_rule("large", "large", over=usd("12900")), a_rule()],
    )
    revised = follow(a_case(), LARGER, under)
    assert revised is not None
    assert revised.case.plan.stages[0].roles == ("executive",)
    assert revised.case.channels == ("#finance", "#executive")
    assert revised.effects == (
        *SHOWN_AND_TOLD,
        Effect(EffectKind.POST_CARD, 1, "#executive"),
    )


def test_a_running_case_keeps_its_plan_while_its_figures_stand() -> None:
    assert follow(a_case(), an_event(), rules(policies=[a_policy(Stage(("finance",), 2))])) is None


@pytest.mark.parametrize(
    ("over", "ending", "actor"),
    [
        (Over("cancelled in Odoo", "Mia", "odoo:main:7"), "cancelled in Odoo by Mia", "odoo:main:7"),
        (Over("deleted in Odoo"), "deleted in Odoo", "signoff"),
    ],
)
def test_a_case_whose_record_is_over_is_withdrawn_and_says_by_whom(over: Over, ending: str, actor: str) -> None:
    withdrawn = follow(a_case(), over)
    assert withdrawn is not None
    assert (withdrawn.case.status, withdrawn.case.ending, withdrawn.case.closed_at) == (
        Status.WITHDRAWN,
        ending,
        minutes(1),
    )
    assert [entry.actor for entry in withdrawn.entries] == [actor]
    assert withdrawn.effects == SHOWN_AND_TOLD


def test_a_case_that_falls_below_materiality_is_withdrawn() -> None:
    small = an_event(seen=seen(amount_total="50.00"), value=usd("50.00"))
    withdrawn = follow(a_case(), small)
    assert withdrawn is not None
    assert (withdrawn.case.status, withdrawn.case.ending) == (Status.WITHDRAWN, "its value fell below 100 USD")


def test_an_editor_of_what_nobody_watches_is_a_maker_from_then_on() -> None:
    remembered = follow(a_case(), an_event(makers=(a_maker("ann@example.com"),)))
    assert remembered is not None
    assert [maker.email for maker in remembered.case.event.makers] == ["mia@example.com", "ann@example.com"]
    assert (remembered.case.revision.number, remembered.effects) == (1, update_cards(remembered.case))
    assert [entry.action for entry in remembered.entries] == ["case.makers_known"]


def test_makers_of_all_revisions_stay_makers() -> None:
    revised = follow(a_case(), replace(LARGER, makers=(a_maker("ann@example.com"),)))
    assert revised is not None
    assert [maker.email for maker in revised.case.event.makers] == ["mia@example.com", "ann@example.com"]


def test_a_cover_ends_when_the_record_leaves_so_that_a_return_asks_anew() -> None:
    """A count that was given up, cleared in Odoo and counted again with the same figures is a new count."""
    covering = a_case(status=Status.REJECTED, write_back=WriteBackState.GIVEN_UP, closed_at=NOW, covers=True)
    left = transition(covering, Observed(a_record(), Over("cleared in Odoo", "Mia", "odoo:main:7")), rules(), NOW)
    assert isinstance(left, Transition)
    assert left.case == replace(covering, covers=False)
    assert [(entry.action, entry.actor) for entry in left.entries] == [("case.cover_ended", "odoo:main:7")]
    assert left.effects == ()
    assert transition(left.case, Observed(a_record(), Over("cleared in Odoo")), rules(), NOW) is None

"""Which changes leave answers standing, and what a changed figure is measured against."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.cases.amending import holds_for
from bot.cases.answers import Transition
from bot.cases.commands import Observed
from bot.cases.model import Case, Event, Seen
from bot.cases.transitions import transition
from bot.config.model import Manner, Policy, Stage, Tolerance
from bot.effects import EffectKind
from bot.money import Money
from tests.factories import (
    NOW,
    a_case,
    a_decide,
    a_decision,
    a_maker,
    a_plan,
    a_policy,
    a_role,
    a_rule,
    a_stage,
    an_approved_case,
    an_event,
    minutes,
    rules,
    usd,
)

TWO_PERCENT = Manner(tolerance=Tolerance(share=Decimal("0.02")))
FIFTY = Manner(tolerance=Tolerance(amount=usd("50")))
NONE = Manner()


def priced(total: str | None, *, vendor: str = "Globex", lines: str = "", currency: str = "USD") -> Event:
    """The order at another total; ``lines`` are what is ordered."""
    value = None if total is None else Money.parse(f"{total} {currency}")
    seen = (
        Seen("partner_id", "Vendor", vendor, vendor),
        Seen("amount_total", "Total", str(value), str(value), firm=currency),
        Seen("order_line", "Lines", f"{total} {lines}", "4 × Desk", firm=lines),
    )
    return an_event(value=value, seen=seen, makers=())


OPENED = priced("1000.00")


def policy(manner: Manner) -> Policy:
    return a_policy(Stage(("finance",), count=2), manner=manner)


def pending(manner: Manner, **changes: object) -> Case:
    return a_case(event=OPENED, plan=a_plan(a_stage(count=2), manner=manner), **changes)


def seen_as(case: Case, event: Event) -> Case:
    answer = transition(case, Observed(event.record, event), rules(policies=[policy(case.plan.manner)]), minutes(9))
    assert isinstance(answer, Transition)
    return answer.case


@pytest.mark.parametrize(
    ("manner", "now_is", "stands"),
    [
        pytest.param(TWO_PERCENT, priced("1020.00"), True, id="the border is inside"),
        pytest.param(TWO_PERCENT, priced("980.00"), True, id="downwards too"),
        pytest.param(TWO_PERCENT, priced("1020.01"), False, id="beyond the border"),
        pytest.param(TWO_PERCENT, priced("979.99"), False, id="beyond it downwards"),
        pytest.param(FIFTY, priced("1050.00"), True, id="the border of an amount"),
        pytest.param(FIFTY, priced("1050.01"), False, id="beyond an amount"),
        pytest.param(FIFTY, priced("1010.00", currency="EUR"), False, id="another currency"),
        pytest.param(TWO_PERCENT, priced(None), False, id="a value that cannot be told"),
        pytest.param(TWO_PERCENT, priced("1000.00", vendor="Initech"), False, id="another vendor at the same price"),
        pytest.param(TWO_PERCENT, priced("1000.00", lines="lamp"), False, id="something else at the same price"),
        pytest.param(NONE, priced("1000.01"), False, id="no tolerance"),
    ],
)
def test_a_small_change_of_the_value_leaves_the_approval_standing(manner: Manner, now_is: Event, stands: bool) -> None:
    case = pending(manner, decisions=(a_decision(value=usd("1000.00")),))
    after = seen_as(case, now_is)
    assert (after.revision.number, len(after.standing)) == ((1, 1) if stands else (2, 0))
    assert after.event.figures == now_is.figures


def test_small_changes_do_not_creep_away_from_the_first_approval() -> None:
    case = pending(TWO_PERCENT, decisions=(a_decision(value=usd("1000.00")),))
    once = seen_as(case, priced("1015.00"))
    first = once.revision.changed[0]
    assert (first.before, first.after) == ("1,000.00 USD", "1,015.00 USD")
    assert seen_as(once, priced("1030.00")).revision.number == 2


def test_before_any_approval_the_opening_figures_are_what_is_measured_against() -> None:
    once = seen_as(pending(TWO_PERCENT), priced("1015.00"))
    assert once.revision.number == 1
    assert seen_as(once, priced("1030.00")).revision.number == 2


def test_the_first_approval_is_measured_against_from_then_on() -> None:
    once = seen_as(pending(TWO_PERCENT), priced("1015.00"))
    decided = transition(once, a_decide(pin=once.event.pin), rules(), NOW)
    assert isinstance(decided, Transition)
    assert decided.case.decisions[0].value == usd("1015.00")
    assert seen_as(decided.case, priced("1035.00")).revision.number == 1


def test_whoever_edits_within_the_tolerance_after_approving_loses_that_approval() -> None:
    """And is not the one any more whose figures are measured against."""
    case = pending(TWO_PERCENT, decisions=(a_decision(value=usd("1015.00")),))
    edited = replace(priced("1035.00"), makers=(a_maker("ann@example.com"),))
    assert seen_as(case, edited).revision.number == 2
    edited = replace(priced("1020.00"), makers=(a_maker("ann@example.com"),))
    assert seen_as(case, edited).revision.number == 1


def test_another_rule_for_the_new_value_asks_anew_even_within_the_tolerance() -> None:
    under = rules(
        policies=[policy(TWO_PERCENT)],
        rules=[a_rule("large", over=usd("1010")), a_rule()],
    )
    answer = transition(pending(TWO_PERCENT), Observed(OPENED.record, priced("1015.00")), under, NOW)
    assert isinstance(answer, Transition)
    assert answer.case.revision.number == 2


def test_a_stage_that_the_policy_wants_besides_is_gained_and_none_is_lost() -> None:
    case = pending(TWO_PERCENT, decisions=(a_decision(value=usd("1000.00")),))
    wider = a_policy(Stage(("quality",)), manner=TWO_PERCENT)
    under = rules(policies=[wider], roles=[a_role(), a_role("quality")])
    answer = transition(case, Observed(OPENED.record, priced("1015.00")), under, NOW)
    assert isinstance(answer, Transition)
    assert [stage.roles for stage in answer.case.plan.stages] == [("finance",), ("quality",)]
    assert answer.entries[0].action == "case.amended"
    assert {effect.kind for effect in answer.effects} == {EffectKind.UPDATE_CARD, EffectKind.TELL_STORY}


@pytest.mark.parametrize(
    ("now_is", "holds"),
    [
        (priced("1020.00"), True),
        (priced("1020.01"), False),
        (replace(priced("1010.00"), makers=(a_maker("ann@example.com"),)), False),
    ],
)
def test_an_approval_is_carried_out_within_the_same_tolerance(now_is: Event, holds: bool) -> None:
    plan = a_plan(manner=TWO_PERCENT)
    approved = an_approved_case(event=OPENED, plan=plan, decisions=(a_decision(value=usd("1000.00")),))
    assert holds_for(approved, now_is, rules(policies=[a_policy(manner=TWO_PERCENT)])) is holds


def test_an_approval_that_would_need_another_stage_is_not_carried_out() -> None:
    plan = a_plan(manner=TWO_PERCENT)
    approved = an_approved_case(event=OPENED, plan=plan, decisions=(a_decision(value=usd("1000.00")),))
    assert not holds_for(approved, priced("1010.00"), rules(policies=[policy(TWO_PERCENT)]))


@pytest.mark.parametrize(
    ("limit", "total", "number"),
    [("1010", "1010.00", 1), ("1010", "1010.01", 2), ("1000", "1000.50", 2)],
)
def test_an_approval_beyond_whose_givers_limit_the_value_has_moved_does_not_stand(
    limit: str, total: str, number: int
) -> None:
    """The border belongs to the limit."""
    bounded = rules(policies=[policy(TWO_PERCENT)], roles=[replace(a_role(), limit=usd(limit))])
    case = pending(TWO_PERCENT, decisions=(a_decision(value=usd("1000.00")),))
    answer = transition(case, Observed(OPENED.record, priced(total)), bounded, minutes(9))
    assert isinstance(answer, Transition)
    assert answer.case.revision.number == number


def test_nor_is_it_carried_out() -> None:
    bounded = rules(policies=[a_policy(manner=TWO_PERCENT)], limits={"ann@example.com": usd("1005")}, roles=[a_role()])
    approved = an_approved_case(
        event=OPENED, plan=a_plan(manner=TWO_PERCENT), decisions=(a_decision(value=usd("1000.00")),)
    )
    assert holds_for(approved, priced("1005.00"), bounded)
    assert not holds_for(approved, priced("1005.01"), bounded)

"""Straight through: what a rule approves alone, what keeps it from doing so, and what is left of its quota."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.audit.log import Mark
from bot.cases.answers import Transition
from bot.cases.commands import Begin, Confirm, Fail, Observed
from bot.cases.model import Case, Event, Finding, Maker, Status, WriteBackState
from bot.cases.planning import Rules
from bot.cases.quotas import NOTHING_SPENT, Spent, Use
from bot.cases.transitions import transition
from bot.config.explain import explain
from bot.config.explain_text import as_text
from bot.effects import Effect, EffectKind
from bot.money import Money
from bot.odoo.notes import note
from tests.core.config_texts import HEAD, ROLES, config_of, report_on
from tests.factories import NOW, PURCHASE, SALE, TRAITS, a_maker, an_event, minutes, seen, usd

TEXT = (
    HEAD
    + ROLES
    + """\
calendars: {chicago: {timezone: America/Chicago, hours: {mon-fri: "06:00-18:00"}}}
sites: {CHI: {match: {warehouse: CHI}, calendar: chicago}}
policies:
  usual: {stages: [{any_of: [finance]}]}
rules:
  - {name: urgent, match: {event_type: purchase.approval, partner: Acme}, over: 5000 EUR, policy: usual}
  - name: small buys
    match: {event_type: purchase.approval}
    under: 100 USD
    decide: approve
    quota: {per_day: 3, per_person: 2, value_per_day: 150 USD}
    reason: in the budget
  - {name: everything else, policy: usual}
"""
)
RULES = Rules(config_of(TEXT), TRAITS)
TODAY = NOW.date()
SMALL = an_event(value=usd("50"))


def spent(*uses: tuple[str, str]) -> Spent:
    """What is used up after (maker, dollars) each."""
    return NOTHING_SPENT.plus(Use("small buys", TODAY, (f"{maker}@example.com",), usd(value)) for maker, value in uses)


def seen_as(event: Event, used: Spent = NOTHING_SPENT, now: datetime = NOW, case: Case | None = None) -> Transition:
    answer = transition(case, Observed(event.record, event), replace(RULES, spent=used), now)
    assert isinstance(answer, Transition)
    return answer


def through(event: Event = SMALL, used: Spent = NOTHING_SPENT, now: datetime = NOW) -> bool:
    return seen_as(event, used, now).case.status is Status.APPROVED


def test_what_a_rule_approves_is_owed_to_odoo_at_once_and_no_card_is_posted() -> None:
    made = seen_as(SMALL)
    assert (made.case.status, made.case.write_back, made.case.channels) == (
        Status.APPROVED,
        WriteBackState.QUEUED,
        (),
    )
    assert [one.kind for one in made.effects] == [EffectKind.WRITE_BACK]
    assert made.spends == (Use("small buys", TODAY, ("mia@example.com",), usd("50")),)


def test_an_observed_rule_writes_nothing_and_says_what_it_would_have_done() -> None:
    text = TEXT.replace("decide: approve", "decide: approve\n    mode: observe") + 'pilot_channel: "#pilot"\n'
    made = transition(None, Observed(SMALL.record, SMALL), Rules(config_of(text), TRAITS), NOW)
    assert isinstance(made, Transition)
    assert (made.case.status, made.case.write_back) == (Status.EXPIRED, WriteBackState.NONE)
    assert made.case.ending == "would have been approved at once by rule “small buys”"
    assert [(one.kind, one.target) for one in made.effects] == [(EffectKind.POST_CARD, "#pilot")]


def test_the_audit_trail_names_the_rule_and_how_much_of_its_quota_is_used() -> None:
    opened, approved = seen_as(SMALL, spent(("mia", "20"))).entries
    assert (opened.action, opened.detail["rule"], approved.action) == ("case.opened", "small buys", "case.approved")
    assert approved.actor == "signoff"
    assert approved.detail["quota"] == {
        "small buys": {
            "day": "2026-03-02",
            "per_day": "2 of 3",
            "per_person": "mia@example.com 2 of 2",
            "value_per_day": "70 of 150 USD",
        }
    }


def test_the_note_in_odoo_names_the_rule() -> None:
    text = note(seen_as(SMALL).case, Mark(12, "3fa9c1d2"))
    assert text.startswith("Approved by rule “small buys” (straight-through), 2026-03-02 09:00 UTC.")
    assert "in the budget" in text


@pytest.mark.parametrize(
    ("used", "goes"),
    [
        (spent(("ann", "10"), ("bob", "10")), True),
        (spent(("ann", "10"), ("bob", "10"), ("cyd", "10")), False),
        (spent(("mia", "10")), True),
        (spent(("mia", "10"), ("mia", "10")), False),
        (spent(("ann", "100")), True),  # 150 USD exactly: the border is inside
        (spent(("ann", "100.01")), False),
        (NOTHING_SPENT.plus([Use("another rule", TODAY, ("mia@example.com",), usd("900"))] * 9), True),
    ],
)
def test_a_quota_that_is_used_up_sends_it_to_people(used: Spent, goes: bool) -> None:
    assert through(used=used) is goes


def test_a_quota_begins_anew_with_the_sites_own_day() -> None:
    used = spent(*[("ann", "1")] * 3)
    evening_in_chicago = datetime.fromisoformat("2026-03-03T05:59:00+00:00")
    assert not through(used=used, now=evening_in_chicago)
    assert through(used=used, now=evening_in_chicago + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("event", "missing"),
    [
        (replace(SMALL, value=None), "value in USD"),
        (replace(SMALL, value=Money.parse("50 EUR")), "value in USD"),
        (replace(SMALL, partner="Acme"), "value in EUR"),  # the rule above could not be judged
        (replace(SMALL, partner=None, value=None), "partner"),
    ],
)
def test_what_cannot_be_judged_is_asked_of_people(event: Event, missing: str) -> None:
    made = seen_as(event)
    assert (made.case.status, made.case.plan.rule) == (Status.PENDING, "everything else")
    assert missing in made.case.plan.missing


@pytest.mark.parametrize("makers", [(), (a_maker(), a_maker("admin"))])
def test_whose_maker_is_not_known_is_asked_of_people_where_makers_have_a_quota(makers: tuple[Maker, ...]) -> None:
    assert not through(replace(SMALL, makers=makers))


def test_the_value_counts_without_its_sign() -> None:
    assert not through(an_event(value=usd("-100")))
    assert through(an_event(value=usd("-99.99")))


def test_a_record_with_a_finding_that_people_decide_is_decided_by_people() -> None:
    both = replace(SMALL, findings=(Finding(PURCHASE, "small"), Finding(SALE, "and something else")))
    assert not through(both)


def test_an_edit_never_approves_by_itself() -> None:
    asked = replace(seen_as(an_event(value=usd("5000"))).case, id=1)
    cheaper = an_event(value=usd("50"), seen=seen(amount_total="50"))
    assert seen_as(cheaper, case=asked).case.status is Status.PENDING
    covered = replace(asked, status=Status.REJECTED, closed_at=NOW, covers=True)
    assert seen_as(cheaper, case=covered).case.status is Status.PENDING


def test_what_a_rule_approved_is_shown_to_people_once_odoo_refuses_it() -> None:
    case = replace(seen_as(SMALL).case, id=1)
    owed: list[Effect] = []
    for command in (Begin(1, 1), Fail(1, "Odoo says no")):
        answer = transition(case, command, RULES, NOW)
        assert isinstance(answer, Transition)
        case = answer.case
        owed += answer.effects
    assert case.channels == ("#finance",)
    assert [(one.kind, one.target) for one in owed] == [(EffectKind.POST_CARD, "#finance")]


def test_what_a_rule_approved_is_closed_without_a_channel() -> None:
    case = replace(seen_as(SMALL).case, id=1)
    for command in (Begin(1, 1), Confirm(1, "approved in Odoo")):
        answer = transition(case, command, RULES, minutes(1))
        assert isinstance(answer, Transition)
        case = answer.case
    assert (case.write_back, case.closed_at) == (WriteBackState.CONFIRMED, minutes(1))


def test_an_explanation_says_the_quota_and_why_a_rule_was_passed_over() -> None:
    told = as_text(explain(SMALL, RULES, NOW), "signoff.yaml")
    assert "Approved at once by the rule alone: 3 a day, 2 a day and maker, 150 USD a day." in told
    full = as_text(explain(SMALL, replace(RULES, spent=spent(*[("ann", "1")] * 3)), NOW), "signoff.yaml")
    assert "its quota of 3 a day is used up" in full


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("{per_day: 3,", "{per_dya: 3,", 'quota.per_dya: unknown key; did you mean "per_day"?'),
        ("per_day: 3,", "per_day: 0,", "rules[1].quota.per_day: must be at least 1"),
        ("decide: approve", "policy: usual", "rules[1]: reason goes with decide"),
        ("value_per_day: 150 USD", "value_per_day: 150", "an amount needs its currency; write 150 USD"),
        ("{name: everything else, policy: usual}", "{name: rest, decide: approve}", "may not approve the rest"),
        (
            "    under: 100 USD\n    decide: approve\n    quota: {per_day: 3, per_person: 2, value_per_day: 150 USD}",
            "    decide: approve",
            "warning: approves whatever the value is, even one that is not known; give the rule an under",
        ),
    ],
)
def test_what_nobody_could_mean_is_told(right: str, wrong: str, told: str) -> None:
    assert right in TEXT
    assert told in report_on(TEXT.replace(right, wrong)).as_text()

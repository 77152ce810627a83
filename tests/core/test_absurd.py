"""Figures that are missing or absurd, at every kind of condition: nothing of it lets a record pass without people."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.cases.answers import Transition
from bot.cases.commands import Observed
from bot.cases.model import Event, Maker, Status
from bot.cases.planning import Rules
from bot.cases.transitions import transition
from bot.money import Money
from tests.core.config_texts import HEAD, ROLES, config_of
from tests.factories import NOW, TRAITS, a_maker, an_event, usd

#: Each lets an event pass that is as it says; none of them one of which that cannot be told.
CONDITIONS = {
    "under": "under: 100 USD",
    "over": "over: 10 USD",
    "company": "match: {company: '*'}, under: 100 USD",
    "partner": "match: {partner: '*'}, under: 100 USD",
    "category": "match: {category: '*'}, under: 100 USD",
    "class": "match: {customer_class: [VIP, 'Gold*']}, under: 100 USD",
    "not the class": "when: \"!('Risk' in customer_class)\", under: 100 USD",
    "warehouse": "match: {warehouse: '*'}, under: 100 USD",
    "site": "match: {site: CHI}, under: 100 USD",
    "currency": "match: {currency: USD}, under: 100 USD",
    "not the company": "when: \"company != 'Other'\", under: 100 USD",
    "not the partner": "when: \"!(partner in ['Other'])\", under: 100 USD",
    "not the maker": "when: \"!('ann@example.com' in makers)\", under: 100 USD",
    "all makers": "when: \"makers.all(one, one.endsWith('@example.com'))\", under: 100 USD",
    "either": "when: \"category == 'x' || partner != 'Other'\", under: 100 USD",
}
GOOD = an_event(value=usd("50"), category="All / Office", partner="Globex", customer_class=("Gold West", "Retail"))
ODD: dict[str, dict[str, Any]] = {
    "value": {"value": None},
    "foreign": {"value": Money.parse("50 EUR")},
    "huge": {"value": Money(Decimal(10) ** 40, "USD")},
    "negative": {"value": usd("-100")},
    "company": {"company": ""},
    "partner": {"partner": None},
    "category": {"category": None},
    "class": {"customer_class": None},
    "hidden class": {"customer_class": ("Gold West", "")},
    "warehouse": {"warehouse": None},
    "makers": {"makers": ()},
    "unknown maker": {"makers": (a_maker(), Maker("admin", "", "Admin"))},
    "nobody": {"makers": (Maker("", "", "somebody whom Odoo does not name"),)},
}
#: Which oddity leaves a condition without what it asks about.
TOUCHED = {
    "under": {"value", "foreign", "huge", "negative"},
    "over": {"value", "foreign"},
    "company": {"company"},
    "partner": {"partner"},
    "category": {"category"},
    "class": {"class", "hidden class"},
    "not the class": {"class", "hidden class"},
    "warehouse": {"warehouse"},
    "site": {"warehouse"},
    "currency": {"value", "foreign"},
    "not the company": {"company"},
    "not the partner": {"partner"},
    "not the maker": {"makers", "unknown maker", "nobody"},
    "all makers": {"makers", "unknown maker", "nobody"},
    "either": {"category", "partner"},
}


def ruled(condition: str, decide: str) -> Rules:
    text = (
        f"{HEAD}{ROLES}sites: {{CHI: {{match: {{warehouse: CHI}}}}}}\n"
        "policies: {usual: {stages: [{any_of: [finance]}]}}\n"
        f"rules:\n  - {{name: alone, {CONDITIONS[condition]}, {decide}}}\n  - {{name: rest, policy: usual}}\n"
    )
    return Rules(config_of(text), TRAITS)


def passes(event: Event, condition: str, decide: str) -> bool:
    answer = transition(None, Observed(event.record, event), ruled(condition, decide), NOW)
    return not isinstance(answer, Transition) or answer.case.status is not Status.PENDING


DECIDE = ("decide: approve", "decide: ignore, reason: too small")


@pytest.mark.parametrize("decide", DECIDE)
@pytest.mark.parametrize("condition", CONDITIONS)
def test_what_is_as_the_rule_says_passes(condition: str, decide: str) -> None:
    assert passes(GOOD, condition, decide)


@pytest.mark.parametrize("decide", DECIDE)
@pytest.mark.parametrize(("condition", "odd"), [(one, odd) for one, touched in TOUCHED.items() for odd in touched])
def test_what_cannot_be_told_does_not_pass(condition: str, odd: str, decide: str) -> None:
    assert not passes(replace(GOOD, **ODD[odd]), condition, decide)


@pytest.mark.parametrize("decide", DECIDE)
@pytest.mark.parametrize("above", ["over: 10 EUR", "match: {category: 'All / Food'}", "when: \"category == 'x'\""])
def test_a_rule_above_that_cannot_be_judged_keeps_it_from_passing(above: str, decide: str) -> None:
    text = f"{HEAD}{ROLES}policies: {{usual: {{stages: [{{any_of: [finance]}}]}}}}\nrules:\n"
    text += f"  - {{name: first, {above}, policy: usual}}\n  - {{name: alone, under: 100 USD, {decide}}}\n"
    rules = Rules(config_of(text + "  - {name: rest, policy: usual}\n"), TRAITS)
    event = replace(GOOD, category=None)
    answer = transition(None, Observed(event.record, event), rules, NOW)
    assert isinstance(answer, Transition)
    assert answer.case.status is Status.PENDING

"""Limits in another currency than the record's: compared at the rate of its date, and not at all without one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.approvals.authority import Allowed, Refused
from bot.approvals.eligible import candidates
from bot.approvals.powers import powers_at
from bot.cases.answers import Transition
from bot.cases.codec import revision_from_text, revision_to_text
from bot.cases.commands import Observed, Over
from bot.cases.model import Case, Event
from bot.cases.planning import Rules
from bot.cases.transitions import transition
from bot.money import CurrencyMismatch, Money
from bot.odoo.catalog import CATALOG
from bot.odoo.catalog.reading import RATES
from bot.odoo.interpret import interpret
from bot.slack.words import facts
from tests.core.config_texts import HEAD, config_of
from tests.factories import NOW, TRAITS, a_source, an_event, usd

RATES_OF_THE_DAY = (("EUR", Decimal("0.9")), ("JPY", Decimal("150")))
TEXT = (
    HEAD
    + """\
roles:
  finance: {channel: "#finance", members: [ann@example.com, bob@example.com], limit: 9000 EUR}
  chief: {channel: "#chief", members: [cyd@example.com, dan@example.com]}
materiality: {purchase.approval: 90 EUR}
policies:
  small: {stages: [{any_of: [finance]}], evidence: {photo: {over: 1000 EUR}}}
  usual: {stages: [{any_of: [finance]}, {any_of: [chief], over: 4500 EUR}]}
rules:
  - {name: small, under: 1800 EUR, policy: small}
  - {name: rest, policy: usual}
"""
)
RULES = Rules(config_of(TEXT), TRAITS)


def worth(amount: str, rates: tuple[tuple[str, Decimal], ...] = RATES_OF_THE_DAY) -> Event:
    return an_event(value=replace(usd(amount), rates=rates))


def opened(event: Event) -> Case | None:
    answer = transition(None, Observed(event.record, event), RULES, NOW)
    return answer.case if isinstance(answer, Transition) else None


@pytest.mark.parametrize(
    ("amount", "over", "under"),
    [("100.00", False, False), ("100.01", True, False), ("-100.01", True, False), ("99.99", False, True)],
)
def test_a_border_stays_a_border_at_the_rate(amount: str, over: bool, under: bool) -> None:
    value = replace(usd(amount), rates=RATES_OF_THE_DAY)
    limit = Money.parse("90 EUR")
    assert (value.exceeds(limit), value.is_under(limit)) == (over, under)


def test_without_a_rate_nothing_is_compared_and_rates_are_no_part_of_an_amount() -> None:
    with pytest.raises(CurrencyMismatch):
        replace(usd("5"), rates=RATES_OF_THE_DAY).exceeds(Money.parse("5 CHF"))
    assert replace(usd("5"), rates=RATES_OF_THE_DAY) == usd("5")
    assert hash(replace(usd("5"), rates=RATES_OF_THE_DAY)) == hash(usd("5"))


def test_rules_stages_materiality_and_evidence_are_judged_at_the_rate() -> None:
    assert opened(worth("99.99")) is None
    small, usual, large = opened(worth("1999.99")), opened(worth("2000")), opened(worth("5000.01"))
    assert small is not None
    assert usual is not None
    assert large is not None
    assert (small.plan.policy, small.plan.photo, small.plan.missing) == ("small", True, ())
    assert [stage.roles for stage in usual.plan.stages] == [("finance",)]
    assert [stage.roles for stage in large.plan.stages] == [("finance",), ("chief",)]


@pytest.mark.parametrize(
    ("event", "may"), [(worth("10000"), Allowed), (worth("10000.01"), Refused), (worth("1", ()), Refused)]
)
def test_the_limit_of_a_role_holds_at_the_rate_and_stops_everybody_without_one(event: Event, may: type) -> None:
    case = opened(event)
    assert case is not None
    members = [one for one in candidates(case, NOW, powers_at(case, RULES)) if one.email in {"ann@example.com"}]
    assert [type(one.verdict) for one in members] == [may]


def test_without_rates_everything_is_asked_and_the_figure_is_named() -> None:
    case = opened(worth("5", ()))
    assert case is not None
    assert (case.plan.policy, len(case.plan.stages), case.plan.missing) == ("usual", 2, ("value in EUR",))


def test_the_rates_are_kept_with_the_case_and_other_ones_ask_nobody_anew() -> None:
    case = opened(worth("5000.01"))
    assert case is not None
    again = revision_from_text(case.record, 1, NOW, revision_to_text(case.revision))
    assert again.event.value is not None
    assert again.event.value.rates == RATES_OF_THE_DAY
    tomorrow = worth("5000.01", (("EUR", Decimal("0.1")),))
    assert transition(replace(case, id=1), Observed(tomorrow.record, tomorrow), RULES, NOW) is None


def test_the_card_shows_both() -> None:
    case = opened(worth("5000.01"))
    assert case is not None
    assert ("In other currencies", "4,500.01 EUR, 750,001.50 JPY") in facts(case)


def test_what_a_record_was_read_with_is_in_its_events_value() -> None:
    order: dict[str, Any] = {
        "id": 7,
        "name": "P7",
        "state": "to approve",
        "amount_total": 50.0,
        "currency_id": {"id": 1, "name": "USD", "decimal_places": 2},
        "company_id": {"id": 1, "display_name": "Acme", "currency_id": {"id": 1, "name": "USD", "decimal_places": 2}},
        RATES: {"EUR": Decimal("0.9"), "USD": Decimal(1)},
    }
    found = interpret([CATALOG["purchase.approval"]], order, a_source())
    assert not isinstance(found, Over)
    assert found.value is not None
    assert found.value.rates == (("EUR", Decimal("0.9")),)

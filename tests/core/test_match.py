"""Which rule an event falls under and why, which site is its own, who is asked there and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.conditions import compile_condition
from bot.config.match import (
    NotMatched,
    Routed,
    below_materiality,
    channel_for,
    match,
    members_for,
    passed_over,
    resolve_site,
    slug,
)
from bot.config.model import Config, Role, RoleOverlay, Rule, Site
from bot.money import Money
from tests.core.config_texts import HEAD, POLICIES, ROLES, RULES, config_of

CONFIG = config_of(
    HEAD
    + ROLES
    + POLICIES
    + """\
rules:
  - {name: large purchases, match: {event_type: purchase.approval}, over: 5000 USD, policy: one_approver}
  - {name: purchases in Dallas, match: {event_type: purchase.approval, warehouse: [DAL, "DAL-*"]}, policy: one_approver}
  - {name: small counts, match: {event_type: "inventory.*"}, under: 100 USD, policy: one_approver}
  - {name: middle counts, match: {event_type: "inventory.*"}, over: 100 USD, under: 1000 USD, policy: one_approver}
  - {name: Acme, match: {event_type: sale.value, partner: "Acme [US]"}, policy: one_approver}
  - {name: everything else, policy: one_approver}
materiality: {sale.value: 100 USD}
"""
)


@dataclass(frozen=True)
class AnEvent:
    """The little that rules ask about."""

    facts: Mapping[str, str | None] = field(default_factory=dict)
    value: Money | None = None
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


def an_event(event_type: str | None = "sale.value", value: str | None = "500 USD", **facts: str | None) -> AnEvent:
    dull: dict[str, str | None] = {"source": "main", "company": "Acme", "warehouse": "CHI", "partner": "Globex"}
    return AnEvent({"event_type": event_type, **dull, **facts}, None if value is None else Money.parse(value))


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        (an_event("purchase.approval", "5000.01 USD"), "large purchases"),
        (an_event("purchase.approval", "-6000 USD"), "large purchases"),
        (an_event("purchase.approval", "5000 USD"), "everything else"),
        (an_event("purchase.approval", warehouse="DAL"), "purchases in Dallas"),
        (an_event("purchase.approval", warehouse="DAL-2"), "purchases in Dallas"),
        (an_event("purchase.approval", warehouse="DAL2"), "everything else"),
        (an_event("purchase.approval", warehouse="dal"), "everything else"),
        (an_event("inventory.count_variance", "99.99 USD"), "small counts"),
        (an_event("inventory.count_variance", "-99.99 USD"), "small counts"),
        (an_event("inventory.count_variance", "100 USD"), "everything else"),
        (an_event("inventory.count_variance", "100.01 USD"), "middle counts"),
        (an_event("inventory.count_variance", "1000 USD"), "everything else"),
        (an_event("Inventory.count_variance", "5 USD"), "everything else"),
        (an_event(partner="Acme [US]"), "Acme"),
        (an_event(partner="Acme U"), "Acme"),
        (an_event(partner="acme [us]"), "everything else"),
        (an_event(), "everything else"),
        (AnEvent(), "everything else"),
    ],
)
def test_the_first_rule_that_matches_decides(event: AnEvent, rule: str) -> None:
    """Over is strictly more, under strictly less, by absolute value; names are case-sensitive, or globs."""
    assert match(CONFIG, event).rule.name == rule


@pytest.mark.parametrize(
    ("event", "missing"),
    [
        pytest.param(an_event("purchase.approval", None), ("value in USD",), id="no value"),
        pytest.param(an_event("purchase.approval", "9000 EUR"), ("value in USD",), id="another currency"),
        pytest.param(an_event("purchase.approval", "1 USD", warehouse=None), ("warehouse",), id="no warehouse"),
        pytest.param(an_event("purchase.approval", None, warehouse=None), ("value in USD", "warehouse"), id="neither"),
        pytest.param(an_event("inventory.count_variance", None), ("value in USD",), id="asked for twice, named once"),
        pytest.param(an_event(None), ("event_type",), id="no event type"),
        pytest.param(an_event(partner=None), ("partner",), id="no partner"),
        pytest.param(an_event("sale.value", None), (), id="no value where no rule for it asks"),
        pytest.param(an_event("purchase.approval", "1 USD", partner=None), (), id="the rule is about something else"),
    ],
)
def test_a_condition_that_cannot_be_judged_fails_closed_and_is_named(event: AnEvent, missing: tuple[str, ...]) -> None:
    routed = match(CONFIG, event)

    assert (routed.rule.name, routed.missing) == ("everything else", missing)


def test_every_rule_above_the_matching_one_is_explained() -> None:
    first, second, *_ = CONFIG.rules

    event = an_event("inventory.count_variance", "12.50 USD")

    assert match(CONFIG, event) == Routed(rule=CONFIG.rules[2], policy="one_approver", missing=())
    assert passed_over(CONFIG, event) == (
        NotMatched(first, "event_type is inventory.count_variance, not purchase.approval"),
        NotMatched(second, "event_type is inventory.count_variance, not purchase.approval"),
    )


@pytest.mark.parametrize(
    ("event", "position", "reason"),
    [
        (an_event("purchase.approval", "5000 USD"), 0, "5,000 USD is not over 5,000 USD"),
        (an_event("purchase.approval", None), 0, "the value is not known"),
        (an_event("purchase.approval", "5 EUR"), 0, "the value is in EUR, not in USD"),
        (an_event("purchase.approval", "5 USD"), 1, "warehouse is CHI, not DAL or DAL-*"),
        (an_event("purchase.approval", "5 USD", warehouse=None), 1, "warehouse is not known"),
        (an_event("inventory.count_variance", "1000 USD"), 2, "1,000 USD is not under 100 USD"),
        (an_event(None, None), 3, "event_type is not known; the value is not known; the value is not known"),
    ],
)
def test_the_reason_says_what_was_and_what_was_asked(event: AnEvent, position: int, reason: str) -> None:
    assert passed_over(CONFIG, event)[position] == NotMatched(CONFIG.rules[position], reason)


def test_a_config_made_by_hand_without_a_last_rule_is_a_mistake_of_its_maker() -> None:
    with pytest.raises(ValueError, match="no condition"):
        match(replace(CONFIG, rules=CONFIG.rules[:-1]), an_event())


@pytest.mark.parametrize(
    ("event", "below"),
    [
        (an_event(value="99.99 USD"), True),
        (an_event(value="-99.99 USD"), True),
        (an_event(value="100 USD"), False),
        (an_event(value="-100 USD"), False),
        (an_event(value="5 EUR"), False),
        (an_event(value=None), False),
        (an_event("purchase.approval", "5 USD"), False),
        (AnEvent(value=Money.parse("5 USD")), False),
    ],
)
def test_only_a_value_that_is_certainly_smaller_is_below_materiality(event: AnEvent, below: bool) -> None:
    assert below_materiality(CONFIG, event) is below


_WORDS = st.sampled_from(
    ["sale.value", "purchase.approval", "CHI", "DAL", "Acme", "Acme [US]", "", "*", "["]
) | st.text(max_size=8)
_FIELDS = st.sampled_from(["event_type", "source", "site", "company", "warehouse", "model", "currency", "partner"])
_MONEY = st.builds(
    Money,
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-9999, max_value=9999),
    st.sampled_from(["USD", "EUR"]),
)
EVENTS = st.builds(AnEvent, st.dictionaries(_FIELDS, st.none() | _WORDS), st.none() | _MONEY)
RULE = st.builds(
    Rule,
    name=st.text(max_size=4),
    policy=st.just("one_approver"),
    line=st.integers(1, 99),
    match=st.dictionaries(_FIELDS, st.lists(_WORDS, min_size=1, max_size=3).map(tuple), max_size=2),
    over=st.none() | _MONEY,
    under=st.none() | _MONEY,
    when=st.sampled_from([None, *map(compile_condition, ["partner != 'Acme'", "site == 'CHI' || company == 'x'"])]),
)
LAST = Rule("last", "one_approver", 99)


def with_rules(*rules: Rule) -> Config:
    return replace(CONFIG, rules=rules)


@given(st.lists(RULE, max_size=5), EVENTS)
def test_matching_never_raises_and_accounts_for_every_rule_it_passed(rules: list[Rule], event: AnEvent) -> None:
    config = with_rules(*rules, LAST)

    routed, why = match(config, event), passed_over(config, event)

    assert (*(passed.rule for passed in why), routed.rule) == config.rules[: len(why) + 1]
    assert all(passed.reason for passed in why)


@given(st.lists(RULE, max_size=5), EVENTS)
def test_the_rule_that_decides_is_the_first_that_would_match_alone(rules: list[Rule], event: AnEvent) -> None:
    alone = [rule for rule in rules if match(with_rules(rule, LAST), event).rule is rule]

    assert match(with_rules(*rules, LAST), event).rule is (alone[0] if alone else LAST)


@given(st.lists(RULE, max_size=4), st.lists(RULE, max_size=3), EVENTS)
def test_what_stands_below_the_deciding_rule_changes_nothing(
    above: list[Rule], below: list[Rule], event: AnEvent
) -> None:
    assert match(with_rules(*above, LAST), event) == match(with_rules(*above, LAST, *below), event)


@given(RULE, EVENTS)
def test_forgetting_a_figure_never_makes_a_rule_match(rule: Rule, event: AnEvent) -> None:
    config = with_rules(rule, LAST)
    poorer = AnEvent(dict.fromkeys(event.facts))

    if match(config, event).rule is LAST:
        assert match(config, poorer).rule is LAST


def a_site(name: str, *, warehouses: str = "", companies: str = "", **roles: RoleOverlay) -> Site:
    return Site(name, frozenset(warehouses.split()), frozenset(companies.split()), roles)


PLACES = replace(
    config_of(HEAD + ROLES + POLICIES + RULES),
    roles={
        "lead": Role("lead", "#wh-{site}", frozenset({"lead@example.com"})),
        "finance": Role("finance", "#fin-{company}-{site}", frozenset({"cfo@example.com"})),
        "fixed": Role("fixed", "C0123ABCD", frozenset({"ops@example.com"})),
    },
    sites={
        "CHI": a_site("CHI", warehouses="CHI", lead=RoleOverlay(channel="#chi-floor")),
        "DAL": a_site(
            "DAL", warehouses="DAL DAL2", companies="Acme", lead=RoleOverlay(members=frozenset({"d@example.com"}))
        ),
        "Rest of Acme": a_site("Rest of Acme", companies="Acme"),
    },
)


@pytest.mark.parametrize(
    ("warehouse", "company", "site"),
    [
        ("CHI", "Acme", "CHI"),
        ("CHI", None, "CHI"),
        ("DAL2", "Acme", "DAL"),
        ("DAL", "Globex", None),
        ("DAL", None, None),
        (None, "Acme", "Rest of Acme"),
        ("NYC", "Acme", "Rest of Acme"),
        ("chi", None, None),
        (None, None, None),
    ],
)
def test_a_record_belongs_to_the_first_site_that_takes_it(
    warehouse: str | None, company: str | None, site: str | None
) -> None:
    found = resolve_site(PLACES, warehouse=warehouse, company=company)

    assert (found and found.name) == site


@pytest.mark.parametrize(
    ("role", "site", "company", "channel"),
    [
        ("lead", "CHI", "Acme", "#chi-floor"),
        ("lead", "DAL", "Acme", "#wh-dal"),
        ("lead", "Rest of Acme", "Acme", "#wh-rest-of-acme"),
        ("lead", None, "Acme", "#wh-no-site"),
        ("finance", "CHI", "Müller & Söhne GmbH.", "#fin-müller-söhne-gmbh-chi"),
        ("finance", "CHI", None, "#fin-no-company-chi"),
        ("finance", None, "{site} <!here>", "#fin-site-here-no-site"),
        ("finance", "CHI", "!!!", "#fin-x-chi"),
        ("finance", "CHI", "A" * 200, "#fin-" + "a" * 76),
        ("fixed", "CHI", "Acme", "C0123ABCD"),
    ],
)
def test_a_channel_is_the_sites_own_else_the_roles_with_its_places_filled_in(
    role: str, site: str | None, company: str | None, channel: str
) -> None:
    here = None if site is None else PLACES.sites[site]

    assert channel_for(PLACES, role, site=here, company=company) == channel


@given(st.text(max_size=100))
def test_any_company_gives_a_channel_that_slack_takes(company: str) -> None:
    channel = channel_for(PLACES, "finance", site=None, company=company)

    assert len(channel) <= 81
    assert all(letter.isalnum() or letter in "-_" for letter in channel[1:]), channel
    assert channel == channel.lower()


@pytest.mark.parametrize(
    ("name", "written"), [("CHI", "chi"), ("  A  b ", "a-b"), ("A_b-c", "a_b-c"), ("ﬁn", "fin"), ("", "x")]
)
def test_a_name_is_written_as_slack_writes_channels(name: str, written: str) -> None:
    assert slug(name) == written


@pytest.mark.parametrize(
    ("role", "site", "people"),
    [
        ("lead", "CHI", {"lead@example.com"}),
        ("lead", "DAL", {"d@example.com"}),
        ("lead", None, {"lead@example.com"}),
        ("nobody", "CHI", set()),
    ],
)
def test_a_site_may_have_its_own_people_for_a_role(role: str, site: str | None, people: set[str]) -> None:
    assert members_for(PLACES, role, site=None if site is None else PLACES.sites[site]) == people

"""The tags of a customer or vendor: how they are read, which rules and times they lead to, and what is not known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.cases.model import Event
from bot.cases.planning import routable
from bot.config.match import match, passed_over
from bot.odoo.catalog import CATALOG
from bot.odoo.catalog.partners import classes_of, classes_path
from tests.core.config_texts import HEAD, POLICIES, ROLES, config_of, report_on
from tests.core.test_catalog import SALE, an_order, as_event
from tests.factories import an_event

RULES = """\
rules:
  - {name: key accounts, match: {event_type: "sale.*", customer_class: [VIP, "Gold*"]}, policy: one_approver}
  - {name: everything else, policy: one_approver}
"""
CONFIG = config_of(HEAD + ROLES + POLICIES + RULES)


def tagged(*names: str | None) -> dict[str, Any]:
    """A contact of a company with these tags."""
    tags = [{"id": number, "display_name": f"All / {name}", "name": name} for number, name in enumerate(names, 1)]
    company = {"id": 50, "display_name": "Great Lakes", "category_id": tags}
    return {"id": 55, "display_name": "Great Lakes, Dock", "commercial_partner_id": company}


@pytest.mark.parametrize(
    ("partner", "found"),
    [
        pytest.param(tagged("VIP", "Medical"), ("Medical", "VIP"), id="in order, by their own names"),
        pytest.param(tagged(), (), id="none, and that is known"),
        pytest.param(tagged("VIP", None), None, id="one is hidden"),
        pytest.param({"id": 55, "display_name": "Great Lakes"}, None, id="not asked for"),
        pytest.param({"id": 55, "display_name": "x", "commercial_partner_id": None}, None, id="a hidden partner"),
        pytest.param(None, None, id="no partner"),
        pytest.param("Great Lakes", None, id="a partner in writing"),
    ],
)
def test_the_classes_are_the_tags_of_the_company_behind_the_partner(
    partner: Any, found: tuple[str, ...] | None
) -> None:
    assert classes_of({"partner_id": partner}, "partner_id") == found
    assert classes_of({"order_id": {"id": 1, "partner_id": partner}}, "order_id.partner_id") == found


def test_an_order_tells_its_customers_classes() -> None:
    event = as_event(SALE, an_order(state="sent", partner_id=tagged("VIP")))
    assert event.customer_class == ("VIP",)
    assert classes_path(SALE.partner) == "partner_id.commercial_partner_id.category_id.name"


def test_every_type_that_names_a_partner_says_which_field_leads_there() -> None:
    named = {entry.name for entry in CATALOG.values() if "partner_id" in entry.paths}
    assert named == {entry.name for entry in CATALOG.values() if entry.partner}


@pytest.mark.parametrize(
    ("classes", "rule", "missing"),
    [
        pytest.param(("Retail", "VIP"), "key accounts", (), id="one of several"),
        pytest.param(("Gold West",), "key accounts", (), id="a glob"),
        pytest.param(("vip",), "everything else", (), id="letters count"),
        pytest.param((), "everything else", (), id="no tags"),
        pytest.param(None, "everything else", ("customer_class",), id="not known"),
    ],
)
def test_a_rule_matches_one_tag_that_it_names(
    classes: tuple[str, ...] | None, rule: str, missing: tuple[str, ...]
) -> None:
    routed = match(CONFIG, routable(_sale(classes), None))
    assert (routed.rule.name, routed.missing) == (rule, missing)


@pytest.mark.parametrize(
    ("classes", "why"),
    [
        (("Medical", "Retail"), "customer_class is Medical and Retail, not VIP or Gold*"),
        ((), "customer_class is none, not VIP or Gold*"),
        (None, "customer_class is not known"),
    ],
)
def test_why_it_does_not_match_is_told(classes: tuple[str, ...] | None, why: str) -> None:
    assert [one.reason for one in passed_over(CONFIG, routable(_sale(classes), None))] == [why]


@pytest.mark.parametrize(
    ("rules", "asks"),
    [
        pytest.param(RULES, True, id="in a match"),
        pytest.param(RULES.replace('customer_class: [VIP, "Gold*"]', "partner: Acme"), False, id="nowhere"),
        pytest.param(
            RULES.replace(
                'match: {event_type: "sale.*", customer_class: [VIP, "Gold*"]}', "when: \"'VIP' in customer_class\""
            ),
            True,
            id="in an expression",
        ),
    ],
)
def test_tags_are_read_only_where_the_file_asks_for_them(rules: str, *, asks: bool) -> None:
    assert config_of(HEAD + ROLES + POLICIES + rules).sources["main"].customer_class is asks


def test_a_rule_behind_one_with_all_its_classes_is_never_reached() -> None:
    behind = '  - {name: gold, match: {event_type: "sale.*", customer_class: Golden}, policy: one_approver}\n'
    text = HEAD + ROLES + POLICIES + RULES.replace("  - {name: everything", f"{behind}  - {{name: everything")
    assert ["never reached" in one.message for one in report_on(text).problems] == [True]


def _sale(classes: tuple[str, ...] | None) -> Event:
    return replace(an_event(event_type="sale.value"), customer_class=classes)

"""The findings of orders: who is asked about an urgent, dear, odd or risky one, and who is not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.cases.model import Event, Severity
from bot.odoo.catalog import CATALOG
from bot.odoo.interpret import interpret
from tests.core.test_catalog import COMPANY, EUR, SOURCE, UNITS, USD, a_line, a_product, an_order

PURCHASES = [entry for entry in CATALOG.values() if entry.model == "purchase.order" and not entry.is_exception]
SALES = [entry for entry in CATALOG.values() if entry.model == "sale.order"]


def a_seller(price: float = 289.0, *, partner: int = 55, **changes: Any) -> dict[str, Any]:
    """A line of a product's vendor list."""
    dull = {
        "id": partner,
        "partner_id": {
            "id": partner,
            "display_name": f"Vendor {partner}",
            "commercial_partner_id": {"id": partner, "display_name": f"Vendor {partner}"},
        },
        "sequence": 1,
        "min_qty": 0.0,
        "price": price,
        "discount": 0.0,
        "currency_id": USD,
        "company_id": None,
        "product_id": None,
        "date_start": None,
        "date_end": None,
    }
    return {**dull, **changes}


def sold_by(*sellers: dict[str, Any], **line: Any) -> list[dict[str, Any]]:
    """The lines of an order for something that these vendors sell."""
    return [a_line(product_id=a_product(seller_ids=list(sellers)), **line)]


def found(entries: Any, record: dict[str, Any]) -> list[str]:
    """The event types of the findings, the leading one first."""
    event = interpret(entries, record, SOURCE)
    return [one.event_type for one in event.findings] if isinstance(event, Event) else []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "to approve"}, ["purchase.approval"]),
        ({"state": "draft"}, []),
        ({"state": "draft", "priority": "1"}, ["purchase.emergency"]),
        ({"state": "sent", "priority": "1"}, ["purchase.emergency"]),
        ({"state": "purchase", "priority": "1"}, []),
        ({"state": "draft", "order_line": [a_line(price_unit=317.9)]}, []),
        ({"state": "draft", "order_line": [a_line(price_unit=317.91)]}, ["purchase.price_variance"]),
        ({"state": "draft", "order_line": [a_line(price_unit=250.0)]}, ["purchase.price_variance"]),
        ({"state": "purchase", "order_line": [a_line(price_unit=999.0)]}, []),
        ({"state": "draft", "order_line": sold_by(a_seller(200.0))}, ["purchase.price_variance"]),
        ({"state": "draft", "order_line": sold_by(a_seller(400.0, discount=25.0))}, []),
        ({"state": "draft", "order_line": sold_by(a_seller(300.0), price_unit=600.0, discount=50.0)}, []),
        ({"state": "draft", "order_line": sold_by(a_seller(9.0, currency_id=EUR))}, []),
        ({"state": "draft", "order_line": sold_by(a_seller(9.0, min_qty=500.0), a_seller(280.0))}, []),
        ({"state": "draft", "order_line": sold_by(a_seller(9.0, date_end=date(2026, 11, 19)))}, []),
        ({"state": "draft", "order_line": sold_by(a_seller(9.0, product_id={"id": 8, "display_name": "x"}))}, []),
        ({"state": "draft", "order_line": sold_by(a_seller(), a_seller(partner=9, sequence=2))}, []),
        (
            {"state": "draft", "order_line": sold_by(a_seller(sequence=2), a_seller(partner=9))},
            ["purchase.supplier_substitution"],
        ),
        (
            {"state": "to approve", "priority": "1", "order_line": sold_by(a_seller(partner=9), price_unit=900.0)},
            ["purchase.approval", "purchase.supplier_substitution", "purchase.price_variance"],
        ),
    ],
)
def test_a_purchase_order_asks_for_what_is_odd_about_it(changes: dict[str, Any], expected: list[str]) -> None:
    assert found(PURCHASES, an_order(**changes)) == expected


@pytest.mark.parametrize(
    ("changes", "rides"),
    [
        ({"amount_total": 5000.0}, True),
        ({"amount_total": 4999.99}, False),
        ({"amount_total": 4000.0, "currency_id": EUR, "currency_rate": 0.8}, True),
        ({"amount_total": 3999.0, "currency_id": EUR, "currency_rate": 0.8}, False),
        ({"company_id": COMPANY}, False),
    ],
)
def test_what_the_bots_confirmation_would_skip_is_asked_with_it(changes: dict[str, Any], *, rides: bool) -> None:
    """The bot is a purchase manager, whose confirmation is an approval too."""
    two_steps = {**COMPANY, "po_double_validation": "two_step", "po_double_validation_amount": 5000.0}
    order = an_order(**{"state": "draft", "priority": "1", "company_id": two_steps, **changes})
    assert found(PURCHASES, order) == ["purchase.emergency", *(["purchase.approval"] if rides else [])]
    calm = {**order, "priority": "0"}
    assert found(PURCHASES, calm) == [], "by itself it is no finding: nobody has asked for anything yet"


@pytest.mark.parametrize(("state", "method"), [("draft", "button_confirm"), ("to approve", "button_approve")])
def test_the_method_fits_where_the_order_stands(state: str, method: str) -> None:
    decided = [entry for entry in PURCHASES if not entry.is_exception]
    assert {entry.carry_out.called(an_order(state=state)) for entry in decided} == {method}


def test_an_urgent_order_says_so_to_the_rules() -> None:
    event = interpret(PURCHASES, an_order(priority="1"), SOURCE)
    assert isinstance(event, Event)
    assert (event.severity, event.category) == (Severity.HIGH, "Handling / Jacks")


def a_quotation(**changes: Any) -> dict[str, Any]:
    """A sent quotation of 1,000 with nothing odd about it but its being sent."""
    dull = {"name": "S00012", "state": "sent", "amount_total": 1000.0, "margin_percent": 0.4, "validity_date": None}
    return an_order(**{**dull, **changes})


def a_customer(*, owes: float = 0.0, invoiced: float = 0.0, limit: float = 5000.0) -> dict[str, Any]:
    """A contact of a company with a credit limit."""
    behind = {"id": 50, "display_name": "Globex", "credit": owes, "credit_to_invoice": invoiced, "credit_limit": limit}
    return {"id": 55, "display_name": "Globex, Pat", "commercial_partner_id": behind}


WATCHED = {**COMPANY, "account_use_credit_limit": True}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["sale.value"]),
        ({"state": "draft"}, []),
        ({"order_line": [a_line(discount=15.0)]}, ["sale.value"]),
        ({"order_line": [a_line(discount=15.01)]}, ["sale.discount", "sale.value"]),
        ({"state": "draft", "order_line": [a_line(discount=90.0)]}, []),
        ({"margin_percent": 0.15}, ["sale.value"]),
        ({"margin_percent": 0.1499}, ["sale.margin", "sale.value"]),
        ({"margin_percent": None}, ["sale.value"]),
        ({"company_id": WATCHED, "partner_id": a_customer(owes=4000.0)}, ["sale.value"]),
        ({"company_id": WATCHED, "partner_id": a_customer(owes=4000.01)}, ["sale.credit_hold", "sale.value"]),
        ({"company_id": WATCHED, "partner_id": a_customer(invoiced=4500.0)}, ["sale.credit_hold", "sale.value"]),
        ({"company_id": WATCHED, "partner_id": a_customer(owes=9000.0, limit=0.0)}, ["sale.value"]),
        ({"company_id": COMPANY, "partner_id": a_customer(owes=9000.0)}, ["sale.value"]),
        (
            {
                "company_id": WATCHED,
                "partner_id": a_customer(owes=9000.0),
                "margin_percent": -0.2,
                "order_line": [a_line(discount=50.0)],
            },
            ["sale.credit_hold", "sale.margin", "sale.discount", "sale.value"],
        ),
    ],
)
def test_a_quotation_asks_for_what_is_risky_about_it(changes: dict[str, Any], expected: list[str]) -> None:
    assert found(SALES, a_quotation(**changes)) == expected


def test_findings_name_their_figures() -> None:
    order = a_quotation(
        company_id=WATCHED,
        partner_id=a_customer(owes=4500.5),
        margin_percent=0.125,
        order_line=[a_line(discount=22.5)],
    )
    event = interpret(SALES, order, SOURCE)
    assert isinstance(event, Event)
    assert [one.text for one in event.findings] == [
        "5,500.50 USD owed with this order, above the credit limit of 5,000.00 USD",
        "a margin of 12.5 %, below the floor of 15 %",
        "a discount of 22.5 %, above the limit of 15 %",
        "above the value limit",
    ]


def test_a_quotation_is_to_be_decided_before_it_lapses() -> None:
    lapses = interpret(SALES, a_quotation(validity_date=date(2026, 12, 1)), SOURCE)
    never = interpret(SALES, a_quotation(), SOURCE)
    assert isinstance(lapses, Event)
    assert isinstance(never, Event)
    assert (lapses.deadline, lapses.deadline_what) == (datetime(2026, 12, 2, tzinfo=UTC), "the quotation lapses")
    assert (never.deadline, never.deadline_what) == (None, "")


def test_prices_per_another_unit_are_not_compared() -> None:
    dozen = {"id": 2, "display_name": "Dozens"}
    per_dozen = sold_by(a_seller(1.0, product_uom_id=dozen), product_uom_id=UNITS)
    assert found(PURCHASES, an_order(state="draft", order_line=per_dozen)) == []

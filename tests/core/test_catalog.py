"""Each catalog entry against records as the reader gives them: what qualifies, what it says, what proves an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.cases.commands import Over
from bot.cases.model import Event, Maker, fingerprint
from bot.config.model import Secret, Source
from bot.money import Money
from bot.odoo.catalog import CATALOG, traits_of
from bot.odoo.catalog.entry import EventType
from bot.odoo.interpret import interpret

PURCHASE, COUNT, SALE = (CATALOG[name] for name in ("purchase.approval", "inventory.count_variance", "sale.value"))

USD = {"id": 1, "display_name": "USD", "name": "USD", "decimal_places": 2}
EUR = {"id": 2, "display_name": "EUR", "name": "EUR", "decimal_places": 2}
COMPANY = {"id": 1, "display_name": "Northwind", "currency_id": USD}
UNITS = {"id": 1, "display_name": "Units"}
MIA = {"id": 15, "display_name": "Mia Buyer", "login": "mia@example.com"}
BOT = {"id": 8, "display_name": "Signoff Bot", "login": "signoff@example.com"}
SYSTEM = {"id": 1, "display_name": "OdooBot", "login": "__system__"}

SOURCE = Source(
    name="main",
    url="https://erp.example.com",
    database="prod",
    login="signoff@example.com",
    api_key=Secret("k"),
    webhook_tokens=(),
    events=tuple(CATALOG),
    users={"pat": "pat@example.com"},
)


def a_product(product: int = 7, **changes: Any) -> dict[str, Any]:
    """Something that is bought and sold."""
    dull = {
        "id": product,
        "display_name": f"[P{product}] Pallet jack",
        "uom_id": UNITS,
        "categ_id": {"id": 3, "display_name": "Handling / Jacks"},
        "standard_price": 289.0,
        "seller_ids": [],
    }
    return {**dull, **changes}


def a_line(product: int = 7, **changes: Any) -> dict[str, Any]:
    """One order line, of a purchase and of a sale alike."""
    dull = {
        "id": 70,
        "product_id": a_product(product),
        "product_qty": 40.0,
        "product_uom_qty": 40.0,
        "price_unit": 289.0,
        "discount": 0.0,
        "product_uom_id": UNITS,
    }
    return {**dull, **changes}


def an_order(**changes: Any) -> dict[str, Any]:
    """An order above the limit, in company currency."""
    dull = {
        "id": 12,
        "name": "P00012",
        "state": "to approve",
        "partner_id": {"id": 55, "display_name": "Great Lakes Handling"},
        "amount_total": 11560.0,
        "currency_id": USD,
        "currency_rate": 1.0,
        "company_id": COMPANY,
        "order_line": [a_line()],
        "priority": "0",
        "date_order": datetime(2026, 11, 20, 9, tzinfo=UTC),
        "user_id": MIA,
        "create_uid": MIA,
        "write_uid": MIA,
        "picking_type_id": {"id": 1, "display_name": "Receipts", "warehouse_id": {"id": 1, "code": "CHI"}},
        "warehouse_id": {"id": 1, "display_name": "Chicago", "code": "CHI"},
    }
    return {**dull, **changes}


def a_quant(**changes: Any) -> dict[str, Any]:
    """A count of 60 where the system has 64."""
    dull = {
        "id": 40,
        "product_id": {"id": 7, "display_name": "[P7] Pallet jack", "standard_price": 50.0},
        "product_uom_id": {"id": 1, "display_name": "Units"},
        "location_id": {"id": 5, "display_name": "CHI/Stock", "usage": "internal"},
        "lot_id": None,
        "quantity": 64.0,
        "inventory_quantity": 60.0,
        "inventory_quantity_set": True,
        "company_id": COMPANY,
        "warehouse_id": {"id": 1, "display_name": "Chicago", "code": "CHI"},
        "user_id": None,
        "write_uid": MIA,
    }
    return {**dull, **changes}


def as_event(entry: EventType, record: Mapping[str, Any]) -> Event:
    """The record, which must qualify, as an event."""
    found = interpret([entry], record, SOURCE)
    assert isinstance(found, Event)
    return found


@pytest.mark.parametrize(
    ("entry", "record", "expected"),
    [
        pytest.param(PURCHASE, an_order(), True, id="order to approve"),
        pytest.param(PURCHASE, an_order(state="draft"), False, id="draft order"),
        pytest.param(PURCHASE, an_order(state="purchase"), False, id="approved order"),
        pytest.param(SALE, an_order(state="sent"), True, id="sent quotation"),
        pytest.param(SALE, an_order(state="draft"), False, id="draft quotation"),
        pytest.param(SALE, an_order(state="sale"), False, id="confirmed order"),
        pytest.param(COUNT, a_quant(), True, id="count that differs"),
        pytest.param(COUNT, a_quant(inventory_quantity=64.0), False, id="count that agrees"),
        pytest.param(COUNT, a_quant(inventory_quantity_set=False), False, id="nothing counted"),
        pytest.param(COUNT, a_quant(quantity=0.3, inventory_quantity=0.1 + 0.2), False, id="float dust"),
    ],
)
def test_a_record_qualifies(entry: EventType, record: Mapping[str, Any], *, expected: bool) -> None:
    assert bool(entry.finding(record)) is expected


@pytest.mark.parametrize(
    ("record", "value"),
    [
        pytest.param(an_order(), Money(Decimal("11560.00"), "USD"), id="company currency as it stands"),
        pytest.param(
            an_order(currency_id=EUR, currency_rate=0.8, amount_total=1000.0),
            Money(Decimal("1250.00"), "USD"),
            id="1,000 EUR at 0.8 EUR a dollar",
        ),
        pytest.param(an_order(currency_id=EUR, currency_rate=0.0), None, id="no rate"),
        pytest.param(an_order(currency_id=EUR, currency_rate=None), None, id="rate missing"),
        pytest.param(an_order(company_id=None), None, id="no company"),
        pytest.param(an_order(currency_id=None), None, id="no currency"),
        *(
            pytest.param(an_order(amount_total=odd), None, id=f"a total of {odd!r}")
            for odd in (float("nan"), None, False, "9")
        ),
    ],
)
def test_an_orders_value_is_in_company_currency_or_unknown(record: Mapping[str, Any], value: Money | None) -> None:
    assert PURCHASE.describe(record).value == value


@pytest.mark.parametrize(
    ("record", "value"),
    [
        pytest.param(a_quant(), "-200.00 USD", id="four missing at 50"),
        pytest.param(a_quant(inventory_quantity=70.0), "300.00 USD", id="six too many"),
        pytest.param(a_quant(company_id=None), "None", id="no company"),
        pytest.param(a_quant(product_id={"id": 7, "display_name": "x", "standard_price": None}), "None", id="no cost"),
        pytest.param(a_quant(product_id={"id": 7, "display_name": "x", "standard_price": 0.0}), "None", id="cost of 0"),
    ],
)
def test_a_counts_value_is_its_difference_at_cost(record: Mapping[str, Any], value: str) -> None:
    assert str(COUNT.describe(record).value) == value


def test_makers_are_who_asked_and_who_wrote_last_but_not_the_bot_nor_odoo_itself() -> None:
    pat = {"id": 9, "display_name": "Pat", "login": "pat"}
    event = as_event(PURCHASE, an_order(create_uid=SYSTEM, user_id=MIA, write_uid=pat))
    assert event.makers == (
        Maker("mia@example.com", "mia@example.com", "Mia Buyer"),
        Maker("pat", "pat@example.com", "Pat"),
    )
    assert as_event(PURCHASE, an_order(create_uid=BOT, user_id=None, write_uid=BOT)).makers == ()


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"amount_total": 11561.0}, id="total"),
        pytest.param({"partner_id": {"id": 56, "display_name": "Great Lakes Handling"}}, id="vendor of the same name"),
        pytest.param({"currency_id": EUR}, id="currency"),
        pytest.param({"order_line": [a_line(price_unit=144.5, product_qty=80.0)]}, id="same total, other lines"),
        pytest.param({"order_line": [a_line(8)]}, id="another product"),
        pytest.param({"order_line": []}, id="no lines"),
    ],
)
def test_what_people_decide_on_is_watched(changed: dict[str, Any]) -> None:
    assert as_event(PURCHASE, an_order(**changed)).fingerprint != as_event(PURCHASE, an_order()).fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"write_uid": BOT}, id="somebody wrote"),
        pytest.param({"partner_id": {"id": 55, "display_name": "Renamed"}}, id="vendor renamed"),
        pytest.param(
            {"order_line": [a_line(), {"id": 71, "product_id": None, "display_name": "Note"}]}, id="a note line"
        ),
        pytest.param({"amount_total": 11560.000000001}, id="float dust"),
    ],
)
def test_what_means_nothing_is_not_watched(changed: dict[str, Any]) -> None:
    assert as_event(PURCHASE, an_order(**changed)).fingerprint == as_event(PURCHASE, an_order()).fingerprint


def test_lines_in_another_order_are_the_same_lines() -> None:
    one, other = [a_line(7), a_line(8)], [a_line(8), a_line(7)]
    assert fingerprint(PURCHASE.describe(an_order(order_line=one)).seen) == fingerprint(
        PURCHASE.describe(an_order(order_line=other)).seen
    )


def by_mia(sentence: str, *, approved: bool = False) -> Over:
    """Mia wrote it last."""
    return Over(sentence, "Mia Buyer", "odoo:main:15", "mia@example.com", approved)


@pytest.mark.parametrize(
    ("entry", "record", "expected"),
    [
        pytest.param(
            PURCHASE,
            an_order(state="purchase"),
            by_mia("approved in Odoo", approved=True),
            id="ok",
        ),
        pytest.param(PURCHASE, an_order(state="cancel", write_uid=BOT), Over("cancelled in Odoo"), id="by the bot"),
        pytest.param(
            SALE,
            an_order(state="sale"),
            by_mia("confirmed in Odoo", approved=True),
            id="sold",
        ),
        pytest.param(
            PURCHASE,
            an_order(state="new"),
            by_mia("in state new in Odoo"),
            id="odd",
        ),
        pytest.param(
            COUNT,
            a_quant(inventory_quantity_set=False),
            by_mia("applied or cleared in Odoo"),
            id="applied or cleared, nobody can tell",
        ),
    ],
)
def test_what_no_longer_qualifies_is_over_and_says_by_whom(
    entry: EventType, record: Mapping[str, Any], expected: Over
) -> None:
    assert interpret([entry], record, SOURCE) == expected


@pytest.mark.parametrize(
    ("method", "record", "done"),
    [
        pytest.param(PURCHASE.carry_out, an_order(state="purchase"), True, id="approved"),
        pytest.param(PURCHASE.carry_out, an_order(state="done"), True, id="approved and locked (18.0)"),
        pytest.param(PURCHASE.carry_out, an_order(), False, id="a non-manager's approve does nothing"),
        pytest.param(PURCHASE.carry_out, an_order(state="cancel"), False, id="cancelled is not approved"),
        pytest.param(PURCHASE.reject, an_order(state="cancel"), True, id="cancelled"),
        pytest.param(SALE.carry_out, an_order(state="sale"), True, id="confirmed"),
        pytest.param(SALE.cancel, an_order(state="cancel"), True, id="quotation cancelled"),
        pytest.param(SALE.cancel, an_order(state="sent"), False, id="a wizard instead of a cancel"),
        pytest.param(
            COUNT.carry_out, a_quant(inventory_quantity_set=False, quantity=60.0), False, id="needs its trace"
        ),
        pytest.param(COUNT.reject, a_quant(inventory_quantity_set=False), True, id="cleared"),
        pytest.param(
            COUNT.reject, a_quant(inventory_quantity_set=False, quantity=60.0), False, id="applied, not cleared"
        ),
        pytest.param(COUNT.reject, a_quant(), False, id="still counted"),
    ],
)
def test_only_the_record_says_that_a_method_did_its_work(method: Any, record: Mapping[str, Any], *, done: bool) -> None:
    decided = {one.field: one.value for one in COUNT.describe(a_quant()).seen}
    assert method.is_done(record, decided) is done


def test_only_counts_and_scrap_are_harmful_to_repeat() -> None:
    """On 19.0 a second call without a new count sets the stock to zero; a done scrap order is scrapped again."""
    methods = {m.name: m.repeatable for e in CATALOG.values() for m in (e.carry_out, e.reject, e.cancel) if m}
    harmful = [name for name, repeatable in methods.items() if not repeatable]
    assert harmful == ["action_apply_inventory", "action_validate"]
    assert COUNT.carry_out.trace is not None


def test_two_findings_on_one_record_are_one_event_led_by_the_first_entry() -> None:
    second = replace(PURCHASE, name="purchase.other", rides_along=lambda record: "")
    event = interpret([PURCHASE, second], an_order(), SOURCE)
    assert isinstance(event, Event)
    assert (event.event_type, [one.event_type for one in event.findings]) == (
        "purchase.approval",
        ["purchase.approval", "purchase.other"],
    )


def test_every_outcome_has_words_for_people() -> None:
    for traits in traits_of({}).values():
        assert all([*traits.approve_does.values(), *traits.reject_does.values()])


def test_hostile_names_are_one_bounded_line() -> None:
    name = "x\n<!channel>\u202e" * 500
    event = as_event(PURCHASE, an_order(name=name, partner_id={"id": 55, "display_name": name}))
    assert len(event.title) <= 200
    assert not {"\n", "\u202e"} & set(event.title + event.seen[0].shown)


ANN = {"id": 3, "display_name": "Ann Lead", "login": "ann@example.com"}
AISLE = {"id": 5, "display_name": "CHI/Stock/Aisle 3/Bin 7", "usage": "internal"}
STOCK = {"id": 1, "display_name": "Chicago", "code": "CHI", "lot_stock_id": {"id": 4, "display_name": "CHI/Stock"}}


@pytest.mark.parametrize(
    ("people", "counter"),
    [
        ({"user_id": ANN}, "Ann Lead (ann@example.com)"),
        ({}, "Mia Buyer (mia@example.com)"),
        ({"user_id": BOT}, "Mia Buyer (mia@example.com)"),
        ({"write_uid": BOT}, None),
    ],
    ids=["whom it was assigned to", "who wrote it last", "not the bot", "nobody but the bot"],
)
def test_a_count_tells_where_and_by_whom_as_far_as_odoo_does(people: dict[str, Any], counter: str | None) -> None:
    event = as_event(COUNT, a_quant(location_id=AISLE, warehouse_id=STOCK, **people))
    assert event.counter == counter
    assert (event.product, event.place, event.zone) == ("[P7] Pallet jack", AISLE["display_name"], "CHI/Stock/Aisle 3")

"""The findings of transfers, scrap orders and bills: what asks for people, what it is worth, what is watched."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cases.commands import Over
from bot.cases.model import Event
from bot.odoo import guard
from bot.odoo.catalog import CATALOG
from bot.odoo.interpret import interpret
from tests.core.test_catalog import COMPANY, EUR, MIA, SOURCE, UNITS, USD, a_product

TRANSFERS = [entry for entry in CATALOG.values() if entry.model == "stock.picking" and not entry.is_exception]
SCRAP, BILL = CATALOG["inventory.scrap"], CATALOG["purchase.bill_variance"]

CHI = {"id": 1, "display_name": "Chicago", "code": "CHI"}
DAL = {"id": 2, "display_name": "Dallas", "code": "DAL"}


def a_place(name: str = "CHI/Stock", usage: str = "internal", warehouse: dict[str, Any] | None = CHI) -> dict[str, Any]:
    """A location."""
    return {"id": sum(map(ord, name)), "display_name": name, "usage": usage, "warehouse_id": warehouse}


CUSTOMERS = a_place("Customers", "customer", None)
VENDORS = a_place("Vendors", "supplier", None)
TRANSIT = a_place("Transit", "transit", None)
QUARANTINE = a_place("CHI/Quarantine A")


def a_move(there: float = 10.0, wanted: float = 10.0, **changes: Any) -> dict[str, Any]:
    """A line of a transfer, at a cost of 289 a piece."""
    dull = {
        "id": 5,
        "state": "assigned",
        "product_id": a_product(),
        "product_uom": UNITS,
        "product_qty": wanted,
        "product_uom_qty": wanted,
        "quantity": there,
        "picked": True,
    }
    return {**dull, **changes}


def a_transfer(code: str = "outgoing", *moves: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A transfer that is ready."""
    ends = {
        "outgoing": (a_place(), CUSTOMERS),
        "incoming": (VENDORS, a_place()),
        "internal": (a_place(), a_place("CHI/Shelf")),
    }[code]
    dull = {
        "id": 9,
        "name": "CHI/OUT/00009",
        "state": "assigned",
        "picking_type_code": code,
        "picking_type_id": {"id": 2, "display_name": "Deliveries", "warehouse_id": CHI},
        "partner_id": {"id": 55, "display_name": "Globex"},
        "location_id": ends[0],
        "location_dest_id": ends[1],
        "return_id": None,
        "origin": "S00012",
        "priority": "0",
        "date_deadline": None,
        "company_id": COMPANY,
        "move_ids": list(moves) or [a_move()],
        "user_id": None,
        "create_uid": MIA,
        "write_uid": MIA,
    }
    return {**dull, **changes}


def asked(record: dict[str, Any]) -> tuple[list[str], str]:
    """The event types of a transfer's findings, and its value."""
    event = interpret(TRANSFERS, record, SOURCE)
    if not isinstance(event, Event):
        return [], ""
    return [one.event_type for one in event.findings], str(event.value)


A_RETURN = {"return_id": {"id": 8, "display_name": "CHI/OUT/00008"}, "location_id": CUSTOMERS}


@pytest.mark.parametrize(
    ("record", "types", "value"),
    [
        (a_transfer(), ["shipment.release"], "2,890.00 USD"),
        (a_transfer(state="confirmed"), [], ""),
        (a_transfer(state="done"), [], ""),
        (a_transfer("outgoing", a_move(4.0)), ["shipment.backorder"], "2,890.00 USD"),
        (a_transfer("outgoing", a_move(0.0)), [], ""),
        (a_transfer("outgoing", a_move(), a_move(0.0)), ["shipment.backorder"], "5,780.00 USD"),
        (a_transfer("outgoing", a_move(), a_move(0.0, state="cancel")), ["shipment.release"], "2,890.00 USD"),
        (a_transfer("outgoing", a_move(state="done"), a_move(4.0)), ["shipment.backorder"], "5,780.00 USD"),
        (a_transfer("outgoing", a_move(4.0, state="done"), a_move()), ["shipment.release"], "5,780.00 USD"),
        (a_transfer("incoming"), [], ""),
        (a_transfer("incoming", a_move(7.0)), ["receiving.variance"], "867.00 USD"),
        (a_transfer("incoming", a_move(12.0)), ["receiving.variance"], "578.00 USD"),
        (a_transfer("incoming", a_move(7.0), a_move(12.0)), ["receiving.variance"], "1,445.00 USD"),
        (
            a_transfer("incoming", a_move(1.0, 2.0, product_qty=24.0)),  # dozens
            ["receiving.variance"],
            "3,468.00 USD",
        ),
        (a_transfer("incoming", **A_RETURN), ["return.exception"], "2,890.00 USD"),
        (a_transfer("outgoing", **A_RETURN), ["return.exception", "shipment.release"], "2,890.00 USD"),
        (a_transfer("incoming", a_move(4.0), **A_RETURN), ["return.exception"], "2,890.00 USD"),
        (a_transfer("internal"), [], ""),
        (a_transfer("internal", a_move(3.0)), ["transfer.exception"], "2,890.00 USD"),
        (a_transfer("internal", location_dest_id=TRANSIT), ["transfer.exception"], "2,890.00 USD"),
        (a_transfer("internal", location_id=TRANSIT), [], ""),
        (
            a_transfer("internal", location_dest_id=a_place("DAL/Stock", warehouse=DAL)),
            ["transfer.exception"],
            "2,890.00 USD",
        ),
        (a_transfer("internal", location_id=QUARANTINE), ["inventory.blocked_release"], "2,890.00 USD"),
        (a_transfer("internal", location_dest_id=QUARANTINE), [], ""),
        (
            a_transfer("outgoing", location_id=QUARANTINE),
            ["inventory.blocked_release", "shipment.release"],
            "2,890.00 USD",
        ),
        (a_transfer("outgoing", a_move(product_id=a_product(standard_price=None))), ["shipment.release"], "None"),
    ],
)
def test_a_transfer_asks_for_what_is_odd_about_it(record: dict[str, Any], types: list[str], value: str) -> None:
    assert asked(record) == (types, value)


@pytest.mark.parametrize(
    ("moves", "ready"),
    [
        ([a_move()], True),
        ([a_move(picked=False)], False),
        ([a_move(), a_move(picked=False)], False),
        ([a_move(), a_move(0.0, picked=False)], True),
        ([a_move(), a_move(picked=False, state="cancel")], True),
        ([a_move(), a_move(picked=False, state="done")], True),
    ],
)
def test_an_approval_is_not_the_picking(moves: list[dict[str, Any]], *, ready: bool) -> None:
    for entry in TRANSFERS:
        assert entry.carry_out.not_ready is not None
        assert (entry.carry_out.not_ready(a_transfer("outgoing", *moves)) == "") is ready


PART = a_move(4.0)
A_BACKORDER = {"backorder_ids": [{"id": 9, "display_name": "CHI/OUT/00009"}]}
NO_BACKORDER: dict[str, Any] = {"backorder_ids": []}


@pytest.mark.parametrize(
    ("record", "choices"),
    [
        (a_transfer("outgoing", PART), ["backorder", "cancel_rest", "wait"]),
        (a_transfer("outgoing"), []),
        (a_transfer("incoming", PART), ["backorder", "cancel_rest"]),
        (a_transfer("incoming", a_move(12.0)), []),
        (a_transfer("incoming", a_move(12.0), a_move(7.0)), ["backorder", "cancel_rest"]),
        (a_transfer("internal", PART), ["backorder", "cancel_rest"]),
        (a_transfer("internal", location_id=QUARANTINE), []),
    ],
)
def test_what_is_done_with_the_rest_is_chosen_where_there_is_one(record: dict[str, Any], choices: list[str]) -> None:
    event = interpret(TRANSFERS, record, SOURCE)
    assert isinstance(event, Event)
    assert [one.code for one in event.choices] == choices


def test_a_delivery_that_waits_for_all_of_it_asks_nobody() -> None:
    waits = interpret(TRANSFERS, a_transfer("outgoing", PART, move_type="one"), SOURCE)
    assert isinstance(waits, Over)
    assert waits.sentence == "it waits in Odoo until all of it is there"


@pytest.mark.parametrize(
    ("code", "changes", "is_done"),
    [
        ("backorder", {"state": "done", **A_BACKORDER}, True),
        ("backorder", {"state": "done", **NO_BACKORDER}, False),
        ("backorder", {"state": "done"}, True),  # Odoo does not let the bot see it: done is what can be told
        ("backorder", {"state": "assigned", **A_BACKORDER}, False),
        ("cancel_rest", {"state": "done", **NO_BACKORDER}, True),
        ("cancel_rest", {"state": "done", **A_BACKORDER}, False),
        ("cancel_rest", {"state": "assigned", **NO_BACKORDER}, False),
        ("wait", {"move_type": "one"}, True),
        ("wait", {"move_type": "direct", "state": "done"}, False),
    ],
)
def test_each_choice_is_known_by_what_it_leaves(code: str, changes: dict[str, Any], *, is_done: bool) -> None:
    methods = {one.choice.code: one.method for one in CATALOG["shipment.backorder"].branches}
    assert methods[code].is_done(a_transfer("outgoing", PART, **changes), {}) is is_done


def test_the_guard_knows_each_choice_by_another_name() -> None:
    entries = [one for one in CATALOG.values() if one.model == "stock.picking"]
    code = guard.code_of("stock.picking", entries)
    labels = {guard.label(one.method, one.method.name) for one in CATALOG["shipment.backorder"].branches}
    assert len(labels) == len(CATALOG["shipment.backorder"].branches)
    assert all(f"call == {one!r}" in code for one in labels)
    assert "picking_ids_not_to_backorder=[record.id]" in code
    assert "record.write({'move_type': 'one'})" in code


@pytest.mark.parametrize(
    "changed",
    [
        {"move_ids": [a_move(9.0)]},
        {"move_ids": [a_move(10.0, 11.0)]},
        {"move_ids": [a_move(product_id=a_product(8))]},
        {"move_ids": [a_move(), a_move()]},
        {"location_dest_id": a_place("Elsewhere", "customer", None)},
        {"partner_id": {"id": 56, "display_name": "Globex"}},
    ],
)
def test_what_leaves_and_where_to_is_watched(changed: dict[str, Any]) -> None:
    describe = CATALOG["shipment.release"].describe
    assert describe(a_transfer(**changed)).seen != describe(a_transfer()).seen


def a_scrap(**changes: Any) -> dict[str, Any]:
    """Four pieces to be written off."""
    dull = {
        "id": 3,
        "name": "New",
        "state": "draft",
        "scrap_qty": 4.0,
        "product_id": a_product(),
        "product_uom_id": UNITS,
        "location_id": a_place(),
        "scrap_location_id": a_place("Scrap", "inventory", None),
        "lot_id": None,
        "origin": None,
        "picking_id": None,
        "scrap_reason_tag_ids": [],
        "company_id": COMPANY,
        "create_uid": MIA,
        "write_uid": MIA,
    }
    return {**dull, **changes}


@pytest.mark.parametrize(
    ("record", "value"),
    [
        (a_scrap(), "1,156.00 USD"),
        (a_scrap(product_uom_id={"id": 2, "display_name": "Dozens"}), "None"),
        (a_scrap(product_id=a_product(standard_price=None)), "None"),
        (a_scrap(product_id=a_product(standard_price=0.0)), "None"),
        (a_scrap(company_id=None), "None"),
    ],
)
def test_scrap_is_worth_its_cost_or_nobody_knows(record: dict[str, Any], value: str) -> None:
    assert str(SCRAP.describe(record).value) == value


def test_scrap_asks_until_it_is_scrapped() -> None:
    done = a_scrap(state="done")
    assert (SCRAP.finding(a_scrap()), SCRAP.finding(done)) == ("to be written off", "")
    assert (SCRAP.carry_out.is_done(a_scrap(), {}), SCRAP.carry_out.is_done(done, {})) == (False, True)


def ordered(**changes: Any) -> dict[str, Any]:
    """A line of a purchase order, received in full and billed in full."""
    dull = {
        "id": 70,
        "display_name": "P00012: Pallet jack",
        "order_id": {"id": 12, "display_name": "P00012"},
        "price_unit": 100.0,
        "discount": 0.0,
        "currency_id": USD,
        "qty_invoiced": 10.0,
        "qty_received": 10.0,
    }
    return {**dull, **changes}


def a_bill(order_line: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A draft bill for ten pieces at 100."""
    line = {
        "id": 1,
        "product_id": a_product(),
        "quantity": 10.0,
        "price_unit": changes.pop("price", 100.0),
        "discount": 0.0,
        "purchase_line_id": ordered() if order_line is None else order_line,
    }
    dull = {
        "id": 25,
        "name": None,
        "state": "draft",
        "move_type": "in_invoice",
        "ref": "INV-77",
        "partner_id": {"id": 55, "display_name": "Great Lakes Handling"},
        "amount_total": 1000.0,
        "amount_total_signed": -1000.0,
        "invoice_date_due": None,
        "currency_id": USD,
        "company_id": COMPANY,
        "invoice_line_ids": [line],
        "invoice_user_id": MIA,
        "create_uid": MIA,
        "write_uid": MIA,
    }
    return {**dull, **changes}


@pytest.mark.parametrize(
    ("record", "finding"),
    [
        (a_bill(), ""),
        (a_bill(price=102.0), ""),
        (a_bill(price=102.01), "[P7] Pallet jack: 2 % above the ordered price"),
        (a_bill(price=90.0), "[P7] Pallet jack: 10 % below the ordered price"),
        (a_bill(ordered(qty_received=8.0)), "[P7] Pallet jack: 10 billed, 8 received"),
        (a_bill(ordered(discount=50.0)), "[P7] Pallet jack: 100 % above the ordered price"),
        (a_bill(ordered(currency_id=EUR), price=500.0), ""),
        (a_bill(price=500.0, state="posted"), ""),
        (a_bill(price=500.0, move_type="in_refund"), ""),
        (a_bill({}, price=500.0, invoice_line_ids=[]), ""),
    ],
)
def test_a_bill_asks_for_what_differs(record: dict[str, Any], finding: str) -> None:
    assert BILL.finding(record) == finding


def test_a_bill_is_worth_its_total_in_company_currency() -> None:
    described = BILL.describe(a_bill(currency_id=EUR, amount_total=900.0, amount_total_signed=-1000.0))
    assert (str(described.value), described.title) == ("1,000.00 USD", "Bill INV-77 of Great Lakes Handling")
    assert BILL.describe(a_bill(amount_total_signed=None)).value is None


BOLT, NUT = ({"id": number, "display_name": name, "standard_price": 1.0} for number, name in ((1, "BOLT"), (2, "NUT")))


@pytest.mark.parametrize(
    ("record", "products", "zone"),
    [
        (
            a_transfer("incoming", a_move(7.0, product_id=BOLT), a_move(12.0, product_id=NUT), a_move()),
            ("BOLT", "NUT"),
            "CHI/Stock",
        ),
        (a_transfer("outgoing", a_move(7.0, product_id=BOLT), a_move(product_id=NUT)), ("BOLT",), "CHI/Stock"),
        (
            a_transfer(
                "outgoing",
                a_move(product_id=BOLT),
                a_move(product_id=NUT),
                location_id=a_place("CHI/Stock/Aisle 3/Bin 7"),
                picking_type_id={"warehouse_id": {**CHI, "lot_stock_id": {"id": 4, "display_name": "CHI/Stock"}}},
            ),
            ("BOLT", "NUT"),
            "CHI/Stock/Aisle 3",
        ),
    ],
    ids=["what differs on a receipt", "what is short on a delivery", "all of it where nothing is amiss"],
)
def test_a_transfer_is_about_the_products_that_are_amiss(
    record: dict[str, Any], products: tuple[str, ...], zone: str
) -> None:
    event = interpret(TRANSFERS, record, SOURCE)
    assert isinstance(event, Event)
    assert (event.products, event.zone, event.counter) == (products, zone, None)

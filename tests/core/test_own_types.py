"""Event types as the config has them: narrowed ones, and those that only the config knows."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.cases.commands import Over
from bot.cases.model import Event
from bot.config.model import OwnMethod, OwnType, TypeSettings
from bot.odoo.catalog import CATALOG, catalog_of
from bot.odoo.catalog.own import ANSWERS
from bot.odoo.domains import any_of, as_of
from bot.odoo.interpret import interpret
from tests.core.test_catalog import COMPANY, MIA, SOURCE, a_line
from tests.core.test_catalog_orders import a_quotation

NAME = "planning.forecast"
FORECAST = TypeSettings(
    where=(("x_state", "=", "asked"),),
    own=OwnType(
        model="x_forecast",
        title="x_name",
        why="a planner changed the forecast",
        watch={"x_product_id": "Product", "x_quantity": "Quantity", "x_tag_ids": "Tags", "x_final": "Final"},
        approve=OwnMethod("x_approve", (("x_state", "=", "approved"),), repeatable=True),
        value="x_value",
        company="x_company_id",
        warehouse="x_warehouse_id",
        partner="x_partner_id",
        makers=("x_planner_id",),
        deadline="x_due",
    ),
)
ENTRY = catalog_of({NAME: FORECAST})[NAME]


def a_forecast(*answers: str, **changes: Any) -> dict[str, Any]:
    """A record of a model that nobody but the config knows."""
    dull = {
        "id": 4,
        "x_name": "Week 48",
        "x_product_id": {"id": 7, "display_name": "Pallet jack"},
        "x_quantity": 12.50,
        "x_tag_ids": [{"id": 3, "display_name": "peak"}, {"id": 2, "display_name": "promo"}],
        "x_final": False,
        "x_value": 4000.0,
        "x_company_id": COMPANY,
        "x_warehouse_id": {"id": 1, "display_name": "Chicago", "code": "CHI"},
        "x_partner_id": None,
        "x_planner_id": MIA,
        "x_due": datetime(2026, 11, 30, 12, tzinfo=UTC),
        "write_uid": MIA,
        ANSWERS: {f"{NAME} {one}": True for one in answers},
    }
    return {**dull, **changes}


def test_a_record_of_ones_own_type_reads_as_the_config_says() -> None:
    event = interpret([ENTRY], a_forecast("where"), SOURCE)
    assert isinstance(event, Event)
    assert (event.title, event.warehouse, str(event.value)) == ("Week 48", "CHI", "4,000.00 USD")
    assert [one.text for one in event.findings] == ["a planner changed the forecast"]
    assert {one.label: one.shown for one in event.seen} == {
        "Product": "Pallet jack",
        "Quantity": "12.5",
        "Tags": "peak; promo",
        "Final": "no",
    }
    assert [maker.login for maker in event.makers] == ["mia@example.com"]


@pytest.mark.parametrize(
    ("answers", "asks", "done"), [(["where"], True, False), (["approve"], False, True), ([], False, False)]
)
def test_only_what_odoo_said_counts(answers: list[str], *, asks: bool, done: bool) -> None:
    record = a_forecast(*answers)
    assert isinstance(interpret([ENTRY], record, SOURCE), Event if asks else Over)
    assert ENTRY.carry_out.is_done(record, {}) is done


def test_a_record_that_odoo_was_not_asked_about_counts_as_nothing() -> None:
    record = {key: value for key, value in a_forecast().items() if key != ANSWERS}
    assert (ENTRY.finding(record), ENTRY.carry_out.is_done(record, {})) == ("", False)


@pytest.mark.parametrize(
    "changes",
    [{"x_company_id": None}, {"x_value": None}, {"x_value": True}, {"x_company_id": {"id": 1, "display_name": "A"}}],
)
def test_a_value_that_cannot_be_told_is_unknown(changes: dict[str, Any]) -> None:
    assert ENTRY.describe(a_forecast(**changes)).value is None


@pytest.mark.parametrize(
    "changes", [{"x_quantity": 13.0}, {"x_tag_ids": []}, {"x_final": True}, {"x_product_id": None}]
)
def test_what_the_config_watches_is_watched(changes: dict[str, Any]) -> None:
    assert ENTRY.describe(a_forecast(**changes)).seen != ENTRY.describe(a_forecast()).seen


def test_a_limit_of_the_config_takes_the_place_of_the_catalogs() -> None:
    narrowed = catalog_of({"sale.discount": TypeSettings(limit=Decimal("22.5"))})["sale.discount"]
    order = a_quotation(order_line=[a_line(discount=20.0)])
    assert (bool(CATALOG["sale.discount"].finding(order)), narrowed.finding(order)) == (True, "")


def test_a_narrowed_type_asks_only_about_what_odoo_says_is_in_its_domain() -> None:
    where = (("partner_id.country_id.code", "=", "US"),)
    narrowed = catalog_of({"sale.value": TypeSettings(where=where)})["sale.value"]
    inside = a_quotation(**{ANSWERS: {"sale.value where": True}})
    assert (bool(narrowed.finding(inside)), narrowed.finding(a_quotation())) == (True, "")
    assert narrowed.domain == (*CATALOG["sale.value"].domain, *where)


@pytest.mark.parametrize(
    ("domains", "together"),
    [
        ([[("a", "=", 1)]], [("a", "=", 1)]),
        ([[("a", "=", 1), ("b", "=", 2)]], ["&", ("a", "=", 1), ("b", "=", 2)]),
        (
            [[("a", "=", 1), "|", ("b", "=", 2), ("c", "=", 3)], [("d", "=", 4)]],
            ["|", "&", ("a", "=", 1), "|", ("b", "=", 2), ("c", "=", 3), ("d", "=", 4)],
        ),
        ([["!", ("a", "=", 1), ("b", "=", 2)]], ["&", "!", ("a", "=", 1), ("b", "=", 2)]),
        ([[("a", "=", 1)], []], []),
    ],
)
def test_domains_are_joined_as_odoo_reads_them(domains: list[list[object]], together: list[object]) -> None:
    assert any_of(domains) == together


def test_the_moment_is_put_into_a_domain() -> None:
    now = datetime(2026, 11, 21, 14, 3, 9, 5, tzinfo=UTC)
    assert as_of(["|", ("due", "<", "{now}"), ("x", "=", "{now}s")], now) == [
        "|",
        ["due", "<", "2026-11-21 14:03:09"],
        ["x", "=", "{now}s"],
    ]

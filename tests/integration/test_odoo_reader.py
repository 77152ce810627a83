"""Reading along dotted paths: what comes back, and how few calls it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import Clock
from bot.errors import PermanentError
from bot.odoo.reference import REFERENCE_LASTS, SCHEMA_LASTS, ReferenceRecords
from tests.integration.odoo_tables import Server, orders

PATHS = [
    "name",
    "amount_total",
    "company_id.currency_id.name",
    "picking_type_id.warehouse_id.code",
    "order_line.product_id",
    "order_line.price_unit",
]


async def test_records_come_back_as_nested_plain_data() -> None:
    read = await Server(orders(1)).reader().read("purchase.order", [1], [*PATHS, "date_order", "origin", "write_uid"])
    currency = {"id": 3, "display_name": "res.currency 3", "name": "EUR"}
    warehouse = {"id": 9, "display_name": "stock.warehouse 9", "code": "CHI"}
    lines = [
        {
            "id": 10 + offset,
            "display_name": f"purchase.order.line {10 + offset}",
            "product_id": {"id": 40 + offset, "display_name": f"product.product {40 + offset}"},
            "price_unit": 2.5,
        }
        for offset in (0, 1)
    ]
    assert read == {
        1: {
            "id": 1,
            "name": "P00001",
            "amount_total": 460.1,
            "date_order": datetime(2026, 11, 21, 8, 8, 9, tzinfo=UTC),
            "origin": None,
            "company_id": {"id": 2, "display_name": "res.company 2", "currency_id": currency},
            "picking_type_id": {"id": 5, "display_name": "stock.picking.type 5", "warehouse_id": warehouse},
            "order_line": lines,
            "write_uid": {"id": 7, "display_name": "res.users 7"},
        }
    }
    assert Decimal(str(read[1]["amount_total"])) == Decimal("460.1")


async def test_fifty_orders_take_one_read_a_model() -> None:
    """Fields are asked for once; warehouses, companies and currencies are remembered, orders and lines are not."""
    server = Server(orders(50))
    reader = server.reader()
    first = await reader.read("purchase.order", range(1, 51), PATHS)
    reads = Counter(method for _, method in server.calls)
    assert (len(first), reads) == (50, {"read": 6, "fields_get": 6})

    server.calls.clear()
    assert await reader.read("purchase.order", range(1, 51), PATHS) == first
    assert server.calls == [("purchase.order", "read"), ("purchase.order.line", "read")]


async def test_reading_nothing_asks_nothing() -> None:
    server = Server(orders(1))
    assert (await server.reader().read("purchase.order", [], PATHS), server.calls) == ({}, [])


async def test_records_that_are_gone_are_left_out() -> None:
    read = await Server(orders(1)).reader().read("purchase.order", [1, 999], ["name"])
    assert read == {1: {"id": 1, "name": "P00001"}}


async def test_one_record_the_bot_may_not_see_does_not_spoil_the_batch() -> None:
    server = Server(orders(3))
    server.hidden = {("purchase.order", 2)}
    assert (await server.reader().read("purchase.order", [1, 2, 3], ["name"])).keys() == {1, 3}


async def test_a_model_the_bot_may_not_see_is_an_error() -> None:
    server = Server(orders(1))
    server.closed_models = {"purchase.order"}
    with pytest.raises(PermanentError, match="may not do this"):
        await server.reader().read("purchase.order", [1], ["name"])


async def test_a_field_that_refuses_while_its_records_are_visible_is_an_error_at_once() -> None:
    server = Server(orders(2))
    server.closed_fields = {"amount_total"}
    with pytest.raises(PermanentError, match="may not do this"):
        await server.reader().read("purchase.order", [1, 2], ["amount_total"])
    assert [method for _, method in server.calls] == ["fields_get", "read", "search"]


async def test_a_hidden_linked_record_keeps_its_name_and_tells_nothing_else() -> None:
    server = Server(orders(1))
    server.hidden = {("product.product", 40)}
    read = await server.reader().read("purchase.order", [1], ["order_line.product_id.default_code"])
    first, second = (line["product_id"] for line in read[1]["order_line"])
    assert first == {"id": 40, "display_name": "product.product 40", "default_code": None}
    assert second == {"id": 41, "display_name": "product.product 41", "default_code": None}
    server.hidden.clear()
    read = await server.reader().read("purchase.order", [1], ["order_line.product_id.default_code"])
    assert read[1]["order_line"][0]["product_id"]["default_code"] == "BOLT"


@pytest.mark.parametrize(
    ("path", "record"),
    [
        ("sale_order_count", {"sale_order_count": None}),
        ("sale_id.partner_id.name", {"sale_id": None}),
        ("write_uid.x_badge", {"write_uid": {"id": 7, "display_name": "res.users 7", "x_badge": None}}),
    ],
)
async def test_an_optional_path_ends_in_nothing_where_its_module_is_missing(path: str, record: dict[str, Any]) -> None:
    read = await Server(orders(1)).reader().read("purchase.order", [1], [], optional=[path])
    assert read == {1: {"id": 1, **record}}


@pytest.mark.parametrize(
    ("path", "named"),
    [("sale_id.name", "field sale_id on purchase.order"), ("write_uid.x_badge", "field x_badge on res.users")],
)
async def test_a_required_path_that_is_missing_is_named(path: str, named: str) -> None:
    with pytest.raises(PermanentError, match=named):
        await Server(orders(1)).reader().read("purchase.order", [1], [path])


async def test_a_path_through_a_plain_field_is_named() -> None:
    with pytest.raises(PermanentError, match=r"field name of purchase\.order"):
        await Server(orders(1)).reader().read("purchase.order", [1], ["name.first"])


PRICE = "order_line.product_id.standard_price"


async def _prices(server: Server, ids: Iterable[int]) -> dict[int, list[float | None]]:
    read = await server.reader().read(
        "purchase.order", list(ids), [], company_field="company_id", company_dependent=[PRICE]
    )
    return {
        one: [line["product_id"]["standard_price"] for line in record["order_line"]] for one, record in read.items()
    }


def priced(count: int) -> Server:
    server = Server(orders(count))
    server.prices = {(40, 1): 1.5, (41, 1): 1.6, (40, 2): 2.5, (41, 2): 2.6}
    return server


async def test_a_cost_is_read_in_the_company_of_its_own_record() -> None:
    server = priced(4)
    assert await _prices(server, [1, 2, 3, 4]) == {1: [2.5, 2.6], 2: [1.5, 1.6], 3: [2.5, 2.6], 4: [1.5, 1.6]}
    assert server.calls.count(("product.product", "read")) == 2


async def test_a_cost_without_a_company_is_unknown() -> None:
    server = priced(2)
    server.tables["purchase.order"][1]["company_id"] = False
    assert await _prices(server, [1, 2]) == {1: [None, None], 2: [1.5, 1.6]}


async def test_a_cost_in_a_company_closed_to_the_bot_is_unknown() -> None:
    server = priced(2)
    server.companies = {1}
    assert await _prices(server, [1, 2]) == {1: [None, None], 2: [1.5, 1.6]}


@pytest.mark.parametrize(("path", "company_field"), [(PRICE, None), ("amount_total", "company_id")])
async def test_a_company_dependent_path_needs_a_company_to_depend_on(path: str, company_field: str | None) -> None:
    with pytest.raises(ValueError, match="company"):
        await priced(1).reader().read("purchase.order", [1], [], company_field=company_field, company_dependent=[path])


async def test_a_renamed_warehouse_is_noticed_when_its_time_is_up() -> None:
    server, clock = Server(orders(1)), Clock()
    reader = server.reader(clock)

    async def code() -> object:
        read = await reader.read("purchase.order", [1], ["picking_type_id.warehouse_id.code"])
        return read[1]["picking_type_id"]["warehouse_id"]["code"]

    assert await code() == "CHI"
    server.tables["stock.warehouse"][9]["code"] = "ORD"
    assert await code() == "CHI"
    clock.advance(REFERENCE_LASTS)
    assert await code() == "ORD"


async def test_a_record_that_is_asked_for_itself_is_never_remembered() -> None:
    server = Server(orders(1))
    reader = server.reader()
    await reader.read("purchase.order", [1], ["write_uid.login"])
    server.tables["res.users"][7]["login"] = "renamed"
    assert await reader.read("res.users", [7], ["login"]) == {7: {"id": 7, "login": "renamed"}}


async def test_a_field_not_read_before_is_fetched_for_a_remembered_record() -> None:
    server = Server(orders(1))
    reader = server.reader()
    await reader.read("purchase.order", [1], ["company_id.name"])
    read = await reader.read("purchase.order", [1], ["company_id.currency_id.name"])
    assert read[1]["company_id"]["currency_id"]["name"] == "EUR"


async def test_a_module_installed_later_is_noticed() -> None:
    server, clock = Server(orders(1)), Clock()
    reader = server.reader(clock)
    optional = ["x_ticket"]
    assert (await reader.read("purchase.order", [1], [], optional=optional))[1]["x_ticket"] is None
    server.schema["purchase.order"]["x_ticket"] = ("char", "")
    server.tables["purchase.order"][1]["x_ticket"] = "T1"
    clock.advance(SCHEMA_LASTS)
    assert (await reader.read("purchase.order", [1], [], optional=optional))[1]["x_ticket"] == "T1"


def test_reference_records_are_bounded_and_the_longest_unused_go_first() -> None:
    records = ReferenceRecords(Clock(), room=2)
    records.keep("res.users", {1: {"login": "a"}, 2: {"login": "b"}})
    records.known("res.users", [1], ["login"])
    records.keep("res.users", {3: {"login": "c"}})
    assert records.known("res.users", [1, 2, 3], ["login"]) == {1: {"login": "a"}, 3: {"login": "c"}}


def test_a_refreshed_field_does_not_make_the_others_younger() -> None:
    clock = Clock()
    records = ReferenceRecords(clock)
    records.keep("res.users", {1: {"login": "a"}})
    clock.advance(REFERENCE_LASTS - timedelta(seconds=1))
    records.keep("res.users", {1: {"name": "A"}})
    assert records.known("res.users", [1], ["login", "name"]) == {1: {"login": "a", "name": "A"}}
    clock.advance(timedelta(seconds=1))
    assert records.known("res.users", [1], ["login"]) == {}


EVERY_PATH = [
    *PATHS,
    "origin",
    "write_uid.login",
    "company_id.name",
    "order_line.product_id.default_code",
    "order_line",
]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(EVERY_PATH), min_size=1, unique=True), st.sets(st.integers(1, 4), min_size=1))
async def test_paths_read_together_say_what_each_says_alone(paths: list[str], ids: set[int]) -> None:
    """However many paths run through the same records, no value is lost or put into the wrong place."""
    together = await Server(orders(3)).reader().read("purchase.order", ids, paths)
    for path in paths:
        alone = await Server(orders(3)).reader().read("purchase.order", ids, [path])
        assert {one: _along(record, path.split(".")) for one, record in together.items()} == {
            one: _along(record, path.split(".")) for one, record in alone.items()
        }


def _along(value: Any, names: list[str]) -> Any:
    if isinstance(value, list):
        return [_along(each, names) for each in value]
    if names:
        return _along(value[names[0]], names[1:])
    return value["id"] if isinstance(value, dict) else value

"""Habits of real Odoo that no single recording shows: domains, dates, rights, amounts, notes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.clock import Clock
from tests.contracts.odoo_rpc import Rpc, serving

VERSIONS = ("18.0", "19.0")


@pytest.mark.parametrize("version", VERSIONS)
async def test_ids_come_back_in_the_order_asked_doubled_and_never_as_text(version: str) -> None:
    async with serving(version) as odoo:
        first, second = odoo.add_sale(amount=1), odoo.add_sale(amount=2)
        read = Rpc(odoo).call
        rows = await read("sale.order", "read", [second, first, second], ["amount_total"])
        assert [row["amount_total"] for row in rows] == [2.0, 1.0, 2.0]
        assert await read("sale.order", "read", [str(first)], ["name"]) == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_write_dates_are_told_in_seconds_and_compared_as_the_version_does(version: str) -> None:
    """18.0 compares microseconds, 19.0 whole seconds: the poll that works on both is `>=` with an overlap."""
    async with serving(version) as odoo:
        order = odoo.add_purchase(amount=10)
        search = Rpc(odoo).call
        told = odoo.record("purchase.order", order)["write_date"]
        assert len(told) == len("2026-11-21 08:26:28")
        later = await search("purchase.order", "search", [["write_date", ">", told]])
        assert later == ([order] if version == "18.0" else [])
        assert await search("purchase.order", "search", [["write_date", ">=", told]]) == [order]
        zoned = await search("purchase.order", "search", [["write_date", ">=", f"{told}Z"]])
        assert zoned == ([order] if version == "18.0" else "builtins.ValueError")


@pytest.mark.parametrize(
    ("domain", "amounts"),
    [
        ([["state", "=", "sent"]], [20.0]),
        ([["state", "!=", "sent"]], [10.0, 30.0]),
        (["|", ["state", "=", "sent"], ["amount_total", ">=", 30]], [20.0, 30.0]),
        (["!", ["state", "in", ["draft", "sale"]]], [20.0]),
        ([["state", "not in", ["draft"]], ["amount_total", "<", 25]], [20.0]),
        ([["partner_id.name", "ilike", "BUILD"]], [10.0, 20.0]),
        ([["partner_id.name", "not ilike", "BUILD"]], [30.0]),
        ([["partner_id", "=", "Acme"]], [30.0]),
        ([["order_line.product_id.default_code", "=", "BOLT-M8"]], [10.0, 20.0, 30.0]),
        ([["order_line", "=", False]], []),
        ([["client_order_ref", "=", False]], [10.0, 20.0, 30.0]),
        ([["name", "like", "S0000_"]], [10.0, 20.0, 30.0]),
        ([["name", "=like", "%3"]], [30.0]),
        ([["warehouse_id.code", "in", ["DAL"]]], [30.0]),
        ([["id", "in", [2, 3]], ["state", "=", "sale"]], [30.0]),
    ],
)
async def test_domains_find_what_odoo_would_find(domain: list[Any], amounts: list[float]) -> None:
    async with serving("19.0") as odoo:
        odoo.add_sale(amount=10)
        odoo.add_sale(amount=20, state="sent")
        odoo.add_sale(amount=30, state="sale", customer="Acme", warehouse="DAL")
        rows = await Rpc(odoo).call("sale.order", "search_read", domain, ["amount_total"], order="id")
        assert [row["amount_total"] for row in rows] == amounts


async def test_unset_values_are_sorted_last_going_up_and_first_going_down() -> None:
    async with serving("18.0") as odoo:
        orders = [odoo.add_sale(amount=one) for one in (1, 2, 3)]
        call = Rpc(odoo).call
        await call("sale.order", "write", [orders[0]], {"client_order_ref": "b"})
        await call("sale.order", "write", [orders[2]], {"client_order_ref": "a"})
        up = await call("sale.order", "search", [], order="client_order_ref, id")
        down = await call("sale.order", "search", [], order="client_order_ref desc, id")
        assert (up, down) == ([orders[2], orders[0], orders[1]], [orders[1], orders[0], orders[2]])


async def test_salespeople_do_not_find_the_orders_of_others() -> None:
    async with serving("19.0") as odoo:
        odoo.add_sale(amount=10, salesperson="salem")
        own = odoo.add_sale(amount=10, salesperson="saleu")
        assert await odoo.as_user("saleu").call("sale.order", "search", []) == [own]


async def test_records_of_a_company_that_was_not_granted_are_left_out() -> None:
    async with serving("18.0") as odoo:
        admin = odoo.as_user("admin")
        other = await admin.call("res.company", "create", {"name": "Elsewhere", "currency_id": 1})
        place = await admin.call("stock.location", "create", {"name": "Far", "company_id": other})
        call = Rpc(odoo).call
        assert await call("stock.location", "search", [["id", "=", place]]) == []
        assert await call("stock.location", "read", [place], ["name"]) == "odoo.exceptions.AccessError"


async def test_users_are_read_by_named_fields_only() -> None:
    async with serving("19.0") as odoo:
        call = Rpc(odoo).call
        assert await call("res.users", "read", [odoo.uid("puru")]) == "odoo.exceptions.AccessError"
        (user,) = await call("res.users", "read", [odoo.uid("puru")], ["login"])
        assert user["login"] == "puru"


@pytest.mark.parametrize(("login", "answer"), [("purm", True), ("admin", True), ("puru", False)])
async def test_groups_are_told_with_what_they_imply(login: str, answer: object) -> None:
    async with serving("18.0") as odoo:
        group = "purchase.group_purchase_manager"
        assert await Rpc(odoo).call("res.users", "has_group", [odoo.uid(login)], group) is answer


async def test_foreign_companies_in_the_context_are_refused() -> None:
    async with serving("18.0") as odoo:
        odoo.add_sale(amount=10)
        told = await Rpc(odoo).call("sale.order", "search", [], context={"allowed_company_ids": [7]})
        assert told == "odoo.exceptions.AccessError"


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_name_of_a_correction_is_found_on_its_move(version: str) -> None:
    async with serving(version) as odoo:
        quant = odoo.add_count(on_hand=100, counted=90)
        call = Rpc(odoo).call
        await call("stock.quant", "action_apply_inventory", [quant], context={"inventory_name": "Signoff audit 17"})
        (move,) = await call(
            "stock.move", "search_read", [["reference", "=", "Signoff audit 17"]], ["quantity", "state"]
        )
        assert (move["quantity"], move["state"]) == (10.0, "done")


@pytest.mark.parametrize(("version", "reference"), [("18.0", "Signoff 9 (Stock User)"), ("19.0", "Signoff 9")])
async def test_18_adds_who_was_to_count_to_the_name_of_a_correction(version: str, reference: str) -> None:
    async with serving(version) as odoo:
        quant = odoo.add_count(on_hand=100, counted=90)
        call = Rpc(odoo).call
        await call("stock.quant", "write", [quant], {"user_id": odoo.uid("stocku")})
        await call("stock.quant", "action_apply_inventory", [quant], context={"inventory_name": "Signoff 9"})
        (move,) = await call("stock.move", "search_read", [["reference", "=like", "Signoff 9%"]], ["reference"])
        assert move["reference"] == reference


@pytest.mark.parametrize(("version", "stale"), [("18.0", -40.0), ("19.0", 0.0)])
async def test_stock_that_nobody_counted_has_a_stale_difference_on_18(version: str, stale: float) -> None:
    """So a count is recognised by its flag, never by its difference."""
    async with serving(version) as odoo:
        record = odoo.record("stock.quant", odoo.add_count(on_hand=40))
        assert (record["inventory_quantity_set"], record["inventory_diff_quantity"]) == (False, stale)


@pytest.mark.parametrize(("amount", "state"), [(4999.99, "purchase"), (5000.0, "to approve"), (5000.01, "to approve")])
async def test_an_order_of_exactly_the_limit_is_held(amount: float, state: str) -> None:
    async with serving("18.0") as odoo:
        order = await odoo.people.request_purchase(amount=amount)
        assert odoo.record("purchase.order", order)["state"] == state


async def test_amounts_in_another_currency_are_told_in_both() -> None:
    async with serving("19.0") as odoo:
        odoo.set_rate("EUR", 0.8)
        record = odoo.record("purchase.order", odoo.add_purchase(amount=4000, currency="EUR"))
        figures = (record["amount_total"], record["currency_rate"], record["amount_total_cc"])
        assert figures == (4000.0, 0.8, 5000.0)


async def test_changed_lines_change_the_order_and_date_it() -> None:
    clock = Clock()
    async with serving("18.0", clock=clock) as odoo:
        order = odoo.add_purchase(lines=[("BOLT-M8", 10, 12.5), ("BOLT-M8", 1, 5.0)])
        before = odoo.record("purchase.order", order)
        clock.advance(timedelta(minutes=1))
        await odoo.people.reprice_purchase(order, amount=205.0)
        await odoo.as_user("puru").call(
            "purchase.order", "write", [order], {"order_line": [[2, before["order_line"][1]]]}
        )
        after = odoo.record("purchase.order", order)
        assert (before["amount_total"], after["amount_total"]) == (130.0, 200.0)
        assert after["write_date"] > before["write_date"]
        assert after["write_uid"] == [odoo.uid("puru"), "Purchase User"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_note_is_escaped_and_found_again_by_its_text(version: str) -> None:
    async with serving(version) as odoo:
        order = odoo.add_purchase(amount=10)
        call = Rpc(odoo).call
        await call("purchase.order", "message_post", [order], body="Approved <b>by</b> @joe & co\naudit 17")
        domain = [["model", "=", "purchase.order"], ["res_id", "=", order], ["body", "ilike", "AUDIT 17"]]
        (found,) = await call("mail.message", "search_read", domain, ["body", "author_id"])
        assert found["body"] == "<p>Approved &lt;b&gt;by&lt;/b&gt; @joe &amp; co\naudit 17</p>"
        assert [note["body"] for note in odoo.messages("purchase.order", order)] == [found["body"]]


async def test_html_notes_lose_their_scripts() -> None:
    async with serving("18.0") as odoo:
        order = odoo.add_sale(amount=10)
        html = (
            "<p>ok <b>by</b> Joe<script>alert(1)</script> <img src=x onerror=alert(1)><a href='javascript:x'>t</a></p>"
        )
        await Rpc(odoo).call("sale.order", "message_post", [order], body=html, body_is_html=True)
        (note,) = odoo.messages("sale.order", order)
        assert note["body"] == '<p>ok <b>by</b> Joe <img src="x"><a>t</a></p>'


async def test_stock_has_no_chatter() -> None:
    async with serving("19.0") as odoo:
        told = await Rpc(odoo).call("stock.quant", "message_post", [odoo.add_count()], body="x")
        assert told == "builtins.AttributeError"


@pytest.mark.parametrize("version", VERSIONS)
async def test_fields_get_tells_only_the_attributes_asked_for(version: str) -> None:
    async with serving(version) as odoo:
        wanted = ["type", "string", "relation", "store", "readonly"]
        told = await Rpc(odoo).call("purchase.order", "fields_get", attributes=wanted)
        assert told["order_line"] | {"string": ""} == {
            "type": "one2many",
            "string": "",
            "relation": "purchase.order.line",
            "store": True,
            "readonly": False,
        }
        assert "relation" not in told["amount_total"]
        assert ("locked" in told, "note" in told) == (version == "19.0", version == "19.0")


async def test_cost_belongs_to_a_company() -> None:
    async with serving("18.0") as odoo:
        product = odoo.add_product("X", cost=7.0)
        read = Rpc(odoo).call
        own = await read("product.product", "read", [product], ["standard_price"], context={"allowed_company_ids": [1]})
        assert own[0]["standard_price"] == 7.0


@pytest.mark.parametrize(
    ("key", "status", "name"),
    [
        ("low's", 403, "odoo.exceptions.AccessError"),
        ("no such key", 401, "werkzeug.exceptions.Unauthorized"),
        ("bot-pw1", 401, "werkzeug.exceptions.Unauthorized"),
    ],
)
async def test_json_2_takes_api_keys_alone_and_their_users_rights(key: str, status: int, name: str) -> None:
    async with serving("19.0") as odoo, httpx.AsyncClient(trust_env=False) as client:
        bearer = odoo.api_key("low") if key == "low's" else key
        answer = await client.post(
            f"{odoo.url}/json/2/sale.order/search_read",
            json={"domain": []},
            headers={"Authorization": f"Bearer {bearer}"},
        )
        assert (answer.status_code, answer.json()["name"]) == (status, name)


async def test_18_sends_json_2_to_its_login_page() -> None:
    async with serving("18.0") as odoo, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{odoo.url}/json/2/sale.order/search", json={"domain": []})
        assert (answer.status_code, answer.headers["location"]) == (303, "/web/login")

"""What stands beside a record on its card: what it says, how few calls it takes, and that nothing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from time import monotonic

import httpx
import pytest

from bot.cases.model import Event
from bot.clock import Clock
from bot.config.model import Secret, Source
from bot.odoo.background import LONGEST_S, MOST
from bot.odoo.catalog import CATALOG
from bot.odoo.sources import OdooSource
from bot.sandbox.odoo import PretendOdoo

PURCHASE, QUANT, SCRAP, SALE = "purchase.order", "stock.quant", "stock.scrap", "sale.order"
PICKING, RULE = "stock.picking", "stock.warehouse.orderpoint"


@pytest.fixture(params=["18.0", "19.0"])
async def odoo(request: pytest.FixtureRequest) -> AsyncIterator[PretendOdoo]:
    """A server of each version."""
    server = PretendOdoo(request.param)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def source(odoo: PretendOdoo) -> AsyncIterator[OdooSource]:
    """The source as the program has it."""
    async with httpx.AsyncClient() as http:
        settings = Source("main", odoo.url, odoo.database, "bot", Secret(odoo.api_key()), (), tuple(CATALOG))
        source = OdooSource(settings, http, Clock())
        # Fields and holds are asked for once, and are no matter of these tests.
        await beside(source, PURCHASE, await odoo.people.request_purchase(by="puru", amount=5_500.0))
        yield source


async def beside(source: OdooSource, model: str, number: int) -> Mapping[str, str]:
    """What a record's card would show, by label."""
    record = await source.read(model, number)
    assert record is not None
    event = await source.understand(model, record)
    assert isinstance(event, Event)
    return dict(event.context)


async def test_a_count_tells_of_the_last_moves_the_other_places_and_earlier_counts(
    odoo: PretendOdoo, source: OdooSource
) -> None:
    odoo.set_stock("PIPE-20", 7.0, place=odoo.stock_place("DAL"))
    quant = odoo.add_count(product="PIPE-20", on_hand=100.0)
    await odoo.people.count(quant, counted=90.0)
    await odoo.as_user("stocku").call(QUANT, "action_apply_inventory", [quant])
    await odoo.people.count(quant, counted=60.0)
    told = await beside(source, QUANT, quant)
    assert "−10 (" in told["Last moves here"]
    assert told["Elsewhere"] == "7 at DAL/Stock"
    assert told["Adjusted before"] == "once in 90 days, -10 in all"


async def test_an_order_tells_what_was_paid_last_what_this_vendor_got_and_what_is_there(
    odoo: PretendOdoo, source: OdooSource
) -> None:
    first = odoo.add_purchase(amount=900.0)
    await odoo.as_user("purm").call(PURCHASE, "button_confirm", [first])
    order = await odoo.people.request_purchase(by="puru", amount=12_500.0)
    told = await beside(source, PURCHASE, order)
    name = odoo.record(PURCHASE, first)["name"]
    assert f"({name})" in told["Last bought"]
    assert told["Vendor, 90 days"] == "1 order, 900.00 USD"
    assert "Free in stock" in told


async def test_a_shortage_tells_where_the_rest_is_and_what_is_still_to_come(
    odoo: PretendOdoo, source: OdooSource
) -> None:
    odoo.set_stock("BOLT-M8", 7.0, place=odoo.stock_place("DAL"))
    name = odoo.record(PICKING, odoo.add_transfer("incoming", ("BOLT-M8", 40.0)))["name"]
    told = await beside(source, PICKING, odoo.add_transfer("outgoing", ("BOLT-M8", 10.0)))
    assert told["Free in stock"] == "7 [BOLT-M8] Hex bolt M8x40, box of 100 (7 at DAL/Stock)"
    assert told["Still to come"].startswith("40 [BOLT-M8] Hex bolt M8x40, box of 100 on ")
    assert told["Still to come"].endswith(f"({name})")
    low = await beside(source, RULE, odoo.add_rule("BOLT-M8", 500.0))
    assert (low["Still to come"].startswith("40 on "), low["Elsewhere"]) == (True, "7 at DAL/Stock")


async def test_many_records_are_asked_about_in_one_call_for_each_kind_of_answer(
    odoo: PretendOdoo, source: OdooSource
) -> None:
    orders = [await odoo.people.request_purchase(by="puru", amount=6_000.0 + one) for one in range(8)]
    await asyncio.gather(*(source.read(PURCHASE, one) for one in orders))
    odoo.calls.clear()
    told = await asyncio.gather(*(beside(source, PURCHASE, one) for one in orders))
    assert all(len(one) >= MOST for one in told)
    asked = [call for call in odoo.calls if call.method == "search_read"]
    # The first one to ask goes alone, the others together behind it.
    assert len(asked) <= 2 * MOST


async def test_a_slow_odoo_delays_a_card_by_a_second_and_the_next_ones_not_at_all(
    odoo: PretendOdoo, source: OdooSource
) -> None:
    order = await odoo.people.request_purchase(by="puru", amount=6_000.0)
    await source.read(PURCHASE, order)
    odoo.faults.slow(LONGEST_S + 0.5, method="search_read")
    begun = monotonic()
    told = await beside(source, PURCHASE, order)
    assert ("Vendor, 90 days" not in told, monotonic() - begun < LONGEST_S + 0.5) == (True, True)
    odoo.calls.clear()
    await beside(source, PURCHASE, order)
    assert not [call for call in odoo.calls if call.method == "search_read" and call.model == "purchase.order.line"]


async def test_what_odoo_refuses_leaves_the_rest_on_the_card(odoo: PretendOdoo, source: OdooSource) -> None:
    odoo.faults.error(
        name="odoo.exceptions.AccessError", message="no", method="search_read", times=1
    )  # the first of three
    order = await odoo.people.request_purchase(by="puru", amount=6_000.0)
    told = await beside(source, PURCHASE, order)
    labels = {"Last bought", "Vendor, 90 days", "Free in stock"}
    assert len(labels & told.keys()) == MOST - 1


def test_no_type_asks_for_more_than_a_card_shows() -> None:
    assert all(len(entry.beside) <= MOST for entry in CATALOG.values())

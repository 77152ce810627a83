"""Tags of customers as Odoo tells them: those of the company, in few calls, and only where the file asks for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.cases.model import Event
from bot.clock import Clock
from bot.config.model import Secret, Source
from bot.odoo.catalog import CATALOG
from bot.odoo.sources import OdooSource
from bot.sandbox.odoo import PretendOdoo

SALE, TAG = "sale.order", "res.partner.category"


@pytest.fixture(params=["18.0", "19.0"])
async def odoo(request: pytest.FixtureRequest) -> AsyncIterator[PretendOdoo]:
    """A server of each version."""
    server = PretendOdoo(request.param)
    await server.start()
    yield server
    await server.stop()


@asynccontextmanager
async def source_of(odoo: PretendOdoo, *, asks: bool) -> AsyncIterator[OdooSource]:
    """The source as the program has it, where the file asks for classes or does not."""
    settings = Source(
        "main", odoo.url, odoo.database, "bot", Secret(odoo.api_key()), (), tuple(CATALOG), customer_class=asks
    )
    async with httpx.AsyncClient() as http:
        yield OdooSource(settings, http, Clock())


async def classes(source: OdooSource, number: int) -> tuple[str, ...] | None:
    """What the quotation tells of its customer."""
    record = await source.read(SALE, number)
    assert record is not None
    event = source.interpret(SALE, record)
    assert isinstance(event, Event)
    return event.customer_class


async def test_a_contact_has_the_tags_of_its_company(odoo: PretendOdoo) -> None:
    company = odoo.add_partner("Lakes", tags=["VIP", "Medical"])
    odoo.add_partner("Lakes, Dock", tags=["Dock"], parent=company)
    odoo.add_partner("Plain")
    orders = [odoo.add_sale(amount=900.0, customer=name, state="sent") for name in ("Lakes, Dock", "Lakes", "Plain")]
    async with source_of(odoo, asks=True) as source:
        assert [await classes(source, one) for one in orders] == [("Medical", "VIP"), ("Medical", "VIP"), ()]
        odoo.calls.clear()
        assert await classes(source, orders[0]) == ("Medical", "VIP")
        assert [call.model for call in odoo.calls].count(TAG) == 0


async def test_nothing_is_read_of_partners_where_the_file_does_not_ask(odoo: PretendOdoo) -> None:
    odoo.add_partner("Lakes", tags=["VIP"])
    order = odoo.add_sale(amount=900.0, customer="Lakes", state="sent")
    async with source_of(odoo, asks=False) as source:
        assert await classes(source, order) is None
    assert not {call.model for call in odoo.calls if call.method == "read"} & {TAG}

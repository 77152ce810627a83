"""Which API the client speaks: what the server's version asks for, and what the login can use."""

from __future__ import annotations

import httpx
import pytest

from bot.config.model import Secret, Source
from bot.errors import PermanentError
from bot.odoo.client import OdooClient
from bot.sandbox.odoo import PretendOdoo
from tests.contracts.odoo_rpc import serving


def client_of(odoo: PretendOdoo, http: httpx.AsyncClient, *, login: str, key: str) -> OdooClient:
    """A client with these credentials."""
    return OdooClient(Source("main", odoo.url, odoo.database, login, Secret(key), (), ()), http)


@pytest.mark.parametrize(("version", "api"), [("18.0", "JSON-RPC"), ("19.0", "JSON-2")])
async def test_the_version_of_the_server_chooses(version: str, api: str) -> None:
    async with serving(version) as odoo, httpx.AsyncClient() as http:
        client = client_of(odoo, http, login="bot", key=odoo.api_key())
        order = odoo.add_sale(amount=10)
        assert (await client.uid(), client.api) == (odoo.uid("bot"), api)
        assert await client.act("sale.order", "action_confirm", [order]) is True
        (row,) = await client.search_read("sale.order", [["id", "=", order]], ["state"])
        assert row == {"id": order, "state": "sale"}


async def test_a_password_works_on_19_over_the_older_api() -> None:
    async with serving("19.0") as odoo, httpx.AsyncClient() as http:
        client = client_of(odoo, http, login="admin", key="admin")
        assert (await client.uid(), client.api) == (odoo.uid("admin"), "JSON-RPC")


@pytest.mark.parametrize("version", ["18.0", "19.0"])
@pytest.mark.parametrize("login", ["bot", "low"])
async def test_a_wrong_key_and_one_of_somebody_else_are_refused(version: str, login: str) -> None:
    async with serving(version) as odoo, httpx.AsyncClient() as http:
        key = "no-such-key" if login == "bot" else odoo.api_key("bot")
        with pytest.raises(PermanentError, match="login refused"):
            await client_of(odoo, http, login=login, key=key).uid()


async def test_a_key_that_ends_while_the_bot_runs_is_told_as_a_login_that_is_refused() -> None:
    async with serving("19.0") as odoo, httpx.AsyncClient() as http:
        client = client_of(odoo, http, login="bot", key=odoo.api_key())
        await client.uid()
        odoo.people_by_id[odoo.uid("bot")].api_key = "the-next-key"
        with pytest.raises(PermanentError, match="login refused"):
            await client.query("sale.order", "search_count", [])


async def test_a_server_that_was_upgraded_is_spoken_to_in_its_new_api_after_the_next_login() -> None:
    async with serving("19.0") as odoo, httpx.AsyncClient() as http:
        client = client_of(odoo, http, login="bot", key="a-key-that-has-ended")
        with pytest.raises(PermanentError):
            await client.uid()
        odoo.people_by_id[odoo.uid("bot")].api_key = "a-key-that-has-ended"
        assert (await client.uid(), client.api) == (odoo.uid("bot"), "JSON-2")

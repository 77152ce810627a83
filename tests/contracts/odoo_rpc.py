"""A pretend Odoo that serves for one test, and plain calls to it over HTTP, without the product's client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from bot.clock import Clock
from bot.sandbox.odoo import PretendOdoo


@asynccontextmanager
async def serving(version: str, *, database: str = "demo", clock: Clock | None = None) -> AsyncIterator[PretendOdoo]:
    """A pretend Odoo that listens on loopback."""
    odoo = PretendOdoo(version, clock, database)
    await odoo.start()
    try:
        yield odoo
    finally:
        await odoo.stop()


class Rpc:
    """execute_kw as the bot, one connection a call."""

    def __init__(self, odoo: PretendOdoo) -> None:
        self._odoo = odoo

    async def post(self, model: str, method: str, *args: Any, **kwargs: Any) -> httpx.Response:
        """The whole HTTP answer of one call."""
        given = [self._odoo.database, self._odoo.uid("bot"), self._odoo.api_key(), model, method, list(args), kwargs]
        envelope = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": 1,
            "params": {"service": "object", "method": "execute_kw", "args": given},
        }
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.post(f"{self._odoo.url}/jsonrpc", json=envelope)

    async def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """The result of one call; for an error the name of its class."""
        body = (await self.post(model, method, *args, **kwargs)).json()
        return body["error"]["data"]["name"] if "error" in body else body.get("result")

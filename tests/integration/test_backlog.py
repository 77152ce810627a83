"""A backlog without end in Odoo: a comparison asks a bounded number of questions, and none while enough waits."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from bot import inbox
from bot.inbox import ClaimSignals, Finish
from bot.odoo.reconcile import PAGE, PAGES_A_RUN, UNREAD, Reconcile
from bot.odoo.sources import OdooSource
from tests.factories import a_source
from tests.integration.stack import Stack, stack


class Endless:
    """An Odoo that always has another full page of records; it counts what it was asked."""

    def __init__(self) -> None:
        self.searches = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/web/version":
            return httpx.Response(200, json={"version": "18.0", "version_info": [18, 0, 0, "final", 0, ""]})
        params = json.loads(request.content)["params"]
        if params["method"] == "authenticate":
            return _answer(7)
        self.searches += 1
        *_, method, args, _ = params["args"]
        assert method == "search_read"
        first = next(part[2] for part in args[0] if part[:2] == ["id", ">"]) + 1
        return _answer([{"id": one, "write_date": "2026-11-20 08:00:00"} for one in range(first, first + PAGE)])


def _answer(result: Any) -> httpx.Response:
    return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": result})


async def _unread(one: Stack) -> int:
    async with one.database.read() as session:
        return await inbox.count(session, source="main")


@pytest.mark.slow
async def test_an_endless_backlog_is_read_in_bounded_portions(sqlite_url: str) -> None:
    odoo = Endless()
    async with stack(sqlite_url) as one, httpx.AsyncClient(transport=httpx.MockTransport(odoo)) as http:
        source = OdooSource(a_source(), http, one.clock)
        reconcile = Reconcile({"main": source}, database=one.database, writer=one.writer, clock=one.clock)
        share = PAGES_A_RUN // len(source.by_model)
        await reconcile.run("main")
        assert (odoo.searches, await _unread(one)) == (min(share, UNREAD // PAGE), UNREAD)
        assert reconcile.trouble["main"] != ""
        for _ in range(3):  # what waits has to be read first
            await reconcile.run("main")
        assert (odoo.searches, await _unread(one)) == (UNREAD // PAGE, UNREAD)
        assert reconcile.trouble["main"] == "many records of Odoo are still to be read"
        (first,) = await one.writer.submit(ClaimSignals(one.clock.now(), 1, "w1"))
        await one.writer.submit(Finish(first))
        await reconcile.run("main")
        assert odoo.searches == UNREAD // PAGE + 1

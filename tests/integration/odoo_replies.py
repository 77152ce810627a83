"""An Odoo that lets the bot in and then says what a test wants, behind httpx's transport seam."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import httpx

from bot.config.model import Secret, Source
from bot.odoo.client import OdooClient

KEY = "k3y-of-the-bot"
UID = 7

Reply: TypeAlias = Callable[[dict[str, Any]], Awaitable[httpx.Response]]


def a_source(*, concurrency: int = 4) -> Source:
    return Source(
        "main", "https://erp.example", "prod", "bot@example.com", Secret(KEY), (), (), concurrency=concurrency
    )


def result(value: object) -> httpx.Response:
    return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": value})


def fault(name: str, message: str = "no") -> httpx.Response:
    data = {"name": name, "message": message, "arguments": [], "context": {}, "debug": "Traceback /opt/odoo/x.py"}
    return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "error": {"code": 0, "message": "", "data": data}})


class Server:
    """Lets the bot in, and hands every other call to ``reply``, which is given what was asked."""

    def __init__(self, reply: Reply, *, logins: list[object] | None = None) -> None:
        self.reply = reply
        self.logins = logins or [UID]
        self.logged_in = 0
        self.asked: list[dict[str, Any]] = []
        self.requests: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/web/version":
            return httpx.Response(404, html="<h1>Not Found</h1>")
        params: dict[str, Any] = json.loads(request.content)["params"]
        if params["method"] == "version":
            return result({"server_serie": "18.0", "server_version": "18.0-20250421"})
        self.requests.append(request)
        if params["method"] == "authenticate":
            self.logged_in += 1
            return result(self.logins[min(self.logged_in, len(self.logins)) - 1])
        self.asked.append(params)
        return await self.reply(params)

    def client(self, *, concurrency: int = 4) -> OdooClient:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self), follow_redirects=True)
        return OdooClient(a_source(concurrency=concurrency), http)


def answering(*responses: httpx.Response | Exception) -> Reply:
    """Give each response in turn, the last one for ever."""
    left = list(responses)

    async def reply(_params: dict[str, Any]) -> httpx.Response:
        response = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(response, Exception):
            raise response
        return response

    return reply

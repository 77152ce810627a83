"""What stands between the program and a real Odoo, in both directions, and can lose what passes.

Owns what it saw and what it is told to lose; passes everything else on unchanged. Decides nothing about records.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import aiohttp
from aiohttp import web

#: Methods that change nothing; every other one on a record is a write.
READS: Final = frozenset(
    {"read", "search", "search_read", "search_count", "fields_get", "has_group", "get_bindings", "context_get"}
)
#: How a call of the guard is called here: it is a write on the record that it is about.
GUARD: Final = "guard"

#: Stands for the id of a record that is being made.
NEW: Final = 0

_HOP: Final = frozenset({"host", "connection", "content-length", "transfer-encoding", "keep-alive"})
_LARGEST: Final = 64 * 2**20


class Lost(StrEnum):
    """What becomes of a call."""

    BEFORE = "before"  #: it never arrives
    AFTER = "after"  #: it is carried out and the answer is lost


@dataclass(frozen=True, slots=True)
class Write:
    """One call that may have changed a record."""

    model: str
    method: str
    ids: tuple[int, ...]
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Between:
    """Two small servers on loopback: ``odoo_url`` for the program, ``hook_url`` for Odoo."""

    odoo: str  #: where Odoo really is
    program: str = ""  #: where the program really is
    odoo_url: str = ""
    hook_url: str = ""
    writes: list[Write] = field(default_factory=list)
    #: (model, id) -> what becomes of the next write on it.
    lose: dict[tuple[str, int], Lost] = field(default_factory=dict)
    #: (model, id) of which webhooks are lost.
    muted: set[tuple[str, int]] = field(default_factory=set)
    #: Whether JSON-2 is turned away, so that the program falls back on JSON-RPC.
    no_json2: bool = False
    hooks: list[tuple[str, int]] = field(default_factory=list)
    _runners: list[web.AppRunner] = field(default_factory=list)
    _http: aiohttp.ClientSession | None = None

    async def start(self, hook_port: int = 0) -> None:
        """Listen on free ports."""
        self._http = aiohttp.ClientSession(auto_decompress=False)
        self.odoo_url = await self._listen(self._to_odoo, 0)
        self.hook_url = await self._listen(self._to_program, hook_port)

    async def stop(self) -> None:
        """Listen no longer."""
        for runner in self._runners:
            await runner.cleanup()
        if self._http is not None:
            await self._http.close()

    def called(self, model: str, number: int) -> list[str]:
        """The methods that were called on a record, in their order."""
        return [one.method for one in self.writes if one.model == model and number in one.ids]

    async def again(self, model: str, number: int, instead: Mapping[str, str] = MappingProxyType({})) -> str:
        """Send the last write on a record once more, and return the answer: byte for byte, or with other words."""
        last = [one for one in self.writes if one.model == model and number in one.ids and one.method == GUARD][-1]
        body = last.body.decode()
        for old, new in instead.items():
            assert old in body, body
            body = body.replace(old, new)
        assert self._http is not None
        async with self._http.post(self.odoo + last.path, data=body.encode(), headers=last.headers) as answer:
            return await answer.text()

    async def _listen(self, handler: Any, port: int) -> str:
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _to_odoo(self, request: web.Request) -> web.StreamResponse:
        if self.no_json2 and request.path.startswith("/json/2/"):
            return web.json_response(
                {"name": "werkzeug.exceptions.Unauthorized", "message": "turned away", "debug": ""}, status=401
            )
        body = await request.read()
        write = _write(request, body)
        fate = None
        if write is not None:
            self.writes.append(write)
            fate = next((self.lose.pop(key) for one in write.ids if (key := (write.model, one)) in self.lose), None)
        if fate is Lost.BEFORE:
            return _abort(request)
        answer = await self._pass_on(request, self.odoo, body)
        return _abort(request) if fate is Lost.AFTER else answer

    async def _to_program(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        told = json.loads(body or b"{}")
        about = (str(told.get("_model")), int(told.get("_id") or 0))
        self.hooks.append(about)
        if about in self.muted:
            return web.Response(status=200)
        try:
            return await self._pass_on(request, self.program, body)
        except aiohttp.ClientError:
            return web.Response(status=502)  # the program was killed

    async def _pass_on(self, request: web.Request, base: str, body: bytes) -> web.Response:
        assert self._http is not None
        async with self._http.request(
            request.method,
            base + request.path_qs,
            data=body,
            headers=_end_to_end(request.headers),
            allow_redirects=False,
        ) as answer:
            return web.Response(status=answer.status, body=await answer.read(), headers=_end_to_end(answer.headers))


def _end_to_end(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _HOP}


def _abort(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _write(request: web.Request, body: bytes) -> Write | None:
    """The write on records that a request is; None for everything else."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    if request.path.startswith("/json/2/"):
        _, _, _, model, method = request.path.split("/")[:5]
        ids, context = told.get("ids", []), told.get("context", {})
    elif told.get("params", {}).get("method") == "execute_kw":
        _, _, _, model, method, args, *rest = told["params"]["args"]
        kwargs = rest[0] if rest else {}
        ids, context = (args[0] if args and isinstance(args[0], list) else []), kwargs.get("context", {})
    else:
        return None
    if method in READS:
        return None
    if (model, method) == ("ir.actions.server", "run"):
        model, method, ids = context.get("active_model"), GUARD, context.get("active_ids", [])
    made = (NEW,) if method == "create" else ()
    numbers = tuple(one for one in ids if isinstance(one, int)) or made
    return Write(model, method, numbers, request.path, _end_to_end(request.headers), body) if numbers else None

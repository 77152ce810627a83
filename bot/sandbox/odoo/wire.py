"""The HTTP face: /jsonrpc with its envelope and errors, health, version, redirects, and the faults of a connection.

Everything that a client can see of the server's manners is decided here; what a call does is the engine's part.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.odoo.errors import (
    OdooError,
    access_denied,
    bad_call,
    empty_password,
    no_database,
    unknown_service,
    unknown_service_method,
    unknown_user,
    value_error,
)
from bot.sandbox.odoo.faults import Kind
from bot.sandbox.odoo.json2 import Json2Door

if TYPE_CHECKING:
    from bot.sandbox.odoo.access import User
    from bot.sandbox.odoo.server import PretendOdoo

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_MAX_BODY_BYTES = 64 * 1024 * 1024
_EXECUTE_ARGUMENTS = ("db", "uid", "passwd", "obj", "method", "args")
_RPC = "RPC"
_DEBUG = 'Traceback (most recent call last):\n  File "/srv/odoo/odoo/http.py", line 1957, in _transactioning\n'


class LostAnswer(Exception):
    """The connection is to be dropped now."""


class Wire:
    """The routes of one pretend server."""

    def __init__(self, odoo: PretendOdoo, *, keep_alive: bool) -> None:
        self._odoo = odoo
        self._keep_alive = keep_alive
        self._without_login: dict[tuple[str, str], Callable[..., Any]] = {
            ("common", "version"): odoo.version_info,
            ("common", "authenticate"): self._authenticate,
            ("db", "list"): lambda: [odoo.database],
            ("db", "db_exist"): lambda name: name == odoo.database,
            ("db", "server_version"): lambda: odoo.version_info()["server_version"],
        }

    def app(self) -> web.Application:
        """A fresh application with every route."""
        app = web.Application(middlewares=[self._manners], client_max_size=_MAX_BODY_BYTES)
        app.router.add_route("*", "/jsonrpc", self._jsonrpc)
        Json2Door(self._odoo, self._perform, _page).add_to(app)
        app.router.add_get("/web/health", _health)
        app.router.add_get("/mail/view", self._mail_view)
        app.router.add_get("/web/login", _login)
        if not self._odoo.is_18:
            app.router.add_get("/web/version", self._web_version)
        app.router.add_route("*", "/{elsewhere:.*}", _not_found)
        return app

    @property
    def _manners(self) -> Any:
        @web.middleware
        async def manners(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                response = await self._with_faults(request, handler)
            except LostAnswer:
                return _drop(request)
            if not self._keep_alive:
                response.force_close()
            return response

        return manners

    async def _with_faults(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        faults = self._odoo.faults
        if faults.is_down:
            raise LostAnswer
        sick = faults.take(Kind.HTTP)
        if sick is None:
            return await handler(request)
        headers = {} if sick.retry_after is None else {"Retry-After": str(sick.retry_after)}
        return _page(sick.status, "the server behind this proxy is unwell", headers=headers)

    async def _jsonrpc(self, request: web.Request) -> web.Response:
        if request.method != "POST" or request.content_type not in {"application/json", "application/json-rpc"}:
            return _page(400 if self._odoo.is_18 else 415, "Request inferred type is not compatible with /jsonrpc")
        try:
            envelope = json.loads(await request.read())
        except ValueError:
            return web.Response(status=400, text="Invalid JSON data", content_type="text/html")
        if not isinstance(envelope, dict):
            return web.Response(status=400, text="Invalid JSON-RPC data", content_type="text/html")
        return await self._answer(envelope)

    async def _answer(self, envelope: dict[str, Any]) -> web.Response:
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": envelope.get("id")}
        try:
            result = await self._dispatch(envelope.get("params") or {})
        except OdooError as refused:
            answer["error"] = self._error(refused)
        else:
            if result is not None:
                answer["result"] = result
        return web.Response(body=json.dumps(answer).encode(), content_type="application/json", charset="utf-8")

    def _error(self, refused: OdooError) -> dict[str, Any]:
        return {
            "code": 200 if self._odoo.is_18 else 0,
            "message": "Odoo Server Error",
            "data": {
                "name": refused.name,
                "message": refused.message,
                "arguments": refused.arguments,
                "context": {},
                "debug": f"{_DEBUG}{refused.name}: {refused.message}",
            },
        }

    async def _dispatch(self, params: dict[str, Any]) -> Any:
        absent = [name for name in ("service", "method", "args") if name not in params]
        if absent:
            raise bad_call(_RPC, "jsonrpc", f"missing {_counted(absent)}")
        service, method, args = params["service"], params["method"], params["args"]
        if (service, method) == ("object", "execute_kw"):
            return await self._execute(args)
        if service not in {"common", "db", "object"}:
            raise unknown_service(str(service))
        answer = self._without_login.get((service, method))
        if answer is None:
            raise unknown_service_method(str(method))
        return answer(*args)

    def _authenticate(self, database: str, login: str, secret: str, *_: Any) -> int | bool:
        self._check_database(database)
        if not secret and self._odoo.is_18:
            raise empty_password()
        user = self._odoo.find_user(login)
        known = user is not None and user.active and user.accepts(secret)
        return user.uid if user is not None and known else False

    async def _execute(self, args: Sequence[Any]) -> Any:
        if len(args) < len(_EXECUTE_ARGUMENTS):
            raise self._too_few(args)
        database, uid, secret, model, method, given = args[:6]
        kwargs = args[6] if len(args) > len(_EXECUTE_ARGUMENTS) else {}
        self._check_database(database)
        return await self._perform(self._check_secret(uid, secret), model, method, given, kwargs or {})

    async def _perform(self, user: User, model: str, method: str, given: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """One call with the faults that were ordered for it."""
        faults = self._odoo.faults
        slow = faults.take(Kind.SLOW, method)
        if slow:
            await asyncio.sleep(slow.seconds)
        if faults.take(Kind.LOSE_BEFORE, method):
            raise LostAnswer
        ordered = faults.take(Kind.ERROR, method)
        if ordered is not None and ordered.error is not None:
            raise ordered.error
        discard = faults.take(Kind.IGNORE, method) is not None
        result = await self._odoo.engine.execute(user, model, method, given, kwargs, discard=discard)
        if faults.take(Kind.LOSE_AFTER, method):
            raise LostAnswer
        return result

    def _check_database(self, name: str) -> None:
        if name != self._odoo.database:
            raise no_database(name)

    def _check_secret(self, uid: int, secret: str) -> User:
        user = self._odoo.people_by_id.get(uid)
        if user is None:
            raise unknown_user(uid)
        if not user.active or not user.accepts(secret):
            raise access_denied()
        return user

    def _too_few(self, args: Sequence[Any]) -> OdooError:
        if self._odoo.is_18:
            return bad_call(_RPC, "execute_kw", f"missing {_counted(_EXECUTE_ARGUMENTS[len(args) :])}")
        return value_error(f"not enough values to unpack (expected at least 5, got {len(args)})")

    async def _web_version(self, request: web.Request) -> web.Response:
        info = self._odoo.version_info()
        return web.json_response({"version_info": info["server_version_info"], "version": info["server_version"]})

    async def _mail_view(self, request: web.Request) -> web.Response:
        target = f"/web/login?redirect={quote(request.path_qs, safe='')}"
        return _page(HTTPStatus.SEE_OTHER, "Redirecting...", headers={"Location": target})


async def _health(request: web.Request) -> web.Response:
    return web.Response(text='{"status": "pass"}', content_type="application/json", charset=None)


async def _login(request: web.Request) -> web.Response:
    return _page(200, "This Odoo is pretended and has no screens. Its records stand beside the conversation.")


async def _not_found(request: web.Request) -> web.Response:
    return _page(404, "The page you were looking for could not be found")


def _page(status: int, sentence: str, *, headers: dict[str, str] | None = None) -> web.Response:
    title = f"{int(status)} {HTTPStatus(status).phrase}"
    text = f"<!doctype html>\n<html lang=en>\n<title>{title}</title>\n<h1>{title}</h1>\n<p>{sentence}</p>\n"
    return web.Response(status=status, text=text, content_type="text/html", headers=headers)


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)


def _counted(absent: Sequence[str]) -> str:
    many = "s" if len(absent) > 1 else ""
    return f"{len(absent)} required positional argument{many}: {', '.join(map(repr, absent))}"

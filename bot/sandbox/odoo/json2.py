"""The HTTP face of 19.0's /json/2: bearer keys, named arguments, bare values, errors at their own status.

The manners follow the recordings; what a call does is the engine's part, and faults are the wire's.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.odoo.errors import OdooError
from bot.sandbox.odoo.model import Method, Model
from bot.sandbox.odoo.verbs import VERBS

if TYPE_CHECKING:
    from bot.sandbox.odoo.access import User
    from bot.sandbox.odoo.server import PretendOdoo

#: Carries a call out as a user: (user, model, method, args, kwargs) -> value. Raises OdooError.
Execute = Callable[["User", str, str, list[Any], dict[str, Any]], Awaitable[Any]]
#: An error page that is none of the API's: (status, sentence).
Page = Callable[[int, str], web.Response]

_STATUS = {
    "odoo.exceptions.AccessError": HTTPStatus.FORBIDDEN,
    "odoo.exceptions.MissingError": HTTPStatus.NOT_FOUND,
    "odoo.exceptions.UserError": HTTPStatus.UNPROCESSABLE_ENTITY,
    "odoo.exceptions.ValidationError": HTTPStatus.UNPROCESSABLE_ENTITY,
}
_KIND = {
    HTTPStatus.BAD_REQUEST: "BadRequest",
    HTTPStatus.UNAUTHORIZED: "Unauthorized",
    HTTPStatus.NOT_FOUND: "NotFound",
    HTTPStatus.UNPROCESSABLE_ENTITY: "UnprocessableEntity",
}
_OURS = frozenset({"ids", "context"})


class _Refused(Exception):
    """An answer that the door itself gives."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.name = f"werkzeug.exceptions.{_KIND[status]}"
        self.status = status


class Json2Door:
    """The routes under /json/2."""

    def __init__(self, odoo: PretendOdoo, execute: Execute, page: Page) -> None:
        self._odoo = odoo
        self._execute = execute
        self._page = page

    def add_to(self, app: web.Application) -> None:
        """Add the routes; 18.0 sends everybody to its login page instead."""
        if self._odoo.is_18:
            app.router.add_route("*", "/json/2/{rest:.*}", _to_login)
            return
        app.router.add_post("/json/2/{model}/{method}", self._call)
        app.router.add_route("*", "/json/2/{rest:.*}", self._elsewhere)

    async def _elsewhere(self, _request: web.Request) -> web.Response:
        return _error(
            "werkzeug.exceptions.NotFound", HTTPStatus.NOT_FOUND, "Did you mean POST /json/2/<model>/<method>?"
        )

    async def _call(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Odoo-Database", self._odoo.database) != self._odoo.database:
            return self._page(HTTPStatus.NOT_FOUND, "No database is selected")
        if request.content_type != "application/json":
            return self._page(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Request inferred type is compatible with ['http']")
        try:
            value = await self._run(request)
        except _Refused as refused:
            return _error(refused.name, refused.status, str(refused))
        except OdooError as refused:
            status = _STATUS.get(refused.name, HTTPStatus.INTERNAL_SERVER_ERROR)
            return _error(refused.name, status, refused.message, refused.arguments)
        return web.json_response(value)

    async def _run(self, request: web.Request) -> Any:
        user = self._user(request.headers.get("Authorization", ""))
        given = await _arguments(request)
        name, model_name = request.match_info["method"], request.match_info["model"]
        model = self._odoo.engine.schema.get(model_name)
        if model is None:
            msg = f"the model {model_name!r} does not exist"
            raise _Refused(HTTPStatus.NOT_FOUND, msg)
        method = model.methods.get(name) or VERBS.get(name)
        if method is None and not name.startswith("_"):
            msg = f"The method '{model_name}.{name}' does not exist"
            raise _Refused(HTTPStatus.NOT_FOUND, msg)
        args = [] if method is None else _bound(model, name, method, given)
        kwargs = {key: value for key, value in given.items() if key != "ids"}
        value = await self._execute(user, model_name, name, args, kwargs)
        return [value] if name == "create" and isinstance(value, int) else value

    def _user(self, header: str) -> User:
        scheme, _, key = header.partition(" ")
        if scheme.lower() != "bearer":
            msg = "User not authenticated, use an API Key with a Bearer Authorization header."
            raise _Refused(HTTPStatus.UNAUTHORIZED, msg)
        for user in self._odoo.people_by_id.values():
            if user.active and user.api_key and user.api_key == key:
                return user
        msg = "Invalid apikey"
        raise _Refused(HTTPStatus.UNAUTHORIZED, msg)


async def _arguments(request: web.Request) -> dict[str, Any]:
    body = await request.read()
    try:
        given = json.loads(body) if body else {}
    except ValueError as wrong:
        msg = f"could not parse the body as json: {wrong}"
        raise _Refused(HTTPStatus.BAD_REQUEST, msg) from wrong
    return given if isinstance(given, dict) else {}


def _bound(model: Model, name: str, method: Method, given: dict[str, Any]) -> list[Any]:
    """The ids as the first argument, once everything fits; a wrong name is found later, inside the call."""
    if not method.on_records and given.get("ids"):
        msg = f"cannot call {model.name}.{name} with ids"
        raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY, msg)
    args = [list(given.get("ids") or ())] if method.on_records else []
    named = {key for key in given if key not in _OURS}
    wanted = list(inspect.signature(method.call).parameters.values())[2 + len(args) :]
    for one in wanted:
        if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD and one.name not in named:
            msg = f"missing a required argument: {one.name!r}"
            raise _Refused(HTTPStatus.UNPROCESSABLE_ENTITY, msg)
    return args


def _error(name: str, status: HTTPStatus, message: str, arguments: list[Any] | None = None) -> web.Response:
    body: dict[str, Any] = {
        "name": name,
        "message": message,
        "arguments": [message, int(status)] if arguments is None else arguments,
        "context": {},
        "debug": f"Traceback (most recent call last):\n{name}: {message}",
    }
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
    return web.json_response(body, status=status, headers=headers)


async def _to_login(_request: web.Request) -> web.Response:
    login = "/web/login"
    raise web.HTTPSeeOther(login)

"""``POST /json/2/<model>/<method>``: the API of Odoo 19 and later, beside which /jsonrpc goes away.

Offers what ``transport.JsonRpc`` offers, with the same answers. Arguments have names here, so positional ones are named
by a closed table; a call that it does not know raises ValueError, which is a mistake of ours. Never retries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import httpx

from bot.config.model import Source
from bot.odoo.transport import Answer, Call, Fault, Lost, Value, exchange, read_status, without_key

#: What Odoo calls the positional arguments of what we call, after the ids.
_NAMED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "create": ("vals_list",),
        "fields_get": ("allfields", "attributes"),
        "get_bindings": ("model_name",),
        "has_group": ("group_ext_id",),
        "read": ("fields",),
        "search": ("domain", "offset", "limit", "order"),
        "search_count": ("domain", "limit"),
        "search_read": ("domain", "fields", "offset", "limit", "order"),
        "write": ("vals",),
    }
)

#: Methods of the model, which take no ids; every other method's first argument is the ids.
_OF_MODEL: Final = frozenset(
    {"create", "fields_get", "get_bindings", "search", "search_count", "search_read", "context_get"}
)

_UNAUTHORIZED: Final = "werkzeug.exceptions.Unauthorized"
_OK: Final = 200


class Json2:
    """One database over ``/json/2``. The API key alone says who calls; a password is not accepted."""

    def __init__(self, source: Source, http: httpx.AsyncClient) -> None:
        self._source = source
        self._http = http
        self._base = f"{source.url}/json/2"

    async def authenticate(self, *, seconds: float) -> Answer:
        """The id of the user whose key this is; ``false`` for a bad key, or one of somebody else than the login."""
        answer = await self.execute(0, Call("res.users", "context_get"), seconds=seconds)
        match answer:
            case Fault(name=name) if name == _UNAUTHORIZED:
                return Value(value=False)
            case Value(value={"uid": int(uid)}):
                return await self._if_ours(uid, seconds)
            case Value():
                return Lost("no user id")
            case _:
                return answer

    async def _if_ours(self, uid: int, seconds: float) -> Answer:
        answer = await self.execute(uid, Call("res.users", "read", ([uid], ["login"])), seconds=seconds)
        match answer:
            case Value(value=[{"login": str(login)}]):
                return Value(uid if login == self._source.login else False)
            case _:
                return answer

    async def execute(self, _uid: int, call: Call, *, seconds: float) -> Answer:
        """Run ``call`` as whoever the key belongs to; ``seconds`` is for the whole call, connection included."""
        body = json.dumps(named(call), allow_nan=False).encode("ascii")
        request = self._http.build_request(
            "POST",
            f"{self._base}/{call.model}/{call.method}",
            content=body,
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self._source.api_key.reveal()}",
                "X-Odoo-Database": self._source.database,
            },
        )
        answer = await exchange(self._http, request, seconds)
        said = read_json2(answer) if isinstance(answer, httpx.Response) else answer
        return without_key(said, self._source.api_key)


def named(call: Call) -> dict[str, object]:
    """The body of a call: every argument by its name. Raises ValueError for one whose name is not known."""
    args = list(call.args)
    body: dict[str, object] = {}
    if call.method not in _OF_MODEL and args:
        body["ids"] = args.pop(0)
    names = _NAMED.get(call.method, ())
    if len(args) > len(names):
        msg = f"{call.model}.{call.method}: arguments have to be named"
        raise ValueError(msg)
    return {**body, **dict(zip(names, args, strict=False)), **call.kwargs}


def read_json2(response: httpx.Response) -> Answer:
    """A response as an ``Answer``. The value stands alone at 200; errors have their class at the top."""
    body = _body(response)
    if response.status_code == _OK:
        return Lost("not json") if body is _NOTHING else Value(body)
    match body:
        case {"name": str(name), "message": message, "debug": _}:
            return Fault(name, str(message))
        case _:
            return read_status(response)


_NOTHING: Final = object()


def _body(response: httpx.Response) -> object:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return _NOTHING

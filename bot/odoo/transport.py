"""The wire to one Odoo database: how a call is put into HTTP, and what can come back.

Owns JSON-RPC, which Odoo 17, 18 and 19 all speak, and what is common to both wires; ``json2`` is the other. Both give
the same ``Answer``; the client above knows no envelope, no HTTP status and no httpx error.
Must not decide what an answer means for the caller, and never retries.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Final, Protocol, TypeAlias

import httpx

from bot.config.model import Secret, Source

#: Seconds until a TCP or TLS connection must stand, or a free one be found in the pool.
CONNECT_SECONDS: Final = 10.0

#: The longest that a Retry-After is obeyed; a proxy that asks for more is asked again after an hour.
LONGEST_RETRY_AFTER: Final = 3600.0

_OK: Final = 200
_FIRST_REDIRECT: Final = 300
_FIRST_SERVER_ERROR: Final = 500
#: Statuses by which a proxy (or a busy server) says that it did not pass the call on, and to come back.
_TURNED_AWAY: Final = frozenset({408, 425, 429})
_UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True)
class Value:
    """Odoo ran the call and committed it."""

    value: object


@dataclass(frozen=True, slots=True)
class Fault:
    """Odoo ran the call, rolled it back, and says why."""

    name: str  #: dotted class of the exception
    message: str  #: Odoo's own words, unbounded and unclean


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """Odoo has not seen the call: no connection, or a proxy turned it away for now."""

    cause: str
    retry_after: float | None = None  #: seconds


@dataclass(frozen=True, slots=True)
class NotOdoo:
    """Whoever answered is not Odoo's door for calls: a redirect, an unknown path, a refusing proxy."""

    status: int  #: HTTP status, 0 when the address itself cannot be called


@dataclass(frozen=True, slots=True)
class Lost:
    """The call left and no answer that can be understood came back: it may have been carried out."""

    cause: str
    retry_after: float | None = None  #: seconds


Answer: TypeAlias = Value | Fault | NotDelivered | NotOdoo | Lost


@dataclass(frozen=True, slots=True)
class Call:
    """One method of one model."""

    model: str
    method: str
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)


@cache
def trusted() -> ssl.SSLContext:
    """The certificate authorities that httpx trusts: read once, as that takes a twentieth of a second."""
    return httpx.create_ssl_context()


def connections() -> httpx.AsyncClient:
    """A pool of connections, as every caller of Odoo uses one. To be closed by whoever asked for it."""
    return httpx.AsyncClient(verify=trusted())


class Wire(Protocol):
    """How a client talks to a database once it is logged in."""

    async def authenticate(self, *, seconds: float) -> Answer:
        """The id of the user behind the login, or ``false``."""
        ...

    async def execute(self, uid: int, call: Call, *, seconds: float) -> Answer:
        """Run ``call``."""
        ...


class JsonRpc:
    """``POST /jsonrpc``. Deprecated in Odoo 19 and gone in 20, by its own log."""

    def __init__(self, source: Source, http: httpx.AsyncClient) -> None:
        self._source = source
        self._http = http
        self._url = httpx.URL(f"{source.url}/jsonrpc")  # parsed once: httpx would do it for every call

    async def version(self, *, seconds: float) -> Answer:
        """``common.version``: needs neither a login nor a database."""
        return await self._post("common", "version", [], seconds=seconds)

    async def authenticate(self, *, seconds: float) -> Answer:
        """The id of the user behind login and key, or ``false`` (any of: unknown, wrong, archived)."""
        source = self._source
        args = [source.database, source.login, source.api_key.reveal(), {}]
        return await self._post("common", "authenticate", args, seconds=seconds)

    async def execute(self, uid: int, call: Call, *, seconds: float) -> Answer:
        """Run ``call`` as the user ``uid``; ``seconds`` is for the whole call, connection included."""
        source = self._source
        who = (source.database, uid, source.api_key.reveal())
        args = [*who, call.model, call.method, list(call.args), dict(call.kwargs)]
        return await self._post("object", "execute_kw", args, seconds=seconds)

    async def _post(self, service: str, method: str, args: Sequence[object], *, seconds: float) -> Answer:
        params = {"service": service, "method": method, "args": args}
        # One call a request, so the id tells nothing. ASCII, so that half a surrogate pair, which a chat client
        # can send, reaches Odoo and is refused there instead of failing here between two states.
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params, "id": 1}, allow_nan=False)
        request = self._http.build_request(
            "POST", self._url, content=body.encode("ascii"), headers={"Content-Type": "application/json"}
        )
        answer = await exchange(self._http, request, seconds)
        said = read_response(answer) if isinstance(answer, httpx.Response) else answer
        return without_key(said, self._source.api_key)


async def server_version(source: Source, http: httpx.AsyncClient, *, seconds: float) -> Answer:
    """What ``common.version`` answers, asked at ``/web/version`` first, which 19.0 has and a later one may only have.

    Needs neither a login nor a database.
    """
    answer = await exchange(http, http.build_request("GET", f"{source.url}/web/version"), seconds)
    if not isinstance(answer, httpx.Response):
        return answer
    match _body(answer):
        case {"version": str(text), "version_info": [major, minor, *_]} if answer.status_code == _OK:
            return Value({"server_serie": f"{major}.{minor}", "server_version": text})
        case _:
            return await JsonRpc(source, http).version(seconds=seconds)


async def exchange(http: httpx.AsyncClient, request: httpx.Request, seconds: float) -> httpx.Response | Answer:
    """The response to ``request``, or what became of it instead; ``seconds`` is for all of it."""
    request.extensions["timeout"] = httpx.Timeout(seconds, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS).as_dict()
    try:
        # httpx counts between two reads; a peer that drips bytes would hold the call for ever.
        async with asyncio.timeout(seconds):
            return await http.send(request, follow_redirects=False)  # they end at a login page that answers 200
    except TimeoutError:
        return Lost("timeout")
    except httpx.HTTPError as error:
        return failed_exchange(error)


def without_key(answer: Answer, key: Secret) -> Answer:
    """Odoo quotes arguments in some of its messages; the key is one of them."""
    if isinstance(answer, Fault) and key.reveal():
        return Fault(answer.name, answer.message.replace(key.reveal(), "***"))
    return answer


def failed_exchange(error: httpx.HTTPError) -> Answer:
    """What an exchange that ended in ``error`` means. Anything not known to be harmless counts as lost."""
    cause = type(error).__name__
    match error:
        case httpx.UnsupportedProtocol():
            return NotOdoo(0)
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.ProxyError():
            return NotDelivered(cause)
        case _:
            return Lost(cause)


def read_response(response: httpx.Response) -> Answer:
    """An HTTP response as an ``Answer``. An envelope with neither result nor error is Python's None: success."""
    match _body(response):
        case {"jsonrpc": _, "error": {"data": {"name": str(name), "message": message}}}:
            return Fault(name, str(message))
        case {"jsonrpc": _, "error": _}:
            return Lost("unreadable error")
        case {"jsonrpc": _, **rest} if response.status_code == _OK:
            return Value(rest.get("result"))
        case _:
            return read_status(response)


def _body(response: httpx.Response) -> object:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def read_status(response: httpx.Response) -> Answer:
    """What a response means that is none of Odoo's: only its status can tell."""
    status, later = response.status_code, retry_after(response.headers)
    if status in _TURNED_AWAY:
        return NotDelivered(f"http_{status}", later)
    if status == _UNAVAILABLE and later is not None:
        # Proxies also answer 503 when the server behind them broke off; only a deliberate "come back" carries
        # the header, and it is given instead of passing the call on.
        return NotDelivered(f"http_{status}", later)
    if _FIRST_REDIRECT <= status < _FIRST_SERVER_ERROR:
        return NotOdoo(status)
    return Lost(f"http_{status}", later)


def retry_after(headers: httpx.Headers) -> float | None:
    """Seconds asked for by ``Retry-After`` (RFC 9110, 10.2.3), at most an hour; None if it says nothing usable.

    A date is taken relative to the response's own ``Date``: the clocks of two machines need not agree.
    """
    written = headers.get("Retry-After", "").strip()
    if written.isascii() and written.isdigit():
        return min(float(written), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(written) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return min(max(until.total_seconds(), 0.0), LONGEST_RETRY_AFTER)

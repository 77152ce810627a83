"""What a broken, slow or misdirected exchange with Odoo means to the caller."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import httpx
import pytest

from bot.errors import PermanentError, SignoffError, TransientError, UnknownOutcome
from bot.odoo.transport import Call, JsonRpc, Lost
from tests.integration.odoo_replies import UID, Server, a_source, answering, fault, result


async def outcome(work: Awaitable[object]) -> object:
    try:
        return await work
    except SignoffError as error:
        return type(error)


NEVER_LEFT = [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("busy")]
ANSWER_LOST = [
    httpx.ReadTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.WriteTimeout("slow"),
    httpx.RemoteProtocolError("cut"),
    httpx.Response(200, html="<html>maintenance</html>"),
    httpx.Response(200, text='{"jsonrpc": "2.0", "id": 1, "resu'),
    httpx.Response(200, text=""),
    httpx.Response(200, json=[1, 2]),
    httpx.Response(200, json={"status": "pass"}),
    httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "error": {"code": 0}}),
    httpx.Response(200, content=b"\xff\xfe"),
    httpx.Response(200, text="[" * 100_000),
    httpx.Response(500, json={"jsonrpc": "2.0", "id": 1, "result": True}),
    httpx.Response(500, html="<h1>Internal Server Error</h1>"),
    httpx.Response(502, html="<h1>Bad Gateway</h1>"),
    httpx.Response(503, html="upstream broke off"),
    httpx.Response(504, html="<h1>Gateway Timeout</h1>"),
]
NOT_PASSED_ON = [
    httpx.Response(429),
    httpx.Response(408),
    httpx.Response(503, headers={"Retry-After": "30"}),
]
NOT_ODOO = [
    httpx.Response(303, headers={"Location": "https://erp.example/web/login"}),
    httpx.Response(404, html="<h1>Not Found</h1>"),
    httpx.Response(403, html="<h1>Forbidden</h1>"),
    httpx.Response(413, html="<h1>Too Large</h1>"),
    httpx.UnsupportedProtocol("ftp"),
]


def _name(response: httpx.Response | Exception) -> str:
    return f"{response.status_code}-{response.text[:20]}" if isinstance(response, httpx.Response) else repr(response)


@pytest.mark.parametrize(
    ("response", "of_query", "of_act"),
    [
        *((each, TransientError, TransientError) for each in NEVER_LEFT + NOT_PASSED_ON),
        *((each, TransientError, UnknownOutcome) for each in ANSWER_LOST),
        *((each, PermanentError, PermanentError) for each in NOT_ODOO),
    ],
    ids=_name,
)
async def test_what_a_broken_exchange_means_depends_on_whether_the_call_has_an_effect(
    response: httpx.Response | Exception, of_query: type[SignoffError], of_act: type[SignoffError]
) -> None:
    client = Server(answering(response)).client()
    assert await outcome(client.query("sale.order", "search_count", [])) is of_query
    assert await outcome(client.act("sale.order", "action_confirm", [1])) is of_act


@pytest.mark.parametrize(
    ("name", "message", "of_act"),
    [
        ("psycopg2.errors.DeadlockDetected", "deadlock detected", TransientError),
        ("psycopg2.errors.LockNotAvailable", "could not obtain lock", TransientError),
        ("odoo.exceptions.LockError", "locked by another", TransientError),
        ("psycopg2.OperationalError", 'connection to server at "10.0.0.1", port 5432 failed: refused', TransientError),
        ("psycopg2.OperationalError", "server closed the connection unexpectedly", UnknownOutcome),
        ("psycopg2.InterfaceError", "connection already closed", UnknownOutcome),
        ("odoo.exceptions.UserError", "could not serialize access", PermanentError),
        ("some.module.UnheardOf", "", PermanentError),
    ],
)
async def test_an_odoo_error_is_judged_by_its_class(name: str, message: str, of_act: type[SignoffError]) -> None:
    """The texts mislead on purpose; only a lost database needs its text, since the commit may stand."""
    client = Server(answering(fault(name, message))).client()
    assert await outcome(client.act("sale.order", "action_confirm", [1])) is of_act


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"Retry-After": "86400"}, 3600.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "²"}, None),
        ({}, None),
        ({"Retry-After": "Sat, 21 Nov 2026 10:01:00 GMT", "Date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 60.0),
        ({"Retry-After": "Sat, 21 Nov 2026 09:00:00 GMT", "Date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"Retry-After": "Sat, 21 Nov 2026 10:01:00 GMT"}, None),
    ],
)
async def test_a_proxy_that_says_when_to_come_back_is_obeyed(headers: dict[str, str], seconds: float | None) -> None:
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    client = Server(answering(httpx.Response(429, headers=encoded))).client()
    with pytest.raises(TransientError) as caught:
        await client.act("sale.order", "action_confirm", [1])
    assert caught.value.retry_after == seconds


async def test_a_redirect_is_never_followed() -> None:
    """The login page at its end answers 200, even where the shared HTTP client follows redirects."""
    server = Server(answering(httpx.Response(303, headers={"Location": "https://erp.example/web/login"})))
    with pytest.raises(PermanentError):
        await server.client().query("sale.order", "search_count", [])
    assert [request.url.path for request in server.requests] == ["/jsonrpc", "/jsonrpc"]


async def test_a_call_with_effect_is_given_longer_than_odoo_tries_by_itself() -> None:
    server = Server(answering(result(True)))
    client = server.client()
    await client.query("sale.order", "search_count", [])
    await client.act("sale.order", "action_confirm", [1])
    login, query, act = (request.extensions["timeout"]["read"] for request in server.requests)
    assert (login, query) == (20.0, 20.0)
    assert act >= 60.0


async def test_a_server_that_drips_does_not_hold_a_call_for_ever() -> None:
    async def drip(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    wire = JsonRpc(a_source(), httpx.AsyncClient(transport=httpx.MockTransport(drip)))
    assert await wire.execute(UID, Call("sale.order", "action_confirm", ([1],)), seconds=0.01) == Lost("timeout")


async def test_half_a_surrogate_pair_reaches_odoo() -> None:
    """A chat client can send one; failing to encode it would leave a decision neither written nor refused."""
    server = Server(answering(result([1])))
    await server.client().act("sale.order", "message_post", [1], kwargs={"body": "ok \ud83d"})
    assert server.asked[0]["args"][6] == {"body": "ok \ud83d"}

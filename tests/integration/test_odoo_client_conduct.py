"""How the client behaves when the wire, the login or the caller do something wrong.

The server is a function behind httpx's own transport seam; the client, its limits and its errors are the real ones.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import httpx
import pytest
from structlog.testing import capture_logs

from bot.config.model import Secret, Source
from bot.errors import PermanentError, SignoffError, TransientError, UnknownOutcome
from bot.odoo.client import OdooClient
from bot.odoo.transport import Call, JsonRpc, Lost

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
        params: dict[str, Any] = json.loads(request.content)["params"]
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


async def test_many_first_calls_log_in_once() -> None:
    server = Server(answering(result([])))
    client = server.client()
    await asyncio.gather(*(client.search("sale.order", []) for _ in range(10)))
    assert (server.logged_in, len(server.asked)) == (1, 10)


async def test_a_denied_call_logs_in_once_more_and_is_sent_again() -> None:
    """The bot's user was made anew: its id changed, its login and key did not."""
    server = Server(answering(fault("odoo.exceptions.AccessDenied"), result(True)), logins=[UID, 8])
    client = server.client()
    assert await client.act("sale.order", "action_confirm", [1]) is True
    assert [asked["args"][1] for asked in server.asked] == [UID, 8]
    assert await client.uid() == 8


async def test_a_user_that_no_longer_exists_logs_in_once_more() -> None:
    gone = fault("odoo.exceptions.MissingError", f"gone\n(Record: res.users({UID},), User: {UID})")
    server = Server(answering(gone, result(3)), logins=[UID, 8])
    assert await server.client().query("sale.order", "search_count", []) == 3


async def test_a_record_that_no_longer_exists_is_no_reason_to_log_in() -> None:
    missing = fault("odoo.exceptions.MissingError", f"gone\n(Record: sale.order({UID},), User: {UID})")
    server = Server(answering(missing))
    with pytest.raises(PermanentError):
        await server.client().act("sale.order", "action_confirm", [UID])
    assert (server.logged_in, len(server.asked)) == (1, 1)


async def test_a_call_that_stays_denied_is_sent_twice_and_no_more() -> None:
    server = Server(answering(fault("odoo.exceptions.AccessDenied")))
    with pytest.raises(PermanentError) as caught:
        await server.client().query("sale.order", "search_count", [])
    assert caught.value.kind == "odoo.exceptions.AccessDenied"
    assert (server.logged_in, len(server.asked)) == (2, 2)


async def test_a_refused_login_is_for_a_person_and_tried_afresh_by_the_next_call() -> None:
    server = Server(answering(result(1)), logins=[False, UID])
    client = server.client()
    with pytest.raises(PermanentError, match="login refused"):
        await client.query("sale.order", "search_count", [])
    assert await client.query("sale.order", "search_count", []) == 1


async def test_an_act_whose_login_was_lost_did_nothing() -> None:
    def lose(request: httpx.Request) -> httpx.Response:
        msg = "reset"
        raise httpx.ReadError(msg, request=request)

    client = OdooClient(a_source(), httpx.AsyncClient(transport=httpx.MockTransport(lose)))
    with pytest.raises(TransientError):
        await client.act("sale.order", "action_confirm", [1])


async def test_no_more_calls_run_at_once_than_the_source_allows() -> None:
    running, most = 0, 0

    async def slow(_params: dict[str, Any]) -> httpx.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1
        return result([])

    client = Server(slow).client(concurrency=3)
    await asyncio.gather(*(client.search("sale.order", []) for _ in range(20)))
    assert most == 3


async def test_a_long_read_goes_in_chunks_and_keeps_its_order() -> None:
    async def rows(params: dict[str, Any]) -> httpx.Response:
        return result([{"id": one, "name": f"S{one}"} for one in params["args"][5][0] if one != 3])

    server = Server(rows)
    ids = [*range(450, 0, -1), 450]
    found = await server.client().read("sale.order", ids, ["name"])
    assert [row["id"] for row in found] == [one for one in range(450, 0, -1) if one != 3]
    assert sorted(len(asked["args"][5][0]) for asked in server.asked) == [50, 200, 200]


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


async def test_an_act_says_what_it_wants_and_where() -> None:
    server = Server(answering(result(True)))
    await server.client().act(
        "stock.picking", "button_validate", [5], args=["x"], kwargs={"force": True}, context={"skip_sms": True}
    )
    named = {"force": True, "context": {"skip_sms": True}}
    assert server.asked == [
        {
            "service": "object",
            "method": "execute_kw",
            "args": ["prod", UID, KEY, "stock.picking", "button_validate", [[5], "x"], named],
        }
    ]


async def test_half_a_surrogate_pair_reaches_odoo() -> None:
    """A chat client can send one; failing to encode it would leave a decision neither written nor refused."""
    server = Server(answering(result([1])))
    await server.client().act("sale.order", "message_post", [1], kwargs={"body": "ok \ud83d"})
    assert server.asked[0]["args"][6] == {"body": "ok \ud83d"}


async def test_acting_on_nothing_is_refused_here() -> None:
    """Odoo would say true and do nothing."""
    server = Server(answering(result(True)))
    with pytest.raises(ValueError, match="needs a record"):
        await server.client().act("sale.order", "action_confirm", [])
    assert server.asked == []


@pytest.mark.parametrize("fields", [[], "name"])
async def test_a_read_without_named_fields_is_refused_here(fields: Any) -> None:
    server = Server(answering(result([])))
    with pytest.raises(ValueError, match="names its fields"):
        await server.client().search_read("sale.order", [], fields)
    assert server.asked == []


async def test_a_reading_call_answered_with_no_list_is_an_error() -> None:
    with pytest.raises(PermanentError) as caught:
        await Server(answering(result(True))).client().read("sale.order", [1], ["name"])
    assert caught.value.kind == "not_records"


async def test_the_key_is_in_no_error_no_repr_and_no_log() -> None:
    """Not even when Odoo quotes it."""
    server = Server(answering(fault("builtins.TypeError", f"execute_kw('prod', 7, '{KEY}')")))
    client = server.client()
    with capture_logs() as logs, pytest.raises(PermanentError) as caught:
        await client.query("sale.order", "search_count", [])
    assert KEY not in f"{caught.value!r} {caught.value.sentence} {client!r} {logs}"
    assert [entry["event"] for entry in logs] == ["odoo login accepted", "odoo call failed"]
